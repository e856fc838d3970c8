import { assert } from 'chai';
import { addTally, createTally } from './cuts.js';
import { quickPlan, runUnit, type Unit } from './plan.js';

/** States after a cut that this suite must examine at the least. */
const LEAST_STATES = 200_000;

function nameOf({ geometry, seed, skip, pairs }: Unit): string {
  const from = skip === 'bankEdge' ? 'around the bank edge' : `from step ${skip} on`;
  return `${geometry}/${seed} ${from}${pairs === 'none' ? '' : ', and every pair of cuts'}`;
}

describe('A meter store after a power cut at every byte', () => {
  const total = createTally();

  for (const unit of quickPlan) {
    it(nameOf(unit), () => {
      const tally = runUnit(unit);
      assert.equal(tally.steps, unit.steps);
      addTally(tally, total);
    });
  }

  it(`was examined ${LEAST_STATES} times or more`, () => {
    assert.isAtLeast(total.cuts + total.pairs, LEAST_STATES);
    assert.isAtLeast(total.pairs, LEAST_STATES / 10);
    assert.isAtLeast(total.droppedPages, 500);
  });
});
