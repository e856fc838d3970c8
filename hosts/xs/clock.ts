import type { ClockSource } from '../../src/firmware.js';

/**
 * A device's clock: UTC as the difference to the system's clock, so that setting it needs no rights on Linux and no
 * battery on a microcontroller. Where the system does not know the time it counts from power-up until it is stepped.
 */
export class Clock implements ClockSource {
  /** Shows UTC. Outlives a role that fails. */
  isSet: boolean;
  readonly #now: () => number;
  #offsetMilliseconds: number;
  /** No slew goes back behind this. */
  #latestMilliseconds = Number.NEGATIVE_INFINITY;

  /** `now` gives the system's milliseconds; `isSet` says whether they are UTC. */
  constructor(now: () => number, isSet: boolean) {
    this.#now = now;
    this.isSet = isSet;
    this.#offsetMilliseconds = isSet ? 0 : -now();
  }

  milliseconds(): number {
    this.#latestMilliseconds = Math.max(this.#latestMilliseconds, this.#now() + this.#offsetMilliseconds);
    return this.#latestMilliseconds;
  }

  seconds(): number {
    return Math.floor(this.milliseconds() / 1000);
  }

  step(seconds: number): void {
    this.isSet = true;
    this.#offsetMilliseconds += seconds * 1000;
    this.#latestMilliseconds = Number.NEGATIVE_INFINITY;
  }

  slew(milliseconds: number): void {
    this.#offsetMilliseconds += milliseconds;
  }
}
