import { assert } from 'chai';
import { norQuickPlan, runNorUnit } from './plan.js';
import { createNorTally } from './trial.js';

/** States after a cut that this suite must examine at the least. */
const LEAST_STATES = 18_000;

describe('A meter store on NOR flash after a power cut at any programmed byte, and inside erasures', () => {
  const total = createNorTally();

  for (const unit of norQuickPlan) {
    const { geometry, seed, skip, steps } = unit;
    it(`${geometry.name}/${seed}, ${steps} steps from step ${skip} on, clean cuts and brown-outs`, () => {
      const tally = runNorUnit(unit);
      total.steps += tally.steps;
      total.cuts += tally.cuts;
      total.pairs += tally.pairs;
      total.askedForIdle += tally.askedForIdle;
    });
  }

  it(`was examined ${LEAST_STATES} times or more`, () => {
    assert.isAtLeast(total.cuts + total.pairs, LEAST_STATES);
    assert.isAtLeast(total.pairs, LEAST_STATES / 5);
  });

  it('hardly ever asked for idle time, and only after two cuts', () => {
    assert.isBelow(total.askedForIdle, total.pairs / 20);
  });
});
