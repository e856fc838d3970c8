import { assert } from 'chai';
import { FlashCutRig } from './flashCutRig.js';
import { createTally, Trial } from './manager/cuts.js';
import { formats } from './manager/formats.js';

/** Blocks of 64 bytes in small sectors, so that background work comes often. */
const flash = { sectors: 32, sizeBytes: 64 * 120 };

describe("A local manager's store on NOR flash after power cuts inside programs and erasures", () => {
  const tally = createTally();

  for (const [name, format] of Object.entries(formats)) {
    for (const mode of ['clean', 'brownOut'] as const) {
      it(`${name}: every call and the background work behind it (${mode})`, () => {
        const trial = new Trial(name, format, 1, new FlashCutRig(flash));
        trial.live(mode === 'clean' ? 150 : 0);
        for (let step = 0; step < 20; step += 1) trial.step(tally, { mode, stride: 97, pairStride: 0 });
      });
    }

    it(`${name}: pairs of cuts`, () => {
      const trial = new Trial(name, format, 3, new FlashCutRig({ ...flash, unitBytes: 8 }));
      trial.live(80);
      for (let step = 0; step < 8; step += 1) {
        trial.step(tally, { mode: 'brownOut', stride: 151, pairStride: 137 });
      }
    });
  }

  it('has gone many ways', () => {
    const ways = [...tally.outcomes.keys()];
    for (const way of [
      'window stored',
      'window stored, a page dropped',
      'window rolled',
      'window filled',
      'backfill filled',
      'freeze true',
      'acknowledge true',
      'remove removed',
      'replace replaced',
    ]) {
      assert.include(ways, way);
    }
    assert.isAtLeast(tally.cuts, 1000);
    assert.isAtLeast(tally.pairs, 500);
  });
});
