import { Status } from '../../lib/limfs/index.js';
import { type Account, addProblem, checkSums, emptyAccount, Outcome, outcomeOfRoute } from './account.js';
import { type MeterWitness, type Span, Take } from './meterWitness.js';
import type { StoreBook } from './serverBook.js';

/** A meter's side of the books. */
export interface LedgerMeter {
  readonly name: string;
  /** Row of the grid: meters that followed each other at one place share it. */
  readonly row: number;
  readonly witness: MeterWitness;
  readonly book: StoreBook;
  /** Opens the chip as it is at the end: whether it still gives the reading with a sequence. */
  readonly openChip: () => (sequence: number) => boolean;
}

export interface Schedule {
  readonly firstTimeSeconds: number;
  readonly intervalSeconds: number;
  readonly slots: number;
}

/** Delays are counted in classes by these upper limits, in seconds. */
export const delayLimits: readonly number[] = Object.freeze([
  300,
  3_600,
  7_200,
  10_800,
  21_600,
  43_200,
  86_400,
  172_800,
  Number.POSITIVE_INFINITY,
]);

export interface Closing {
  readonly account: Account;
  /** A row a metering point, a column a slot of the schedule. */
  readonly grid: readonly Uint8Array[];
  /** By way, and by class of delay. */
  readonly delays: Readonly<Record<'direct' | 'window' | 'backfill', number[]>>;
}

const anySureLoss = /^(uncertain: )?(overwritten|damaged) at meter$/;

/**
 * Closes the books from four witnesses: the times with power as the meter's clock showed them, the tap at the register
 * input, the tap at append's return, and the server's book. What the server has is compared with the register input,
 * never with a store.
 */
export function closeBooks(schedule: Schedule, meters: readonly LedgerMeter[], rows: number): Closing {
  const account = emptyAccount();
  const classes = () => delayLimits.map(() => 0);
  const closing: Closing = {
    account,
    grid: Array.from({ length: rows }, () => new Uint8Array(schedule.slots)),
    delays: { direct: classes(), window: classes(), backfill: classes() },
  };
  for (const meter of meters) new MeterLedger(schedule, meter, closing).close();
  checkSums(account);
  return closing;
}

class MeterLedger {
  readonly #schedule: Schedule;
  readonly #meter: LedgerMeter;
  readonly #account: Account;
  readonly #closing: Closing;
  readonly #grid: Uint8Array;
  /** By sequence: a due reading or a hole accounts for it. */
  readonly #claimed: Uint8Array;
  #isOnChip: ((sequence: number) => boolean) | undefined;

  constructor(schedule: Schedule, meter: LedgerMeter, closing: Closing) {
    this.#schedule = schedule;
    this.#meter = meter;
    this.#closing = closing;
    this.#account = closing.account;
    this.#grid = closing.grid[meter.row]!;
    this.#claimed = new Uint8Array(meter.witness.endSequence);
  }

  close(): void {
    const { witness, book } = this.#meter;
    /** The first due time that the spans before have not answered for. */
    let openSeconds = Number.NEGATIVE_INFINITY;
    witness.spans.forEach((span, index) => {
      const endTake = witness.spans[index + 1]?.firstTake ?? witness.takes;
      if (span.hasPower) openSeconds = this.#closePowered(span, endTake);
      else openSeconds = this.#closeUnpowered(span, Math.max(span.fromSeconds, openSeconds));
    });
    this.#checkUnclaimed();
    this.#account.duplicatesReceived += book.repeated;
    this.#account.conflicts += book.conflicts.length;
    for (const { sequence, timeSeconds } of book.conflicts) {
      this.#complain(timeSeconds, `(sequence ${sequence}) came with two contents`);
    }
  }

  /** Each whole interval of the clock must have its take; returns the first due time that is left to the next span. */
  #closePowered(span: Span, endTake: number): number {
    const { witness } = this.#meter;
    const { intervalSeconds, toSeconds } = span;
    let due = Math.ceil(span.fromSeconds / intervalSeconds) * intervalSeconds;
    for (let take = span.firstTake; take < endTake; take += 1) {
      const time = witness.times.get(take);
      this.#closeTake(take);
      if ((witness.flags.get(take) & Take.onDemand) !== 0) continue;
      for (; due < time; due += intervalSeconds) this.#missed(due);
      if (due === time) due += intervalSeconds;
      else this.#complain(time, 'was taken although none was due');
    }
    for (; due < toSeconds; due += intervalSeconds) this.#missed(due);
    // Power that fails in the very second of a reading may come before it or after it.
    return due;
  }

  #missed(timeSeconds: number): void {
    this.#account.due += 1;
    this.#complain(timeSeconds, 'was not taken although the meter had power');
  }

  #closeUnpowered(span: Span, fromSeconds: number): number {
    const { intervalSeconds, toSeconds, firstTake, clockKept } = span;
    let due = Math.ceil(fromSeconds / intervalSeconds) * intervalSeconds;
    if (due >= toSeconds) return due;
    const notes = this.#holesAround(firstTake);
    for (; due < toSeconds; due += intervalSeconds) {
      this.#account.due += 1;
      this.#account.holes.noPower += 1;
      this.#mark(due, Outcome.noPower);
      if (notes.tell(due)) this.#account.told += 1;
      else if (clockKept && !notes.mayBeLost) this.#complain(due, 'is a hole that the meter did not tell of');
    }
    return due;
  }

  #closeTake(take: number): void {
    const { witness } = this.#meter;
    const account = this.#account;
    const flags = witness.flags.get(take);
    const time = witness.times.get(take);
    account.due += 1;
    if ((flags & Take.onDemand) !== 0) account.onDemand += 1;
    if ((flags & Take.valid) === 0) {
      account.holes.registerFailed += 1;
      if ((flags & Take.onDemand) === 0) this.#markTake(take, Outcome.registerFailed);
      if (this.#holesAround(take).tell(time)) account.told += 1;
      return;
    }
    account.taken += 1;
    const outcome = (flags & Take.durable) !== 0 ? this.#closeDurable(take) : this.#closeCutAppend(take);
    this.#markTake(take, outcome);
  }

  /** The append has not returned: the reading may stand in the store all the same, whole, or not at all. */
  #closeCutAppend(take: number): Outcome {
    const { witness, book } = this.#meter;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    const behind = this.#storedFrom(take + 1);
    const isTaken = behind < witness.takes && witness.sequences.get(behind) === sequence;
    const isThere =
      !isTaken &&
      book.has(sequence) &&
      book.value(sequence) === witness.values.get(take) &&
      book.timeSeconds(sequence) === time;
    if (isThere) return this.#closeDurable(take);
    this.#account.cutInAppend += 1;
    if (this.#holesAround(take + 1).tell(time)) this.#account.told += 1;
    return Outcome.cutInAppend;
  }

  #closeDurable(take: number): Outcome {
    const { witness, book } = this.#meter;
    const account = this.#account;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    account.durable += 1;
    if (this.#claimed[sequence] === 1) {
      account.deliveredTwice += 1;
      this.#complain(time, `has the sequence ${sequence} of another one`);
    }
    this.#claimed[sequence] = 1;
    if (book.has(sequence)) {
      this.#compare(take, sequence);
      const route = book.route(sequence);
      account.delivered[route] += 1;
      this.#countDelay(route, book.arrivalSeconds(sequence) - witness.worldTimes.get(take));
      if (book.losses.has(sequence)) this.#complain(time, 'is delivered and lost at once');
      return outcomeOfRoute[route];
    }
    const reason = book.losses.get(sequence);
    if (reason === undefined) {
      account.pending += 1;
      this.#complain(time, `(sequence ${sequence}) is durable but neither delivered nor reported lost`);
      return Outcome.pending;
    }
    account.lost[reason] = (account.lost[reason] ?? 0) + 1;
    this.#isOnChip ??= this.#meter.openChip();
    if (!anySureLoss.test(reason)) this.#complain(time, `is called lost without need: ${reason}`);
    else if (this.#isOnChip(sequence)) this.#complain(time, 'is called lost but stands on the chip');
    return Outcome.lost;
  }

  #compare(take: number, sequence: number): void {
    const { witness, book } = this.#meter;
    const time = witness.times.get(take);
    const value = witness.values.get(take);
    const status = witness.statuses.get(take);
    const isSame =
      book.timeSeconds(sequence) === time &&
      book.value(sequence) === value &&
      book.status(sequence) === status;
    if (isSame) return;
    const got = `${book.value(sequence)} status ${book.status(sequence)} at ${book.timeSeconds(sequence)}`;
    this.#complain(time, `was taken as ${value} status ${status} and delivered as ${got}`);
  }

  #countDelay(route: 'direct' | 'window' | 'backfill', seconds: number): void {
    const index = delayLimits.findIndex((limit) => seconds < limit);
    this.#closing.delays[route][index]! += 1;
  }

  /** What the meter told of the time before a take: the records without value since the durable take before. */
  #holesAround(take: number): HoleNotes {
    const { witness, book } = this.#meter;
    let before = take - 1;
    while (before >= 0 && !this.#isStored(before)) before -= 1;
    const behind = this.#storedFrom(take);
    const first = before < 0 ? 0 : witness.sequences.get(before) + 1;
    const end = behind < witness.takes ? witness.sequences.get(behind) : witness.endSequence;
    for (let sequence = first; sequence < end; sequence += 1) {
      if (book.value(sequence) === undefined) this.#claimed[sequence] = 1;
    }
    return new HoleNotes(book, first, end, before < 0 ? 0 : witness.times.get(before));
  }

  /** The first take from this one on that is known to be stored. */
  #storedFrom(take: number): number {
    const { takes } = this.#meter.witness;
    let behind = take;
    while (behind < takes && !this.#isStored(behind)) behind += 1;
    return behind;
  }

  #isStored(take: number): boolean {
    const flags = this.#meter.witness.flags.get(take);
    return (flags & (Take.valid | Take.durable)) === (Take.valid | Take.durable);
  }

  /** Nothing may be in the book that nobody took. */
  #checkUnclaimed(): void {
    const { book } = this.#meter;
    for (let sequence = 0; sequence < this.#claimed.length; sequence += 1) {
      if (!book.has(sequence)) continue;
      const time = book.timeSeconds(sequence);
      if (this.#claimed[sequence] === 0 && book.value(sequence) !== undefined) {
        this.#complain(time, `(sequence ${sequence}) stands in the book, and nobody took it`);
      } else if (book.value(sequence) === undefined && book.status(sequence) === 0) {
        this.#complain(time, `(sequence ${sequence}) has neither value nor reason`);
      }
    }
  }

  #markTake(take: number, outcome: Outcome): void {
    if ((this.#meter.witness.flags.get(take) & Take.onDemand) !== 0) return;
    this.#mark(this.#meter.witness.worldTimes.get(take), outcome);
  }

  #mark(timeSeconds: number, outcome: Outcome): void {
    const { firstTimeSeconds, intervalSeconds } = this.#schedule;
    const slot = Math.round((timeSeconds - firstTimeSeconds) / intervalSeconds);
    if (slot < 0 || slot >= this.#grid.length) return;
    // With an interval shorter than a slot the worst one shows.
    this.#grid[slot] = Math.max(this.#grid[slot]!, outcome);
  }

  #complain(timeSeconds: number, what: string): void {
    addProblem(this.#account, `${this.#meter.name}: the reading of time ${timeSeconds} ${what}`);
  }
}

/**
 * Records without value in a row. A due reading that is missing is told by a record with its time, or by two records
 * in a row with the status of a power failure, one before and one after it.
 */
class HoleNotes {
  /** A record is called lost: it may have told. */
  mayBeLost = false;
  readonly #beforeSeconds: number;
  readonly #times: number[] = [];
  readonly #isRange: boolean[] = [];

  /** The records lie in [first, end); the reading before them has the time `beforeSeconds`. */
  constructor(book: StoreBook, first: number, end: number, beforeSeconds: number) {
    this.#beforeSeconds = beforeSeconds;
    for (let sequence = first; sequence < end; sequence += 1) {
      if (!book.has(sequence)) {
        this.mayBeLost ||= book.losses.has(sequence);
        continue;
      }
      if (book.value(sequence) !== undefined) continue;
      this.#times.push(book.timeSeconds(sequence));
      this.#isRange.push((book.status(sequence) & Status.powerFailed) !== 0);
    }
  }

  tell(timeSeconds: number): boolean {
    // The clock was set back and the power failed before anything was stored: this time has its reading already.
    if (timeSeconds <= this.#beforeSeconds) return true;
    const times = this.#times;
    for (let index = 0; index < times.length; index += 1) {
      if (times[index] === timeSeconds) return true;
      const isBetween = index > 0 && times[index - 1]! < timeSeconds && timeSeconds < times[index]!;
      if (isBetween && this.#isRange[index - 1] && this.#isRange[index]) return true;
    }
    return false;
  }
}
