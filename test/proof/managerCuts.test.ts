import { assert } from 'chai';
import type { ManagerFormat } from '../../lib/limfs/index.js';
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
      for (let step = 0; step < 60; step += 1) trial.step(tally, { pairStride: 0, mode: 'clean' });
    });

    it(`${name}: every call, a byte half-written`, () => {
      const trial = new Trial(name, format, 2);
      for (let step = 0; step < 20; step += 1) trial.step(tally, { pairStride: 0, mode: 'brownOut' });
    });

    it(`${name}: pairs of cuts`, () => {
      const trial = new Trial(name, format, 3);
      for (let step = 0; step < 20; step += 1) trial.step(tally, { pairStride: 29, mode: 'clean' });
    });
  }

  it('has gone all ways', () => {
    const kinds = [...tally.outcomes.keys()].join(', ');
    for (const kind of ['window stored', 'window rolled', 'window filled', 'window known', 'window no-room'])
      assert.include(kinds, kind);
    for (const kind of [
      'backfill filled',
      'freeze true',
      'acknowledge true',
      'acknowledge false',
      'removed',
      'replaced',
      'rejoined',
    ])
      assert.include(kinds, kind);
    assert.isAtLeast(tally.cuts, 100_000);
    assert.isAtLeast(tally.pairs, 30_000);
  });
});
