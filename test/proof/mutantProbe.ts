/** Run beside a planted bug: cuts the power until a check sees the bug, and says on stdout which and after how many. */
import { mutantPlan, runUnit } from './plan.js';
import { TrialFailure } from './trial.js';

export interface Probe {
  /** The check that saw the bug; '' if none did. */
  readonly check: string;
  readonly id: string;
  /** States examined before. */
  readonly states: number;
}

function probe(): Probe {
  let done = 0;
  let inUnit = 0;
  try {
    for (const unit of mutantPlan) {
      inUnit = 0;
      runUnit(unit, (states) => {
        inUnit = states;
      });
      done += inUnit;
    }
    return { check: '', id: '', states: done };
  } catch (error) {
    const states = done + inUnit;
    if (error instanceof TrialFailure) return { check: error.check, id: error.id, states };
    return { check: `no unexpected error: ${String(error).slice(0, 60)}`, id: '', states };
  }
}

console.log(JSON.stringify(probe()));
