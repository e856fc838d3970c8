import { assert } from 'chai';
import fc from 'fast-check';
import { formatMeterStore, mountMeterStore } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';
import type { Geometry } from '../../../proof/geometry.js';
import { Model } from '../../../proof/model.js';
import { formatOf, sizeBytesOf } from '../../../proof/rig.js';
import { createScript, perform } from '../../../proof/script.js';
import { compareAll, compareNewest, compareSearches } from './comparison.js';

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

/** Lets a meter live on a store, with a mount now and then, and compares it with a plain list all the way. */
function liveAndCompare(geometry: Geometry, seed: number, steps: number): void {
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
    if (model.newest !== undefined) compareNewest(store, model.newest);
    if (random.below(30) === 0) store = mountMeterStore(medium);
    if (random.below(300) !== 0 || model.newest === undefined) continue;
    const kept = model.readings.slice(-((model.nextSequence - store.oldestSequence) >>> 0));
    compareAll(store, kept);
    compareSearches(store, kept, seed);
  }
  assert.deepEqual(store.findings, []);
}

describe('A meter store, whatever its shape and its meter', () => {
  it('gives back what was appended: read, newest, find and range against a plain list, over many mounts', () => {
    fc.assert(fc.property(anyGeometry, fc.nat(), fc.integer({ min: 50, max: 1500 }), liveAndCompare), {
      numRuns: 120,
      seed: SEED,
    });
  });

  it('does so until its lap byte has gone round, on the smallest store', () => {
    // Four pages of at most 15 such readings: 127 laps are done after 7,620.
    const geometry = {
      channels: 1,
      pageBytes: 36,
      pages: 4,
      intervalSeconds: 3600,
      filling: 'zeros',
    } as const;
    liveAndCompare({ ...geometry, name: 'least', firstSequence: 0xffff_f000, oddities: 100 }, SEED, 10_000);
  });
});
