import { assert } from 'chai';
import type { ManagerFormat } from '../../lib/limfs/manager/index.js';
import { createTally, Trial } from './manager/cuts.js';

const raw = { storeId: [3, 5], meters: 3, windowReadings: 4, readingBytes: 8, dataBytes: 12 * 32 } as const;

const formats: Readonly<Record<string, ManagerFormat>> = {
  raw,
  paper: { ...raw, roll: false, backfill: false },
  packed: {
    storeId: [4, 4],
    meters: 2,
    windowReadings: 6,
    blockBytes: 60,
    dataBytes: 8 * 60,
    rollSeconds: 7200,
  },
  tight: { ...raw, meters: 1, windowReadings: 2, dataBytes: 3 * 16 },
};

describe("A local manager's store after a power cut at every byte", () => {
  const tally = createTally();

  for (const [name, format] of Object.entries(formats)) {
    it(`${name}: every call, clean cuts`, () => {
      const trial = new Trial(name, format, 1);
      for (let step = 0; step < 45; step += 1) trial.step(tally, { pairStride: 0, mode: 'clean' });
    });

    it(`${name}: every call, a byte half-written`, () => {
      const trial = new Trial(name, format, 2);
      for (let step = 0; step < 15; step += 1) trial.step(tally, { pairStride: 0, mode: 'brownOut' });
    });

    it(`${name}: pairs of cuts`, () => {
      const trial = new Trial(name, format, 3);
      for (let step = 0; step < 15; step += 1) trial.step(tally, { pairStride: 19, mode: 'clean' });
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
