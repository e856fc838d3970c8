import type { Batch, StoreId } from '../../lib/limfs/index.js';
import type { Book, LossReason, Route } from '../../src/receiver/book.js';
import type { SequenceBook, SequenceRange } from '../../src/receiver/gapWatch.js';
import { bytes, doubles, words } from './columns.js';

/** How a reading came, as it stands in the column of ways. */
export const routes: readonly Route[] = Object.freeze(['direct', 'window', 'backfill']);

const BOOKED = 1;
const VALID = 2;

/** A reading that came again with other content. */
export interface Conflict {
  readonly sequence: number;
  readonly timeSeconds: number;
  readonly status: number;
  readonly value: number | undefined;
  readonly route: Route;
  readonly arrivalSeconds: number;
}

/** What was called lost in one note. */
export interface LossNote {
  readonly first: number;
  readonly end: number;
  readonly reason: LossReason;
}

/** What the server knows of one store, by sequence. */
export class StoreBook {
  readonly conflicts: Conflict[] = [];
  /** All notes of losses: what is booked may be lost in another line of readings. */
  readonly notes: LossNote[] = [];
  /** Sequences that the meter gives once more, because it was set back, and the time in which the old line ended. */
  readonly #again = new Map<number, number>();
  /** Readings that came again with the same content. */
  repeated = 0;
  /** Sequences that are called lost, with the reason. */
  readonly losses = new Map<number, LossReason>();
  /** Every sequence below this is booked or lost. */
  settled = 0;
  readonly #times = words();
  readonly #values = doubles();
  readonly #statuses = bytes();
  readonly #routes = bytes();
  readonly #arrivals = words();
  readonly #flags = bytes();

  /** One more than the highest sequence that was ever booked. */
  get end(): number {
    return this.#flags.length;
  }

  has(sequence: number): boolean {
    return sequence < this.#flags.length && (this.#flags.get(sequence) & BOOKED) !== 0;
  }

  timeSeconds(sequence: number): number {
    return this.#times.get(sequence);
  }

  /** Undefined for a hole. */
  value(sequence: number): number | undefined {
    return (this.#flags.get(sequence) & VALID) === 0 ? undefined : this.#values.get(sequence);
  }

  status(sequence: number): number {
    return this.#statuses.get(sequence);
  }

  route(sequence: number): Route {
    return routes[this.#routes.get(sequence)]!;
  }

  arrivalSeconds(sequence: number): number {
    return this.#arrivals.get(sequence);
  }

  /** Moves `settled` as far as it goes. */
  settle(): number {
    while (this.#isSettled(this.settled)) this.settled += 1;
    return this.settled;
  }

  /** The first range in [from, end) that is neither booked nor called lost; null: there is none. */
  missing(from: number, end: number): SequenceRange | null {
    let first = Math.max(from, this.settle());
    while (first < end && this.#isSettled(first)) first += 1;
    if (first >= end) return null;
    let after = first + 1;
    while (after < end && !this.#isSettled(after)) after += 1;
    return { first, end: after };
  }

  #isSettled(sequence: number): boolean {
    if (this.#again.size > 0 && this.#again.has(sequence)) return false;
    return this.has(sequence) || this.losses.has(sequence);
  }

  /** The meter was set back, and gives the readings [first, end) once more; the old ones end at a time. */
  setBack(first: number, end: number, lineSeconds: number): void {
    for (let sequence = first; sequence < end; sequence += 1) {
      const isThere = this.has(sequence) && this.timeSeconds(sequence) > lineSeconds;
      const isConflict = this.conflicts.some((one) => one.sequence === sequence);
      if (!isThere && !isConflict) this.#again.set(sequence, lineSeconds);
    }
    this.settled = Math.min(this.settled, first);
  }

  /** Whether a reading is what was expected again, and not one of the old line whose report has come late. */
  #isAgain(sequence: number, timeSeconds: number, value: number | undefined, isBackfill: boolean): boolean {
    const lineSeconds = this.#again.get(sequence);
    if (lineSeconds === undefined) return false;
    // What is common to both lines comes by request.
    return timeSeconds > lineSeconds || value === undefined || (isBackfill && this.has(sequence));
  }

  /** The readings [first, end) are gone for ever. Those of them that have been booked stay booked. */
  lose(first: number, end: number, reason: LossReason): void {
    this.notes.push({ first, end, reason });
    for (let sequence = first; sequence < end; sequence += 1) {
      if (!isOfOldLine(reason)) this.#again.delete(sequence);
      if (!this.has(sequence)) this.losses.set(sequence, reason);
    }
  }

  put(
    sequence: number,
    timeSeconds: number,
    status: number,
    value: number | undefined,
    route: Route,
    arrivalSeconds: number,
  ): 'new' | 'same' | 'conflict' {
    if (this.#isAgain(sequence, timeSeconds, value, route === 'backfill')) this.#again.delete(sequence);
    if (this.has(sequence)) {
      const isSame =
        this.timeSeconds(sequence) === timeSeconds &&
        this.status(sequence) === status &&
        this.value(sequence) === value;
      if (isSame) this.repeated += 1;
      else this.#keepConflict({ sequence, timeSeconds, status, value, route, arrivalSeconds });
      return isSame ? 'same' : 'conflict';
    }
    this.#times.set(sequence, timeSeconds);
    this.#values.set(sequence, value ?? 0);
    this.#statuses.set(sequence, status);
    this.#routes.set(sequence, routes.indexOf(route));
    this.#arrivals.set(sequence, arrivalSeconds);
    this.#flags.set(sequence, value === undefined ? BOOKED : BOOKED | VALID);
    // One that was called lost and comes all the same, in a packet that was held up on its way, is lost no more.
    this.losses.delete(sequence);
    return 'new';
  }

  #keepConflict(conflict: Conflict): void {
    const isKnown = this.conflicts.some(
      (one) =>
        one.sequence === conflict.sequence &&
        one.timeSeconds === conflict.timeSeconds &&
        one.value === conflict.value &&
        one.status === conflict.status,
    );
    if (!isKnown) this.conflicts.push(conflict);
  }
}

/** Such a note tells of readings that a meter had before it was set back. */
export function isOfOldLine(reason: LossReason): boolean {
  return reason.endsWith('meter set back');
}

/** The server's book in memory, for meters of one channel: the last of the four witnesses. */
export class ServerBook implements Book, SequenceBook {
  readonly #stores = new Map<number, Map<number, StoreBook>>();
  readonly #mostSequences: number;
  /** The store that was asked for last: the readings of a page come store by store. */
  #latestId: StoreId = [0, 0];
  #latest: StoreBook | undefined;

  /** No store of the world takes more readings: a larger sequence is a mistake of the firmware. */
  constructor(mostSequences: number) {
    this.#mostSequences = mostSequences;
  }

  of(storeId: StoreId): StoreBook {
    const [high, low] = this.#latestId;
    if (this.#latest === undefined || storeId[0] !== high || storeId[1] !== low) {
      this.#latestId = storeId;
      this.#latest = this.#find(storeId);
    }
    return this.#latest;
  }

  #find([high, low]: StoreId): StoreBook {
    let half = this.#stores.get(high);
    if (half === undefined) {
      half = new Map();
      this.#stores.set(high, half);
    }
    let book = half.get(low);
    if (book === undefined) {
      book = new StoreBook();
      half.set(low, book);
    }
    return book;
  }

  end(storeId: StoreId): number {
    return this.of(storeId).end;
  }

  missing(storeId: StoreId, from: number, end: number): SequenceRange | null {
    return this.of(storeId).missing(from, end);
  }

  put(
    storeId: StoreId,
    batch: Batch,
    row: number,
    route: Route,
    timeSeconds: number,
  ): 'new' | 'same' | 'conflict' {
    const sequence = this.#checked((batch.firstSequence + row) >>> 0);
    const value = batch.valids[row] === 1 ? batch.values[row * batch.channels]! : undefined;
    return this.of(storeId).put(sequence, batch.times[row]!, batch.statuses[row]!, value, route, timeSeconds);
  }

  lose(storeId: StoreId, first: number, end: number, reason: LossReason): void {
    this.of(storeId).lose(first, this.#checked(end), reason);
  }

  #checked(sequence: number): number {
    if (sequence > this.#mostSequences) throw new Error(`a reading with the impossible sequence ${sequence}`);
    return sequence;
  }
}
