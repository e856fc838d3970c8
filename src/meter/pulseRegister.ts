import { LimfsError } from '../../lib/limfs/index.js';
import { initialisePulses, PulseCounter, type PulseRecord } from '../../lib/limfs/pulse/index.js';
import type { Register } from './register.js';

/**
 * A register that counts the pulses of a meter's contact (F06, F09): its value is the count, whatever a pulse is worth.
 * Each pulse is durable at once; those that the medium refuses are counted in memory, and stored with the next one.
 */
export class PulseRegister implements Register {
  readonly #record: PulseRecord;
  #counter: PulseCounter | undefined;
  #count: number;

  /** Goes on with the count in the record; where there is none, with `start`, the last value stored. Errors: `medium-failed`. */
  constructor(record: PulseRecord, start: number) {
    this.#record = record;
    this.#counter = openCounter(record, start);
    this.#count = this.#counter.count;
  }

  /** The contact has closed (IEC 62053-31: for 30 ms or longer). */
  pulse(): void {
    this.#count += 1;
    this.#save();
  }

  read(_timeSeconds: number, values: number[]): boolean {
    this.#save();
    values[0] = this.#count;
    return true;
  }

  /** A counter whose medium has failed is loaded again: what it was adding may be stored or not. */
  #save(): void {
    try {
      this.#counter ??= openCounter(this.#record, this.#count);
      if (this.#counter.count < this.#count) this.#counter.add(this.#count - this.#counter.count);
    } catch (error) {
      if (!(error instanceof LimfsError)) throw error;
      this.#counter = undefined;
    }
  }
}

function openCounter(record: PulseRecord, start: number): PulseCounter {
  try {
    return new PulseCounter(record);
  } catch (error) {
    if (!(error instanceof LimfsError) || (error.code !== 'blank' && error.code !== 'damaged')) throw error;
  }
  initialisePulses(record, start);
  return new PulseCounter(record);
}
