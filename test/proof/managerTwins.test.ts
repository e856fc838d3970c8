import { assert } from 'chai';
import { formatManagerStore, type ManagerFormat, mountManagerStore } from '../../lib/limfs/manager/index.js';
import { UnhurriedMedium } from '../../lib/limfs/nor/translation/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { createHistory, perform } from '../lib/limfs/manager/history.js';
import { settle, TranslationRig } from '../lib/limfs/nor/translation/translationRig.js';
import { formats } from './manager/formats.js';
import { signatureOf } from './manager/signature.js';

/** Pages of 40 cells: dropping one takes more transactions than fit between two idle times. */
const wide: ManagerFormat = {
  storeId: [6, 6],
  meters: 40,
  windowReadings: 4,
  readingBytes: 8,
  dataBytes: 90 * 32,
};

describe("A local manager's store on NOR flash", () => {
  for (const [name, format] of Object.entries({ ...formats, wide })) {
    it(`says what its twin on a plain medium says, with idle time only when it asks for that (${name})`, () => {
      const sizeBytes = 24 * 1024;
      const rig = new TranslationRig({ sectors: 80, sizeBytes });
      const flash = rig.mount();
      const ram = new RamMedium(sizeBytes);
      formatManagerStore(new UnhurriedMedium(flash), format);
      formatManagerStore(ram, format);
      const twin = mountManagerStore(ram);
      const store = mountManagerStore(flash);
      const next = createHistory(format, 7);
      let asked = 0;
      for (let count = 0; count < 500; count += 1) {
        const step = next(twin);
        const said = perform(twin, step);
        let outcome = perform(store, step);
        let wasAsked = false;
        for (let tries = 0; outcome === 'needs-idle'; tries += 1) {
          wasAsked = true;
          assert.isBelow(tries, 10, 'idle time helps');
          asked += 1;
          settle(flash);
          outcome = perform(store, step);
        }
        // What was done before the store asked for idle time is known to it the second time.
        if (!wasAsked) assert.equal(outcome, said, `step ${count}`);
        if (count % 20 !== 0 && !wasAsked) continue;
        const contents = new Uint8Array(sizeBytes);
        flash.read(0, contents, 0, sizeBytes);
        assert.equal(signatureOf(contents), signatureOf(ram.image), `step ${count}`);
      }
      assert.isAbove(asked, 3);
      if (name === 'wide') assert.isAbove(store.droppedPages, 0);
    });
  }

  it('goes on with the image of a store that lived on FRAM and left a record in its redo log', () => {
    const sizeBytes = 6 * 1024;
    const ram = new RamMedium(sizeBytes);
    formatManagerStore(ram, formats.raw!);
    const next = createHistory(formats.raw!, 8);
    const before = mountManagerStore(ram);
    for (let count = 0; count < 60; count += 1) perform(before, next(before));
    const rig = new TranslationRig({ sectors: 32, sizeBytes });
    new UnhurriedMedium(rig.mount()).write(0, ram.image, 0, sizeBytes);
    const contents = new Uint8Array(sizeBytes);
    for (let count = 0; count < 60; count += 1) {
      const store = mountManagerStore(new UnhurriedMedium(rig.mount()));
      const twin = mountManagerStore(ram);
      const step = next(twin);
      assert.equal(perform(store, step), perform(twin, step), `step ${count}`);
      rig.mount().read(0, contents, 0, sizeBytes);
      assert.equal(signatureOf(contents), signatureOf(ram.image), `step ${count}`);
    }
  });
});
