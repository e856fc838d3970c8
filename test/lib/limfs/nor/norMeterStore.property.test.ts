import { assert } from 'chai';
import fc from 'fast-check';
import { createBatch, createReading, LimfsError, type Reading } from '../../../../lib/limfs/index.js';
import type { NorMeterStore } from '../../../../lib/limfs/nor/norMeterStore.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { Model, type Witnessed } from '../../../proof/model.js';
import { createScript } from '../../../proof/script.js';
import { modelFind, performOnNor, proofGeometry, same } from './norModel.js';
import { NorRig, settle } from './norRig.js';

/** Any store on NOR flash: shape, write unit, interval, where its sequences begin, how odd its meter's life is. */
const anyShape = fc.record({
  unitBytes: fc.constantFrom(1, 2, 4, 8, 16, 32),
  sectorBytes: fc.constantFrom(2048, 4096),
  sectors: fc.integer({ min: 8, max: 16 }),
  channels: fc.integer({ min: 1, max: 8 }),
  intervalSeconds: fc.constantFrom(1, 60, 900, 3600, 4000, 43_200),
  firstSequence: fc.constantFrom(0, 0xffff_ff00, 0x7fff_ff80),
  oddities: fc.constantFrom(0, 20, 200, 600),
});

/** How much idle time the store gets: some after each reading, much now and then, or none until it asks. */
const anyIdleness = fc.constantFrom('some', 'seldom', 'asked');

const SEED = 20_240_601;
const batch = createBatch(61);
const reading = createReading();

function compareAll(store: NorMeterStore, kept: readonly Witnessed[]): void {
  let at = 0;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    assert.equal(batch.firstSequence, next);
    for (let row = 0; row < batch.count; row += 1, at += 1) {
      const { channels } = batch;
      const found: Reading = {
        sequence: (batch.firstSequence + row) >>> 0,
        timeSeconds: batch.times[row]!,
        status: batch.statuses[row]!,
        valid: batch.valids[row] === 1,
        run: batch.run,
        values: batch.values.slice(row * channels, (row + 1) * channels),
      };
      if (!same(found, kept[at]!)) assert.deepEqual(found as unknown, kept[at] as unknown);
    }
    next = (next + batch.count) >>> 0;
  }
  assert.equal(at, kept.length);
}

function compareSearches(store: NorMeterStore, kept: readonly Witnessed[], seed: number): void {
  const random = createRandom(seed, 'searches', kept.length);
  for (let count = 0; count < 15; count += 1) {
    const time = kept[random.below(kept.length)]!.timeSeconds + (random.below(3) - 1) * random.below(10_000);
    const wanted = modelFind(kept, time);
    assert.equal(store.find(time, reading), wanted !== undefined, `find(${time})`);
    if (wanted !== undefined && !same(reading, wanted))
      assert.deepEqual(reading as unknown, wanted as unknown, `find(${time})`);
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

describe('A meter store on NOR flash, whatever its shape and its meter', () => {
  it('gives back what was appended: read, newest, find and range against a plain list, over many mounts', () => {
    fc.assert(
      fc.property(
        anyShape,
        anyIdleness,
        fc.nat(),
        fc.integer({ min: 50, max: 3000 }),
        (shape, idleness, seed, steps) => {
          const rig = new NorRig(shape, seed);
          let store = rig.mount();
          const geometry = proofGeometry(shape);
          const model = new Model(geometry);
          const next = createScript(geometry, seed);
          const random = createRandom(seed, 'mounts');
          for (let count = 0; count < steps; count += 1) {
            const step = next();
            try {
              performOnNor(store, step);
            } catch (error) {
              if (!(error instanceof LimfsError) || error.code !== 'needs-idle') throw error;
              settle(store);
              performOnNor(store, step);
            }
            model.acknowledge(step);
            if (idleness === 'some') store.idle();
            if (idleness === 'seldom' && random.below(20) === 0) settle(store);
            assert.equal(store.nextSequence, model.nextSequence);
            if (random.below(50) === 0) store = rig.mount();
            if (model.newest === undefined) continue;
            assert.isTrue(store.newest(reading));
            if (!same(reading, model.newest)) assert.deepEqual(reading as unknown, model.newest as unknown);
            if (random.below(500) !== 0) continue;
            const kept = model.readings.slice(-((model.nextSequence - store.oldestSequence) >>> 0));
            compareAll(store, kept);
            compareSearches(store, kept, seed);
          }
          assert.deepEqual(store.findings, []);
        },
      ),
      { numRuns: 60, seed: SEED },
    );
  });
});
