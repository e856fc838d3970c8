/** A process of `npm run powercut`: does one unit after another and reports them to its parent. */
import { runUnit, type Unit } from './plan.js';
import { TrialFailure } from './trial.js';
import type { Report } from './workers.js';

function reportOf(unit: Unit): Report {
  try {
    return { kind: 'done', tally: runUnit(unit) };
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return { kind: 'failed', message: error.message };
  }
}

process.on('message', (unit: Unit) => process.send?.(reportOf(unit)));
