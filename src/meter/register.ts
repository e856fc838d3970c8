import type { PulseCounter } from '../../lib/limfs/pulse/index.js';

/** The measuring part: stores the value of each channel into `values`; false if it cannot be read now. */
export interface Register {
  read(timeSeconds: number, values: number[]): boolean;
}

/** A register that counts pulses of a meter's contact (F06, F09): its value is the count, whatever a pulse is worth. */
export class PulseRegister implements Register {
  readonly #pulses: PulseCounter;

  constructor(pulses: PulseCounter) {
    this.#pulses = pulses;
  }

  read(_timeSeconds: number, values: number[]): boolean {
    values[0] = this.#pulses.count;
    return true;
  }
}
