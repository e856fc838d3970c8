import type { ClockSource, Firmware } from '../../../src/firmware.js';

/** The longest that a timer of Node takes is a little more than three weeks. */
const longestWaitMilliseconds = 86_400_000;

/** This computer's clock, as far as a role may set it: the offset is the program's own. */
export class HostClock implements ClockSource {
  #offsetMilliseconds = 0;

  get seconds(): number {
    return Math.floor((Date.now() + this.#offsetMilliseconds) / 1000);
  }

  step(seconds: number): void {
    this.#offsetMilliseconds += seconds * 1000;
  }

  slew(milliseconds: number): void {
    this.#offsetMilliseconds += milliseconds;
  }
}

/** Gives a role the time that passes: wakes it when it wants to be woken. */
export class FirmwareRunner<Role extends Firmware> {
  readonly role: Role;
  readonly #clock: HostClock;
  #timer: NodeJS.Timeout | undefined;

  constructor(role: Role, clock: HostClock) {
    this.role = role;
    this.#clock = clock;
    this.#plan();
  }

  /** Lets a piece of the role run now. */
  run(work: (role: Role, timeSeconds: number) => void): void {
    work(this.role, this.#clock.seconds);
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const milliseconds = (this.role.wakeSeconds - this.#clock.seconds) * 1000;
    const wait = Math.max(0, Math.min(milliseconds, longestWaitMilliseconds));
    this.#timer = setTimeout(() => this.run((role, now) => role.wakeSeconds <= now && role.wake(now)), wait);
  }
}
