import { createReading, type Reading, Status } from '../../lib/limfs/index.js';
import type { Register } from './register.js';
import type { RoleStore } from './roleStore.js';

/** Takes a reading when one is due and stores it; knows what the next one has to say about power and clock. */
export class ReadingTaker {
  /** The values of the last reading that was taken. */
  readonly values: number[] = [];
  /** Readings in a row that the register could not give. */
  failures = 0;
  readonly #store: RoleStore;
  readonly #register: Register;
  readonly #newest: Reading = createReading();
  #dueSeconds = Number.POSITIVE_INFINITY;
  /** Goes into the status of what is stored until the next reading is in. */
  #status = 0;
  #clockIsSet: boolean;
  #startSeconds = 0;
  /** The last time before the start, while nobody knows how long ago that was; 0: none. */
  #beforeSeconds = 0;
  #missedStatus = 0;
  /** By this interval readings were due before the start. */
  #missedInterval = 0;

  constructor(store: RoleStore, register: Register, clockIsSet: boolean) {
    this.#store = store;
    this.#register = register;
    this.#clockIsSet = clockIsSet;
  }

  get dueSeconds(): number {
    return this.#dueSeconds;
  }

  /** Power is on again: notes what was missed without it. Returns the last time that is known to have had power. */
  start(timeSeconds: number, firstStart: boolean): number {
    // A meter whose medium failed begins anew in the same second, and the reading of it may be stored all the same.
    this.#planFrom(this.#hasTaken(timeSeconds) ? timeSeconds + 1 : timeSeconds);
    this.#startSeconds = timeSeconds;
    if (firstStart) return timeSeconds;
    const checkpointSeconds = this.#store.lastCheckpointSeconds();
    const isRead = this.#store.newest(this.#newest);
    const isDated = isRead && hasDate(this.#newest);
    const { valid, timeSeconds: newestSeconds } = this.#newest;
    this.#status = Status.powerFailed;
    // Where readings without a date lie in between, nobody can say which of the due times are missing, nor what the
    // interval was then: the notes stand right behind the last reading with a date, and right before the start.
    const isDoubtful = isRead && !isDated;
    this.#missedStatus = isDoubtful ? Status.powerFailed | Status.timeIncorrect : Status.powerFailed;
    this.#missedInterval = isDoubtful ? 1 : this.#store.intervalSeconds;
    const lastSeconds = isDated ? Math.max(newestSeconds, checkpointSeconds) : checkpointSeconds;
    const beforeSeconds = isDated && valid ? newestSeconds : lastSeconds;
    // A clock that begins at zero cannot say how long the power was away; when it is set, it can.
    if (this.#clockIsSet)
      this.#noteMissed(beforeSeconds, timeSeconds, this.#missedInterval, this.#missedStatus);
    else this.#beforeSeconds = beforeSeconds;
    return lastSeconds;
  }

  /** Takes a reading and stores it: the one that is due, or one more because somebody asked. Returns its sequence. */
  take(timeSeconds: number, isDue: boolean): number {
    if (isDue) this.#planNext(timeSeconds);
    const status =
      this.#status | (isDue ? 0 : Status.onDemand) | (this.#clockIsSet ? 0 : Status.timeSinceBoot);
    if (this.#register.read(timeSeconds, this.values)) {
      this.failures = 0;
      const sequence = this.#store.append(timeSeconds, this.values, status);
      this.#status = 0;
      return sequence;
    }
    this.failures += 1;
    return this.#store.appendHole(timeSeconds, status | Status.readingError);
  }

  /**
   * The clock was set: readings begin a new run, due at whole intervals of the new time. If it had none before, what was
   * missed without power is noted now.
   */
  clockStepped(fromSeconds: number, toSeconds: number): void {
    this.#clockIsSet = true;
    this.#status |= Status.clockStepped;
    this.#store.startRun();
    this.#planFrom(toSeconds);
    const startSeconds = toSeconds - (fromSeconds - this.#startSeconds);
    const status = this.#missedStatus | Status.clockStepped;
    this.#noteMissed(this.#beforeSeconds, startSeconds, this.#missedInterval, status);
    this.#beforeSeconds = 0;
  }

  /** The interval is another one from now on. */
  intervalChanged(timeSeconds: number): void {
    this.#planFrom(timeSeconds + 1);
  }

  /** The next reading is due at a whole interval of the clock. */
  #planFrom(timeSeconds: number): void {
    const { intervalSeconds } = this.#store;
    this.#dueSeconds = Math.ceil(timeSeconds / intervalSeconds) * intervalSeconds;
  }

  /** Plans the reading behind the one that is due now; those that a busy device let pass are noted. */
  #planNext(timeSeconds: number): void {
    const due = this.#dueSeconds;
    this.#planFrom(timeSeconds + 1);
    const { intervalSeconds } = this.#store;
    if (this.#dueSeconds - due > intervalSeconds) {
      this.#noteMissed(due - intervalSeconds, this.#dueSeconds, intervalSeconds, Status.nullData);
    }
  }

  /** Whether the newest reading is the one that was due now. */
  #hasTaken(timeSeconds: number): boolean {
    const newest = this.#newest;
    const isOther = Status.timeSinceBoot | Status.onDemand;
    return (
      this.#store.newest(newest) && newest.timeSeconds === timeSeconds && (newest.status & isOther) === 0
    );
  }

  /**
   * Due readings that nobody took become holes with sequences, so that the receiver never takes them for a gap: the
   * first of them and the last. Two such holes in a row say that none was taken from the one to the other.
   */
  #noteMissed(afterSeconds: number, beforeSeconds: number, intervalSeconds: number, status: number): void {
    if (afterSeconds === 0) return;
    const first = Math.floor(afterSeconds / intervalSeconds + 1) * intervalSeconds;
    const last = Math.ceil(beforeSeconds / intervalSeconds - 1) * intervalSeconds;
    if (first <= last) this.#store.appendHole(first, status);
    if (first < last) this.#store.appendHole(last, status);
  }
}

/** A note of `clockStepped` is the newest when the power failed right then: readings without a date stand before it. */
function hasDate({ valid, status }: Reading): boolean {
  const isNote = !valid && (status & (Status.powerFailed | Status.readingError)) === Status.powerFailed;
  return (status & Status.timeSinceBoot) === 0 && !(isNote && (status & Status.clockStepped) !== 0);
}
