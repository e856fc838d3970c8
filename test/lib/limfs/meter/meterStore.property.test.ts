import { assert } from 'chai';
import fc from 'fast-check';
import {
  createBatch,
  createReading,
  formatMeterStore,
  type MeterStore,
  mountMeterStore,
} from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';
import type { Geometry } from '../../../proof/geometry.js';
import { Model, type Witnessed } from '../../../proof/model.js';
import { formatOf, sizeBytesOf } from '../../../proof/rig.js';
import { createScript, perform } from '../../../proof/script.js';

/** Any store: shape, interval, where its sequences begin, and how odd its meter's life is. */
const anyGeometry: fc.Arbitrary<Geometry> = fc
  .record({
    channels: fc.integer({ min: 1, max: 8 }),
    extraWords: fc.integer({ min: 0, max: 60 }),
    pages: fc.integer({ min: 4, max: 16 }),
    intervalSeconds: fc.constantFrom(1, 60, 900, 3600, 4000, 43_200),
    firstSequence: fc.constantFrom(0, 0xffff_ff00, 0x7fff_ff80),
    oddities: fc.constantFrom(0, 20, 200, 800),
  })
  .map(({ channels, extraWords, ...rest }) => ({
    ...rest,
    channels,
    name: 'any',
    filling: 'zeros' as const,
    pageBytes: 24 + 12 * channels + 2 * extraWords,
  }));

/** The same stores for everybody; fast-check prints seed and path of a failure, which replay it. */
const SEED = 20_240_601;

const batch = createBatch(61);
const reading = createReading();

function same(found: typeof reading, wanted: Witnessed): boolean {
  const { sequence, timeSeconds, status, values, run } = wanted;
  return (
    found.sequence === sequence &&
    found.timeSeconds === timeSeconds &&
    found.status === status &&
    found.run === run &&
    found.valid === (values !== null) &&
    (values === null || values.every((value, channel) => found.values[channel] === value))
  );
}

function compareAll(store: MeterStore, kept: readonly Witnessed[]): void {
  let at = 0;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    assert.equal(batch.firstSequence, next);
    for (let row = 0; row < batch.count; row += 1, at += 1) {
      const wanted = kept[at]!;
      reading.sequence = (batch.firstSequence + row) >>> 0;
      reading.timeSeconds = batch.times[row]!;
      reading.status = batch.statuses[row]!;
      reading.valid = batch.valids[row] === 1;
      reading.run = batch.run;
      for (let channel = 0; channel < batch.channels; channel += 1)
        reading.values[channel] = batch.values[row * batch.channels + channel]!;
      if (!same(reading, wanted)) assert.deepEqual(reading as unknown, wanted as unknown);
    }
    next = (next + batch.count) >>> 0;
  }
  assert.equal(at, kept.length);
}

/** What find() must give: the newest reading of the newest run that covers the time, else the nearest before. */
function modelFind(kept: readonly Witnessed[], time: number): Witnessed | undefined {
  let best: Witnessed | undefined;
  for (let end = kept.length; end > 0; ) {
    let start = end - 1;
    while (start > 0 && kept[start - 1]!.run === kept[end - 1]!.run) start -= 1;
    const run = kept.slice(start, end);
    const before = run.filter(({ timeSeconds }) => timeSeconds <= time);
    const last = before.at(-1);
    if (last !== undefined) {
      if (before.length < run.length || last.timeSeconds === time) return last;
      if (best === undefined || last.timeSeconds > best.timeSeconds) best = last;
    }
    end = start;
  }
  return best;
}

function compareSearches(store: MeterStore, kept: readonly Witnessed[], seed: number): void {
  const random = createRandom(seed, 'searches', kept.length);
  for (let count = 0; count < 15; count += 1) {
    const time = kept[random.below(kept.length)]!.timeSeconds + (random.below(3) - 1) * random.below(10_000);
    const wanted = modelFind(kept, time);
    assert.equal(store.find(time, reading), wanted !== undefined, `find(${time})`);
    if (wanted !== undefined && !same(reading, wanted))
      assert.deepEqual(reading as unknown, wanted as unknown);
    const until = time + random.below(100_000);
    const found: number[] = [];
    const visited = store.range(time, until, ({ sequence }) => found.push(sequence));
    const within = kept.filter(({ timeSeconds }) => timeSeconds >= time && timeSeconds < until);
    assert.deepEqual(
      found,
      within.map(({ sequence }) => sequence),
      `range(${time}, ${until})`,
    );
    assert.equal(visited, found.length);
  }
}

describe('A meter store, whatever its shape and its meter', () => {
  it('gives back what was appended: read, newest, find and range against a plain list, over many mounts', () => {
    fc.assert(
      fc.property(anyGeometry, fc.nat(), fc.integer({ min: 50, max: 1500 }), (geometry, seed, steps) => {
        const medium = new RamMedium(sizeBytesOf(geometry));
        formatMeterStore(medium, formatOf(geometry, [seed, 7]));
        let store = mountMeterStore(medium);
        const model = new Model(geometry);
        const next = createScript(geometry, seed);
        const random = createRandom(seed, 'mounts');
        for (let count = 0; count < steps; count += 1) {
          const step = next();
          perform(store, step);
          model.acknowledge(step);
          assert.equal(store.nextSequence, model.nextSequence);
          if (model.newest !== undefined) {
            assert.isTrue(store.newest(reading));
            if (!same(reading, model.newest)) assert.deepEqual(reading as unknown, model.newest as unknown);
          }
          if (random.below(30) === 0) store = mountMeterStore(medium);
          if (random.below(300) !== 0 || model.newest === undefined) continue;
          const kept = model.readings.slice(-((model.nextSequence - store.oldestSequence) >>> 0));
          compareAll(store, kept);
          compareSearches(store, kept, seed);
        }
        assert.deepEqual(store.findings, []);
      }),
      { numRuns: 120, seed: SEED },
    );
  });
});
