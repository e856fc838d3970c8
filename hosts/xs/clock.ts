import type { ClockState } from '../../src/console/consoleMeter.js';

/**
 * The meter's clock: UTC as the difference to the system's clock, so that setting it needs no rights on Linux and
 * no battery on a microcontroller. Until it is set it counts the seconds since it was made.
 */
export class Clock {
  readonly #now: () => number;
  #offsetMilliseconds: number;
  #state: ClockState;

  /** `now` gives the system's milliseconds; `startsSet` says whether they are UTC. */
  constructor(now: () => number, startsSet: boolean) {
    this.#now = now;
    this.#state = startsSet ? 'set' : 'unset';
    this.#offsetMilliseconds = startsSet ? 0 : -now();
  }

  get state(): ClockState {
    return this.#state;
  }

  milliseconds(): number {
    return this.#now() + this.#offsetMilliseconds;
  }

  seconds(): number {
    return Math.floor(this.milliseconds() / 1000);
  }

  set(timeSeconds: number): void {
    this.#offsetMilliseconds = timeSeconds * 1000 - this.#now();
    this.#state = 'set';
  }

  /** Goes on from the last time known, plus the time since boot; does nothing once the clock has been set. */
  resume(timeSeconds: number): void {
    if (this.#state !== 'unset') return;
    this.#offsetMilliseconds += timeSeconds * 1000;
    this.#state = 'resumed';
  }
}
