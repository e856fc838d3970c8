import { assertGone, createTally, Trial } from './manager/cuts.js';
import { formats } from './manager/formats.js';

describe("A local manager's store after a power cut at every byte", () => {
  const tally = createTally();

  for (const [name, format] of Object.entries(formats)) {
    it(`${name}: every call, clean cuts`, () => {
      new Trial(name, format, 3).liveCut(45, tally, { mode: 'clean', stride: 1, pairStride: 0 });
    });

    it(`${name}: every call, a byte half-written`, () => {
      new Trial(name, format, 4).liveCut(15, tally, { mode: 'brownOut', stride: 1, pairStride: 0 });
    });

    it(`${name}: pairs of cuts`, () => {
      new Trial(name, format, 5).liveCut(15, tally, { mode: 'clean', stride: 1, pairStride: 19 });
    });
  }

  it('has gone all ways', () => {
    const rareWays = [
      'window known',
      'window no-room',
      'window ignored',
      'window taken and stored',
      'window taken and known',
      'window set-back and stored',
      'window set-back and rolled',
      'window set-back and filled',
      'window no-room for notes',
      'acknowledge false',
      'rejoin rejoined',
    ];
    assertGone(tally, rareWays, 80_000, 20_000);
  });
});
