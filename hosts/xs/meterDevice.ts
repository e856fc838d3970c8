import {
  type Channel,
  createReading,
  formatMeterStore,
  LimfsError,
  type Medium,
  type MeterStore,
  Status,
} from '../../lib/limfs/index.js';
import type { ClockState, ConsoleMeter } from '../../src/console/consoleMeter.js';
import { openMeterStore } from '../../src/meter/openStore.js';
import type { Register } from '../../src/meter/register.js';
import type { Board } from './board.js';
import type { Clock } from './clock.js';

export interface MeterDeviceOptions {
  readonly channels: readonly Channel[];
  /** Reading interval of a store that is formatted here; afterwards the store's own counts. */
  readonly intervalSeconds: number;
}

/** A reading that the store has not taken yet. */
interface Unstored {
  readonly timeSeconds: number;
  readonly status: number;
  /** Undefined for a hole: the register could not be read. */
  readonly values: readonly number[] | undefined;
}

/** Readings kept in memory while the medium fails; beyond that the oldest becomes a counted loss. */
const maximumUnstored = 32;
/** A clock set by more than this starts a new run of readings. */
const stepSeconds = 60;
/** How often the current time and the check of the open page become durable. */
const checkpointSeconds = 60;
/** A time before this is no UTC but seconds since boot: 2020-01-01. */
const earliestUtcSeconds = 1_577_836_800;

/**
 * A meter on its own: reads its register every interval and stores the reading. It formats a blank medium once; any
 * other that does not mount it leaves untouched and says why. A reading that the medium refuses waits in memory for
 * the next successful mount.
 */
export class MeterDevice implements ConsoleMeter {
  readonly #board: Board;
  readonly #options: MeterDeviceOptions;
  readonly #clock: Clock;
  readonly #unstored: Unstored[] = [];
  #medium: Medium | undefined;
  #store: MeterStore | undefined;
  #register: Register | undefined;
  #failure: string | undefined;
  #droppedReadings = 0;
  /** What the oldest unstored reading's sequence is if the append that failed has stored it after all. */
  #uncertainSequence: number | undefined;
  /** Status bits that the next reading carries. */
  #nextStatus = 0;
  /** Infinite until the first mount. */
  #dueSeconds = Number.POSITIVE_INFINITY;
  #checkpointDueSeconds = 0;

  constructor(board: Board, clock: Clock, options: MeterDeviceOptions) {
    this.#board = board;
    this.#clock = clock;
    this.#options = options;
  }

  get store(): MeterStore | undefined {
    return this.#store;
  }

  get fault(): string | undefined {
    if (this.#droppedReadings === 0) return this.#failure;
    const lost = `${this.#droppedReadings} readings lost because the medium failed for too long`;
    return this.#failure === undefined ? lost : `${lost}; ${this.#failure}`;
  }

  get clockState(): ClockState {
    return this.#clock.state;
  }

  timeSeconds(): number {
    return this.#clock.seconds();
  }

  setClock(timeSeconds: number): void {
    const change = Math.abs(timeSeconds - this.#clock.seconds());
    if (this.#clock.state === 'unset' || change > stepSeconds) {
      this.#store?.startRun();
      this.#nextStatus |= Status.clockStepped;
    }
    this.#clock.set(timeSeconds);
    this.#planNext();
  }

  secondsToNextReading(): number {
    return Math.max(0, this.#dueSeconds - this.#clock.seconds());
  }

  /** Does what is due; returns the milliseconds after which it wants to be called again. */
  step(): number {
    if (this.#store === undefined) this.#mount();
    this.#storeKept();
    const now = this.#clock.seconds();
    if (this.#register !== undefined && now >= this.#dueSeconds) {
      this.#keep(this.#measure(this.#register, 0));
      this.#storeKept();
      this.#planNext();
    }
    if (now >= this.#checkpointDueSeconds) this.#checkpoint(now);
    const nextSeconds = Math.min(this.#dueSeconds, this.#checkpointDueSeconds);
    return Math.max(0, nextSeconds * 1000 - this.#clock.milliseconds());
  }

  takeReading(): void {
    if (this.#register === undefined)
      throw new LimfsError('medium-failed', this.fault ?? 'no store is mounted yet');
    this.#keep(this.#measure(this.#register, Status.onDemand));
    this.#storeKept();
    if (this.#unstored.length > 0) {
      throw new LimfsError(
        'medium-failed',
        `the reading waits in memory: ${this.fault ?? 'the medium failed'}`,
      );
    }
  }

  format(): void {
    this.#medium ??= this.#board.openMedium();
    formatMeterStore(this.#medium, this.#newFormat());
    this.#mount();
  }

  /** Only `openMeterStore` formats, and only a blank medium or one whose formatting was cut short. */
  #mount(): void {
    try {
      this.#medium ??= this.#board.openMedium();
      const { store, firstStart } = openMeterStore(this.#medium, this.#newFormat());
      if (this.#register === undefined) this.#powerUp(store, firstStart);
      this.#forgetStored(store);
      this.#store = store;
      this.#failure = undefined;
      this.#planNext();
    } catch (error) {
      this.#failure = mountFailureText(error);
      this.#checkpointDueSeconds = this.#clock.seconds() + checkpointSeconds;
    }
  }

  #newFormat() {
    const storeId = [this.#board.randomWord(), this.#board.randomWord()] as const;
    return { storeId, channels: this.#options.channels, intervalSeconds: this.#options.intervalSeconds };
  }

  /** The first mount since the power came back. */
  #powerUp(store: MeterStore, firstStart: boolean): void {
    const newest = createReading();
    this.#register = this.#board.openRegister(store.newest(newest) ? newest.values[0]! : 0);
    const lastSeconds = store.lastCheckpointSeconds();
    if (lastSeconds >= earliestUtcSeconds) this.#clock.resume(lastSeconds);
    // What the input did without power is not known: the next reading says so.
    if (!firstStart) this.#nextStatus |= Status.powerFailed;
  }

  /** The append that failed last may have been stored all the same; then its sequence is used. */
  #forgetStored(store: MeterStore): void {
    const uncertain = this.#uncertainSequence;
    if (uncertain !== undefined && store.nextSequence === (uncertain + 1) >>> 0) this.#unstored.shift();
    this.#uncertainSequence = undefined;
  }

  #planNext(): void {
    const interval = this.#store?.intervalSeconds ?? this.#options.intervalSeconds;
    const now = this.#clock.seconds();
    this.#dueSeconds = (Math.floor(now / interval) + 1) * interval;
    this.#checkpointDueSeconds = Math.min(this.#checkpointDueSeconds, now + checkpointSeconds);
  }

  #checkpoint(now: number): void {
    this.#checkpointDueSeconds = now + checkpointSeconds;
    if (this.#store === undefined) return;
    try {
      this.#store.checkpoint(this.#clock.state === 'unset' ? 0 : now);
    } catch (error) {
      this.#giveUpStore(error);
    }
  }

  #measure(register: Register, reason: number): Unstored {
    const timeSeconds = this.#clock.seconds();
    const status = reason | this.#nextStatus | clockStatus[this.#clock.state];
    const values: number[] = this.#options.channels.map(() => 0);
    this.#nextStatus = 0;
    if (register.read(timeSeconds, values)) return { timeSeconds, status, values };
    return { timeSeconds, status: status | Status.readingError, values: undefined };
  }

  #keep(reading: Unstored): void {
    this.#unstored.push(reading);
    if (this.#unstored.length <= maximumUnstored) return;
    this.#unstored.shift();
    this.#droppedReadings += 1;
    this.#uncertainSequence = undefined;
  }

  #storeKept(): void {
    while (this.#store !== undefined && this.#unstored.length > 0)
      this.#append(this.#store, this.#unstored[0]!);
  }

  #append(store: MeterStore, { timeSeconds, values, status }: Unstored): void {
    this.#uncertainSequence = store.nextSequence;
    try {
      if (values === undefined) store.appendHole(timeSeconds, status);
      else store.append(timeSeconds, values, status);
    } catch (error) {
      this.#afterFailedAppend(error);
      return;
    }
    this.#uncertainSequence = undefined;
    this.#unstored.shift();
  }

  /** A value that no store takes becomes a hole, so that it shows and does not hold up the readings behind it. */
  #afterFailedAppend(error: unknown): void {
    const reading = this.#unstored[0]!;
    if (!(error instanceof LimfsError) || error.code !== 'value-range' || reading.values === undefined) {
      this.#giveUpStore(error);
      return;
    }
    this.#failure = error.message;
    this.#unstored[0] = { ...reading, status: reading.status | Status.readingError, values: undefined };
  }

  /** A failed medium asks for a new mount at the next step; any other error is a fault of this program. */
  #giveUpStore(error: unknown): void {
    if (!(error instanceof LimfsError)) throw error;
    this.#failure = error.message;
    this.#store = undefined;
  }
}

/** Status bits of a reading by what the clock is worth. */
const clockStatus: Readonly<Record<ClockState, number>> = Object.freeze({
  set: 0,
  resumed: Status.timeIncorrect,
  unset: Status.timeSinceBoot,
});

function mountFailureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof LimfsError) || error.code === 'medium-failed') return error.message;
  return `${error.message}; 'format erase-everything' makes a new store on it`;
}
