import { FlashCutRig } from './flashCutRig.js';
import { assertGone, createTally, Trial } from './manager/cuts.js';
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
        trial.liveCut(20, tally, { mode, stride: 97, pairStride: 0 });
      });
    }

    it(`${name}: pairs of cuts`, () => {
      const trial = new Trial(name, format, 3, new FlashCutRig({ ...flash, unitBytes: 8 }));
      trial.live(80);
      trial.liveCut(12, tally, { mode: 'brownOut', stride: 151, pairStride: 127 });
    });
  }

  it('has gone many ways', () => assertGone(tally, [], 1000, 500));
});
