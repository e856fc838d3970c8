import { assert } from 'chai';
import { brownOutStep, createBrownOutTally } from './brownOuts.js';
import { geometryNamed } from './geometry.js';
import { Trial } from './trial.js';

/** The findings that a half-written byte may cause. */
const allowed = ['table-scanned', 'lap-repaired', 'entry-rebuilt', 'open-page-torn'];

describe('A meter store after a brown-out that leaves a byte half-written', () => {
  for (const [name, from, steps] of [
    ['small', 0, 40],
    ['leftovers', 400, 40],
    ['noise', 400, 40],
    ['wrap', 400, 40],
    ['two', 0, 30],
    ['wild', 400, 20],
  ] as const) {
    it(`has every acknowledged reading and goes on, whatever bits had changed: ${name}/3 from step ${from} on`, () => {
      const trial = new Trial(geometryNamed(name)!, 3);
      trial.live(from);
      const tally = createBrownOutTally();
      for (let step = 0; step < steps; step += 1) brownOutStep(trial, tally);
      assert.isAbove(tally.states, 1000);
      assert.includeMembers(allowed, [...tally.findings.keys()]);
      // Only the byte that commits an append can bring in what never was, and seldom does.
      assert.isBelow(tally.wrong, tally.states / 3);
    });
  }
});
