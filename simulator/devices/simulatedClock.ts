import type { ClockSource } from '../../src/firmware.js';

const MILLION = 1_000_000;

/**
 * A device's clock as an integer function of world time: it drifts, is stepped and slewed by its firmware, and set
 * wrong by faults. It never goes back but by a step.
 */
export class SimulatedClock implements ClockSource {
  /** Called when the firmware sets the clock: the device's time before and after, in seconds. */
  onStep: (fromSeconds: number, toSeconds: number) => void = () => {};
  /** Counts up whenever the clock was set, slewed or wound: what was planned by it may be due at another time. */
  changes = 0;
  readonly #now: () => number;
  /** The world's time when something last changed, and the device's time then. */
  #anchorMilliseconds: number;
  #deviceMilliseconds: number;
  #driftMillionths = 0;
  /** No slew goes back behind this. */
  #latest: number;

  /** `now` gives the world's time; the clock begins with the true time plus an error. */
  constructor(now: () => number, errorMilliseconds: number) {
    this.#now = now;
    this.#anchorMilliseconds = now();
    this.#deviceMilliseconds = now() + errorMilliseconds;
    this.#latest = this.#deviceMilliseconds;
  }

  /** Seconds of the device's clock now. */
  get seconds(): number {
    const milliseconds = Math.max(this.#latest, this.#at(this.#now()));
    this.#latest = milliseconds;
    return Math.floor(milliseconds / 1000);
  }

  /** The world's time when the clock will show these seconds, if nobody sets it before; now if it does already. */
  worldMillisecondsAt(seconds: number): number {
    const now = this.#now();
    const target = seconds * 1000;
    if (this.#at(now) >= target) return now;
    const ahead = target - this.#deviceMilliseconds;
    // Within a few milliseconds of the answer; then exact steps.
    let world =
      this.#anchorMilliseconds + Math.floor((ahead * MILLION) / (MILLION + this.#driftMillionths)) - 2;
    while (this.#at(world) < target) world += 1;
    return Math.max(now, world);
  }

  /** From now on the clock gains so many seconds in a million, or loses them. */
  drift(millionths: number): void {
    this.#anchor();
    this.#driftMillionths = millionths;
  }

  step(seconds: number): void {
    const before = this.seconds;
    this.shift(seconds * 1000);
    this.onStep(before, this.seconds);
  }

  slew(milliseconds: number): void {
    this.#anchor();
    this.#deviceMilliseconds += milliseconds;
  }

  /** A fault: the clock is wrong by so much from now on, and its firmware does not know. */
  shift(milliseconds: number): void {
    this.#anchor();
    // No clock shows a time before its zero.
    this.#deviceMilliseconds = Math.max(0, this.#deviceMilliseconds + milliseconds);
    this.#latest = this.#deviceMilliseconds;
  }

  /** A fault: without power the clock stood, and begins at zero. */
  restart(): void {
    this.#anchor();
    this.#deviceMilliseconds = 0;
    this.#latest = 0;
  }

  #anchor(): void {
    this.changes += 1;
    const now = this.#now();
    this.#deviceMilliseconds = this.#at(now);
    this.#anchorMilliseconds = now;
  }

  #at(worldMilliseconds: number): number {
    const passed = worldMilliseconds - this.#anchorMilliseconds;
    return this.#deviceMilliseconds + passed + Math.floor((passed * this.#driftMillionths) / MILLION);
  }
}
