import { Status } from '../../lib/limfs/index.js';
import type { Delivery } from './delivery.js';
import type { StoreBook } from './storeBook.js';

/** Sequences in which a meter noted what it had missed. */
export interface Records {
  readonly first: number;
  readonly end: number;
  /** The times of the readings around them, or when the meter was set back behind them. */
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
}

/**
 * Records without value in a row. A due reading that is missing is told by a record with its time, or by two records
 * in a row with the status of a power failure, one before and one after it.
 */
export class HoleNotes {
  /** A record is called lost: it may have told. */
  mayBeLost = false;
  readonly #beforeSeconds: number;
  readonly #times: number[] = [];
  readonly #isRange: boolean[] = [];

  /** Where several lines have a record under one sequence, the last one before `afterSeconds` is meant. */
  constructor(book: StoreBook, delivery: Delivery, { first, end, beforeSeconds, afterSeconds }: Records) {
    this.#beforeSeconds = beforeSeconds;
    for (let sequence = first; sequence < end; sequence += 1) {
      const holes = delivery.holesAt(sequence);
      if (holes.length === 0) {
        this.mayBeLost ||= book.lossAt(sequence) !== undefined || delivery.mayBeLost(sequence);
        continue;
      }
      const distance = (seconds: number) =>
        seconds <= afterSeconds ? afterSeconds - seconds : Number.POSITIVE_INFINITY;
      const hole = holes.reduce((one, other) =>
        distance(other.timeSeconds) < distance(one.timeSeconds) ? other : one,
      );
      this.#times.push(hole.timeSeconds);
      this.#isRange.push((hole.status & Status.powerFailed) !== 0);
    }
  }

  /** Whether a record of a power failure says that nothing stands between the reading before and a later time. */
  covers(timeSeconds: number): boolean {
    if (timeSeconds <= this.#beforeSeconds) return false;
    return this.#times.some((time, index) => this.#isRange[index] && time >= timeSeconds);
  }

  tell(timeSeconds: number): boolean {
    // The clock was set back and the power failed before anything was stored: this time has its reading already.
    if (timeSeconds <= this.#beforeSeconds) return true;
    const times = this.#times;
    for (let index = 0; index < times.length; index += 1) {
      if (times[index] === timeSeconds) return true;
      const isBetween = index > 0 && times[index - 1]! < timeSeconds && timeSeconds < times[index]!;
      if (isBetween && this.#isRange[index - 1] && this.#isRange[index]) return true;
    }
    return false;
  }
}
