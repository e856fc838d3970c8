import { assert } from 'chai';
import { createBatch } from '../../../../lib/limfs/index.js';
import { UnhurriedMedium } from '../../../../lib/limfs/nor/translation/index.js';
import { formatPaperStore, mountPaperStore } from '../../../../lib/limfs/paper/index.js';
import { TranslationRig } from '../nor/translation/translationRig.js';

describe("store in the paper's layout on NOR flash", () => {
  it('is the same store on the translation, over laps and mounts of both', () => {
    const rig = new TranslationRig({ sizeBytes: 64 * 24, sectors: 16 });
    const shape = { windowReadings: 3, readingBytes: 4, intervalSeconds: 60 };
    formatPaperStore(new UnhurriedMedium(rig.mount()), { storeId: [9, 9], ...shape });
    const batch = createBatch(3);
    let readings = 0;
    for (let mount = 0; mount < 5; mount += 1) {
      const store = mountPaperStore(new UnhurriedMedium(rig.mount()));
      for (let count = 0; count < 17; count += 1, readings += 1) store.append(60 * readings, readings);
      assert.equal(store.count, Math.min(readings, 17));
      assert.deepEqual(store.findings, []);
      for (let reading = readings - store.count; reading < readings; reading += 1) {
        assert.isTrue(store.find(60 * reading + 30, batch), `reading ${reading}`);
        assert.equal(batch.values[batch.count - 1], reading);
      }
    }
  });

  it('is refused on the bare flash', () => {
    const bare = new TranslationRig().medium();
    const shape = { windowReadings: 3, readingBytes: 4, intervalSeconds: 60 };
    assert.throws(() => formatPaperStore(bare, { storeId: [9, 9], ...shape }), 'rewritten');
  });
});
