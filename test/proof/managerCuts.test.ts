import { assert } from 'chai';
import { createTally, Trial } from './manager/cuts.js';
import { formats } from './manager/formats.js';

describe("A local manager's store after a power cut at every byte", () => {
  const tally = createTally();

  for (const [name, format] of Object.entries(formats)) {
    it(`${name}: every call, clean cuts`, () => {
      const trial = new Trial(name, format, 3);
      for (let step = 0; step < 45; step += 1) trial.step(tally, { mode: 'clean', stride: 1, pairStride: 0 });
    });

    it(`${name}: every call, a byte half-written`, () => {
      const trial = new Trial(name, format, 4);
      for (let step = 0; step < 15; step += 1)
        trial.step(tally, { mode: 'brownOut', stride: 1, pairStride: 0 });
    });

    it(`${name}: pairs of cuts`, () => {
      const trial = new Trial(name, format, 5);
      for (let step = 0; step < 15; step += 1)
        trial.step(tally, { mode: 'clean', stride: 1, pairStride: 19 });
    });
  }

  it('has gone all ways', () => {
    const ways = [...tally.outcomes.keys()];
    for (const way of [
      'window stored',
      'window stored, a page dropped',
      'window rolled',
      'window filled',
      'window known',
      'window no-room',
      'window ignored',
      'window set back and stored',
      'window set back and rolled',
      'window set back and filled',
      'backfill filled',
      'freeze true',
      'acknowledge true',
      'acknowledge false',
      'remove removed',
      'replace replaced',
      'rejoin rejoined',
    ]) {
      assert.include(ways, way);
    }
    assert.isAtLeast(tally.cuts, 80_000);
    assert.isAtLeast(tally.pairs, 20_000);
  });
});
