import type { Register } from '../../src/meter/register.js';

/** A household for a host without a meter: the load changes every quarter of an hour, from 100 W to 2147 W. */
export class SimulatedRegister implements Register {
  #wattSeconds: number;
  #lastSeconds: number | undefined;

  constructor(startWattHours: number) {
    this.#wattSeconds = startWattHours * 3600;
  }

  read(timeSeconds: number, values: number[]): boolean {
    const passed = timeSeconds - (this.#lastSeconds ?? timeSeconds);
    if (passed > 0) this.#wattSeconds += passed * loadWatts(timeSeconds);
    this.#lastSeconds = timeSeconds;
    values[0] = Math.floor(this.#wattSeconds / 3600);
    return true;
  }
}

/** A multiplicative hash (Knuth) of the quarter of an hour: the same load at the same time in every run. */
function loadWatts(timeSeconds: number): number {
  return 100 + (Math.imul(Math.floor(timeSeconds / 900), 0x9e37_79b1) >>> 21);
}
