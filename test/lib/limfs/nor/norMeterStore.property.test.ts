import { assert } from 'chai';
import fc from 'fast-check';
import { LimfsError } from '../../../../lib/limfs/index.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { Model } from '../../../proof/model.js';
import { createScript, perform } from '../../../proof/script.js';
import { compareAll, compareNewest, compareSearches } from '../meter/comparison.js';
import { NorRig, proofGeometry, settle } from './norRig.js';

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
              perform(store, step);
            } catch (error) {
              if (!(error instanceof LimfsError) || error.code !== 'needs-idle') throw error;
              settle(store);
              perform(store, step);
            }
            model.acknowledge(step);
            if (idleness === 'some') store.idle();
            if (idleness === 'seldom' && random.below(20) === 0) settle(store);
            assert.equal(store.nextSequence, model.nextSequence);
            if (random.below(50) === 0) store = rig.mount();
            if (model.newest === undefined) continue;
            compareNewest(store, model.newest);
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
