import { Status, type StoreId } from '../../lib/limfs/index.js';
import type { LossReason, Route } from '../../src/receiver/book.js';
import type { Entry, MemoryBook, StoreBook } from './memoryBook.js';
import type { MeterWitness, Take } from './witness.js';

/** What became of a due reading. */
export type Outcome =
  | Route
  | 'hole: no power'
  | 'hole: register failed'
  | 'cut in append'
  | 'lost'
  | 'pending'
  | 'unexplained';

export interface LedgerMeter {
  readonly name: string;
  readonly storeId: StoreId;
  readonly witness: MeterWitness;
  /** Whether the chip at the end of the run still gives the reading with this sequence. */
  readonly isOnChip: (sequence: number) => boolean;
}

export interface Schedule {
  readonly firstTimeSeconds: number;
  readonly intervalSeconds: number;
  readonly slots: number;
}

/** The books of a run. Every sum is counted by itself, so that `closes` can fail. */
export interface Account {
  due: number;
  taken: number;
  holes: { noPower: number; registerFailed: number };
  /** Of the holes and cut appends: those that the meter itself has told the receiver. */
  told: number;
  durable: number;
  cutInAppend: number;
  delivered: Record<Route, number>;
  lost: Partial<Record<LossReason, number>>;
  pending: number;
  conflicts: number;
  /** What does not add up, in words; empty when the account closes. */
  problems: string[];
  problemCount: number;
}

export interface Closing {
  readonly account: Account;
  /** By meter and slot. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** By route: seconds from the due time to the arrival, unsorted. */
  readonly delaysSeconds: Readonly<Record<Route, readonly number[]>>;
}

const maximumProblems = 20;

/**
 * Closes the books from four witnesses: the schedule with the times of power, the tap at the register input, the tap
 * at append's return, and the receiver's book. A reading in the book is compared with the tap, never with the store.
 */
export function closeBooks(schedule: Schedule, meters: readonly LedgerMeter[], book: MemoryBook): Closing {
  const account = emptyAccount();
  const delaysSeconds = { direct: [], window: [], backfill: [] };
  const outcomes = meters.map((meter) =>
    new MeterLedger(schedule, meter, book.of(meter.storeId), account, delaysSeconds).close(),
  );
  checkSums(account);
  return { account, outcomes, delaysSeconds };
}

export function closes(account: Account): boolean {
  return account.problemCount === 0;
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function emptyAccount(): Account {
  return {
    due: 0,
    taken: 0,
    holes: { noPower: 0, registerFailed: 0 },
    told: 0,
    durable: 0,
    cutInAppend: 0,
    delivered: { direct: 0, window: 0, backfill: 0 },
    lost: {},
    pending: 0,
    conflicts: 0,
    problems: [],
    problemCount: 0,
  };
}

function addProblem(account: Account, problem: string): void {
  account.problemCount++;
  if (account.problems.length < maximumProblems) account.problems.push(problem);
}

function checkSums(account: Account): void {
  const { due, taken, holes, durable, cutInAppend, delivered, lost, pending } = account;
  if (due !== taken + sum(holes))
    addProblem(account, `due ${due} is not taken ${taken} + holes ${sum(holes)}`);
  if (taken !== durable + cutInAppend) {
    addProblem(account, `taken ${taken} is not durable ${durable} + cut in append ${cutInAppend}`);
  }
  if (durable !== sum(delivered) + sum(lost) + pending) {
    addProblem(
      account,
      `durable ${durable} is not delivered ${sum(delivered)} + lost ${sum(lost)} + pending ${pending}`,
    );
  }
}

class MeterLedger {
  readonly #schedule: Schedule;
  readonly #meter: LedgerMeter;
  readonly #book: StoreBook;
  readonly #account: Account;
  readonly #delaysSeconds: Record<Route, number[]>;
  /** Sequences in the book by time of reading: for what has no sequence of its own, a hole or an append cut short. */
  readonly #sequenceAt = new Map<number, number>();
  readonly #times: readonly number[];
  /** Sequences of the book that a due reading accounts for. */
  readonly #claimed = new Set<number>();

  constructor(
    schedule: Schedule,
    meter: LedgerMeter,
    book: StoreBook,
    account: Account,
    delaysSeconds: Record<Route, number[]>,
  ) {
    this.#schedule = schedule;
    this.#meter = meter;
    this.#book = book;
    this.#account = account;
    this.#delaysSeconds = delaysSeconds;
    for (const [sequence, entry] of book.entries) this.#sequenceAt.set(entry.timeSeconds, sequence);
    this.#times = [...this.#sequenceAt.keys()].sort((a, b) => a - b);
  }

  close(): Outcome[] {
    const { firstTimeSeconds, intervalSeconds, slots } = this.#schedule;
    const outcomes: Outcome[] = [];
    for (let slot = 0; slot < slots; slot++) {
      outcomes.push(this.#closeReading(firstTimeSeconds + slot * intervalSeconds));
    }
    for (const [sequence, entry] of this.#book.entries) {
      if (!this.#claimed.has(sequence))
        this.#complain(entry.timeSeconds, `nobody took reading ${sequence} of the book`);
      if (this.#book.losses.has(sequence)) this.#complain(entry.timeSeconds, 'delivered and lost at once');
    }
    this.#account.conflicts += this.#book.conflicts.size;
    for (const entry of this.#book.conflicts.values())
      this.#complain(entry.timeSeconds, 'came with two contents');
    return outcomes;
  }

  #closeReading(timeSeconds: number): Outcome {
    const account = this.#account;
    account.due++;
    const take = this.#meter.witness.takes.get(timeSeconds);
    if (take === undefined) {
      if (!this.#meter.witness.wasOff(timeSeconds)) {
        this.#complain(timeSeconds, 'was not taken although the meter had power');
        return 'unexplained';
      }
      account.holes.noPower++;
      this.#claimHole(timeSeconds);
      return 'hole: no power';
    }
    if (take.value === undefined) {
      account.holes.registerFailed++;
      this.#claimHole(timeSeconds);
      return 'hole: register failed';
    }
    account.taken++;
    return take.sequence === undefined
      ? this.#closeCutAppend(timeSeconds, take)
      : this.#closeDurable(timeSeconds, take, take.sequence);
  }

  /** The append has not returned: the reading may stand in the store all the same, whole, or not at all. */
  #closeCutAppend(timeSeconds: number, take: Take): Outcome {
    const sequence = this.#sequenceAt.get(timeSeconds);
    if (sequence !== undefined && this.#book.entries.get(sequence)!.value !== undefined) {
      return this.#closeDurable(timeSeconds, take, sequence);
    }
    this.#account.cutInAppend++;
    this.#claimHole(timeSeconds);
    return 'cut in append';
  }

  #closeDurable(timeSeconds: number, take: Take, sequence: number): Outcome {
    const account = this.#account;
    account.durable++;
    const entry = this.#book.entries.get(sequence);
    if (entry !== undefined) {
      this.#claimed.add(sequence);
      this.#compare(timeSeconds, take, entry);
      account.delivered[entry.route]++;
      this.#delaysSeconds[entry.route].push(entry.arrivalSeconds - timeSeconds);
      return entry.route;
    }
    const reason = this.#book.losses.get(sequence);
    if (reason !== undefined) {
      if (this.#meter.isOnChip(sequence))
        this.#complain(timeSeconds, `is called lost but stands on the chip`);
      account.lost[reason] = (account.lost[reason] ?? 0) + 1;
      return 'lost';
    }
    account.pending++;
    this.#complain(timeSeconds, 'is durable but neither delivered nor reported lost');
    return 'pending';
  }

  #compare(timeSeconds: number, take: Take, entry: Entry): void {
    if (entry.timeSeconds === timeSeconds && entry.value === take.value && entry.status === take.status)
      return;
    const taken = `${take.value} status ${take.status}`;
    const got = `${entry.value} status ${entry.status} at ${entry.timeSeconds}`;
    this.#complain(timeSeconds, `was taken as ${taken} and delivered as ${got}`);
  }

  /**
   * The meter must have told of a hole itself: by a record with its time, a status and no value, or by two holes
   * without power in a row, one before and one after it.
   */
  #claimHole(timeSeconds: number): void {
    const sequence = this.#sequenceAt.get(timeSeconds);
    if (sequence === undefined) {
      this.#claimHoleBetween(timeSeconds);
      return;
    }
    const { value, status } = this.#book.entries.get(sequence)!;
    this.#claimed.add(sequence);
    if (value === undefined && status !== 0) this.#account.told++;
    else this.#complain(timeSeconds, `is a hole but was delivered as ${value} status ${status}`);
  }

  #claimHoleBetween(timeSeconds: number): void {
    const after = this.#times.findIndex((time) => time > timeSeconds);
    const upper = this.#sequenceAt.get(this.#times[after] ?? Number.NaN);
    const lower = this.#sequenceAt.get(this.#times[after - 1] ?? Number.NaN) ?? -1;
    if (upper === undefined) this.#complain(timeSeconds, 'is a hole that the meter did not tell of');
    else if (upper - lower > 1) {
      // Records between the two are gone, and the receiver must have said so.
      for (let sequence = lower + 1; sequence < upper; sequence++) {
        if (this.#book.losses.has(sequence)) continue;
        this.#complain(timeSeconds, 'is a hole that the meter did not tell of');
        return;
      }
    } else if (this.#isPowerHole(lower) && this.#isPowerHole(upper)) this.#account.told++;
    else this.#complain(timeSeconds, 'is a hole that the meter did not tell of');
  }

  #isPowerHole(sequence: number): boolean {
    const entry = this.#book.entries.get(sequence);
    return entry !== undefined && entry.value === undefined && (entry.status & Status.powerFailed) !== 0;
  }

  #complain(timeSeconds: number, what: string): void {
    addProblem(this.#account, `${this.#meter.name}: the reading of time ${timeSeconds} ${what}`);
  }
}
