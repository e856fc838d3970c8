import { Status } from '../../lib/limfs/index.js';
import type { Delivery } from './delivery.js';

/** Sequences in which a meter on `line` noted what it had missed. */
export interface Records {
  readonly line: number;
  readonly first: number;
  readonly end: number;
  /** The time of the reading before them. */
  readonly beforeSeconds: number;
}

/**
 * Records without value in a row. A due reading that is missing is told by a record with its time, or by two records
 * in a row with the status of a power failure, one before and one after it.
 */
export class HoleNotes {
  /** A record is called lost: it may have told. */
  mayBeLost = false;
  /** Where the first of them would stand, while the meter was on `line`. */
  readonly first: number;
  readonly line: number;
  readonly #beforeSeconds: number;
  readonly #times: number[] = [];
  readonly #isRange: boolean[] = [];

  constructor(delivery: Delivery, { line, first, end, beforeSeconds }: Records) {
    this.first = first;
    this.line = line;
    this.#beforeSeconds = beforeSeconds;
    for (let sequence = first; sequence < end; sequence += 1) {
      const hole = delivery.holeOf(line, sequence);
      if (hole === undefined) this.mayBeLost ||= delivery.lossAt(line, sequence) !== undefined;
      else {
        this.#times.push(hole.timeSeconds);
        this.#isRange.push((hole.status & Status.powerFailed) !== 0);
      }
    }
  }

  /** Whether a time lies behind that of the reading before the records. */
  isBehind(timeSeconds: number): boolean {
    return timeSeconds > this.#beforeSeconds;
  }

  /** Whether a record of a power failure says that nothing stands between the reading before and a later time. */
  covers(timeSeconds: number): boolean {
    if (!this.isBehind(timeSeconds)) return false;
    return this.#times.some((time, index) => this.#isRange[index] && time >= timeSeconds);
  }

  tell(timeSeconds: number): boolean {
    // The clock was set back and the power failed before anything was stored: this time has its reading already.
    if (!this.isBehind(timeSeconds)) return true;
    const times = this.#times;
    for (let index = 0; index < times.length; index += 1) {
      if (times[index] === timeSeconds) return true;
      const isBetween = index > 0 && times[index - 1]! < timeSeconds && timeSeconds < times[index]!;
      if (isBetween && this.#isRange[index - 1] && this.#isRange[index]) return true;
    }
    return false;
  }
}
