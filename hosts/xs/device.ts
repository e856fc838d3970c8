import { LimfsError } from '../../lib/limfs/errors.js';
import type { Firmware } from '../../src/firmware.js';
import type { Clock } from './clock.js';

/** The members of the SDK's Timer that a device uses. */
export interface Timers {
  /** Calls back once after so many milliseconds. */
  set(callback: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
}

export interface DeviceParts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** The system's milliseconds, whatever the device's clock shows. */
  readonly now: () => number;
}

/** A role that failed is not opened again more often than this. */
const reopenMilliseconds = 60_000;
/** A timer is never set for longer: the system's clock may have been set meanwhile. */
const longestWaitMilliseconds = 3_600_000;

/**
 * Lets a role run on a board: opens it, wakes it when it wants to be woken, hands over what arrives. What fails in it
 * throws the role away, like a power cut, for nothing but the chip is to be believed then; it is opened anew at once,
 * and after that once a minute.
 */
export class Device<Role extends Firmware> {
  /** Called with every new fault, and with undefined when the role runs again. */
  onFault: (fault: string | undefined) => void = () => {};
  readonly #parts: DeviceParts;
  readonly #open: (timeSeconds: number) => Role;
  #role: Role | undefined;
  #fault: string | undefined;
  #reopenMilliseconds = Number.NEGATIVE_INFINITY;
  #timer: unknown;

  /** `open` mounts the role's medium and makes the role; it may throw. */
  constructor(parts: DeviceParts, open: (timeSeconds: number) => Role) {
    this.#parts = parts;
    this.#open = open;
  }

  /** Undefined while it cannot be opened. */
  get role(): Role | undefined {
    return this.#role;
  }

  /** Why there is no role. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Does what is due, and sets the timer for what comes next. */
  step(): void {
    if (this.#role === undefined) this.#reopen();
    this.attempt((role, timeSeconds) => {
      if (timeSeconds >= role.wakeSeconds) role.wake(timeSeconds);
    });
  }

  /** Hands a packet over. */
  receive(packet: Uint8Array, length: number): void {
    this.attempt((role, timeSeconds) => role.receive(timeSeconds, packet, length));
  }

  /** Lets the role do something. What cannot be done, because there is no role, is lost: its sender still has it. */
  attempt(work: (role: Role, timeSeconds: number) => void): void {
    try {
      if (this.#role !== undefined) work(this.#role, this.#parts.clock.seconds());
    } catch (error) {
      this.#failed(error);
    }
    this.#plan();
  }

  /** Lets somebody at the console work with the role; what is refused or fails is thrown, for the answer. */
  run(work: (role: Role, timeSeconds: number) => void): void {
    if (this.#role === undefined)
      throw new LimfsError('needs-mount', this.#fault ?? 'nothing is mounted yet');
    try {
      work(this.#role, this.#parts.clock.seconds());
    } catch (error) {
      if (!isRefusal(error)) this.#failed(error);
      throw error;
    } finally {
      this.#plan();
    }
  }

  /** Opens the role now, whenever it was tried last. */
  restart(): void {
    this.#role = undefined;
    this.#reopenMilliseconds = Number.NEGATIVE_INFINITY;
    this.step();
  }

  #reopen(): void {
    const now = this.#parts.now();
    if (now < this.#reopenMilliseconds) return;
    this.#reopenMilliseconds = now + reopenMilliseconds;
    try {
      this.#role = this.#open(this.#parts.clock.seconds());
      this.#tell(undefined);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#role = undefined;
    this.#tell(error instanceof Error ? error.message : String(error));
  }

  #tell(fault: string | undefined): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.onFault(fault);
  }

  #plan(): void {
    const { clock, now, timers } = this.#parts;
    const wait =
      this.#role === undefined
        ? this.#reopenMilliseconds - now()
        : this.#role.wakeSeconds * 1000 - clock.milliseconds();
    if (this.#timer !== undefined) timers.clear(this.#timer);
    this.#timer = timers.set(
      () => {
        this.#timer = undefined;
        this.step();
      },
      Math.max(0, Math.min(wait, longestWaitMilliseconds)),
    );
  }
}

/** The role has refused what it was asked for; nothing is wrong with it. */
function isRefusal(error: unknown): boolean {
  return error instanceof LimfsError && error.code !== 'medium-failed' && error.code !== 'needs-mount';
}
