import type { Batch } from '../../lib/limfs/index.js';
import type { LineList } from '../../lib/limfs/lines/index.js';
import { advance } from '../../lib/limfs/sequence.js';
import { type EndedLine, isOfSetBack, type Loss, type Route } from '../../src/receiver/book.js';
import type { SequenceRange } from '../../src/receiver/gapWatch.js';
import { LineTree } from '../../src/receiver/lineTree.js';
import { bytes, doubles, words } from './columns.js';

/** How a reading came, as it stands in the column of ways. */
export const routes: readonly Route[] = Object.freeze(['direct', 'window', 'backfill']);

const BOOKED = 1;
const VALID = 2;

/** A reading as it was booked. */
export interface BookedReading {
  readonly sequence: number;
  /** The line that the meter was on when it came. */
  readonly line: number;
  readonly timeSeconds: number;
  readonly status: number;
  /** Of all channels; none for a hole. */
  readonly values: readonly number[];
  readonly route: Route;
  readonly arrivalSeconds: number;
}

/** What the server knows of one store, by sequence. */
export class StoreBook {
  readonly lines = new LineTree();
  /** Readings of other lines under sequences that were booked before. */
  readonly others = new Map<number, BookedReading[]>();
  /** Readings that came again with other content, which cannot be. */
  readonly conflicts: BookedReading[] = [];
  /** All notes of losses. */
  readonly notes: Loss[] = [];
  /** Readings that came again with the same content. */
  repeated = 0;
  /** On the line that the meter is on, every sequence below this is booked or lost. */
  settled = 0;
  /** Lines under which something came, and that nobody has told of. */
  readonly #strange = new Set<number>();
  /** By sequence: the notes that call it lost, on one line or another. */
  readonly #losses = new Map<number, Loss[]>();
  readonly #lineOf = words();
  readonly #times = words();
  /** A column a channel. */
  readonly #values = [doubles()];
  readonly #channels = bytes();
  readonly #statuses = bytes();
  readonly #routes = bytes();
  readonly #arrivals = words();
  readonly #flags = bytes();

  /** One more than the highest sequence that was ever booked. */
  get end(): number {
    return this.#flags.length;
  }

  /** One more than the highest one that was booked on the line that the meter is on. */
  get endOfLine(): number {
    return this.#endOf(this.lines.newest);
  }

  get lacksLines(): boolean {
    return this.#strange.size > 0 || this.lines.hasLooseEnd;
  }

  has(sequence: number): boolean {
    return sequence < this.#flags.length && (this.#flags.get(sequence) & BOOKED) !== 0;
  }

  /** The reading that was booked first under a sequence. */
  first(sequence: number): BookedReading {
    const isValid = (this.#flags.get(sequence) & VALID) !== 0;
    const channels = isValid ? this.#channels.get(sequence) : 0;
    return {
      sequence,
      line: this.#lineOf.get(sequence),
      timeSeconds: this.#times.get(sequence),
      status: this.#statuses.get(sequence),
      values: Array.from({ length: channels }, (_, channel) => this.#values[channel]!.get(sequence)),
      route: routes[this.#routes.get(sequence)]!,
      arrivalSeconds: this.#arrivals.get(sequence),
    };
  }

  /** Everything that was booked under a sequence. */
  at(sequence: number): readonly BookedReading[] {
    return this.has(sequence) ? [this.first(sequence), ...(this.others.get(sequence) ?? [])] : [];
  }

  /** The notes that call a reading of this sequence lost that has not come. */
  lossesAt(sequence: number): readonly Loss[] {
    const notes = this.#losses.get(sequence);
    // When it was noted, it may not have been known that its line goes on from that of a booked one.
    return notes?.filter(({ line }) => !this.#isBookedOn(line, sequence)) ?? [];
  }

  /** Moves `settled` as far as it goes. */
  settle(): number {
    while (this.#isSettled(this.settled)) this.settled += 1;
    return this.settled;
  }

  /** The first range in [from, end) that is neither booked nor called lost on the meter's line; null: there is none. */
  missing(from: number, end: number): SequenceRange | null {
    let first = Math.max(from, this.settle());
    while (first < end && this.#isSettled(first)) first += 1;
    if (first >= end) return null;
    let after = first + 1;
    while (after < end && !this.#isSettled(after)) after += 1;
    return { first, end: after };
  }

  learn(lines: LineList, newest: number): EndedLine | null {
    const before = this.lines.newest;
    this.lines.learn(lines, newest);
    for (const line of this.#strange) if (this.lines.isKnown(line)) this.#strange.delete(line);
    const end = this.#endOf(before);
    const parting = this.lines.partingOf(before, this.lines.newest, end);
    if (parting >= end) return null;
    const reopened = this.notes
      .filter((note) => !this.#holds(note))
      .reduce((lowest, { first }) => Math.min(lowest, first), parting);
    this.settled = Math.min(this.settled, reopened);
    const isSure = this.lines.compare(before, this.lines.newest, parting) === 'other';
    return { line: before, first: parting, end, reopened, isSure };
  }

  lose(loss: Loss): void {
    const { line, first, end } = loss;
    this.notes.push(loss);
    if (line !== 0 && !this.lines.isKnown(line)) this.#strange.add(line);
    for (let sequence = first; sequence < end; sequence += 1) {
      if (this.#isBookedOn(line, sequence)) continue;
      const known = this.#losses.get(sequence);
      if (known === undefined) this.#losses.set(sequence, [loss]);
      else if (!known.some((one) => this.#holds(one) && this.#isSame(one.line, line, sequence)))
        known.push(loss);
    }
  }

  /** Books the reading in a row of a batch, which came while the meter was on `line`. */
  put(line: number, batch: Batch, row: number, route: Route, arrivalSeconds: number) {
    const sequence = advance(batch.firstSequence, row);
    const isBooked = this.has(sequence);
    if (isBooked && this.#lineOf.get(sequence) === line && this.#isFirst(sequence, batch, row)) {
      this.repeated += 1;
      return 'same';
    }
    if (!this.lines.isKnown(line)) this.#strange.add(line);
    // One that was called lost and comes all the same, in a packet that was held up on its way, is lost no more.
    this.#find(sequence, line);
    if (isBooked) return this.#putAgain(readingOf(line, batch, row, route, arrivalSeconds));
    this.#set(sequence, line, batch, row, route, arrivalSeconds);
    return 'new';
  }

  #set(
    sequence: number,
    line: number,
    batch: Batch,
    row: number,
    route: Route,
    arrivalSeconds: number,
  ): void {
    const { channels } = batch;
    const isValid = batch.valids[row] === 1;
    while (this.#values.length < channels) this.#values.push(doubles());
    for (let channel = 0; isValid && channel < channels; channel += 1) {
      this.#values[channel]!.set(sequence, batch.values[row * channels + channel]!);
    }
    this.#lineOf.set(sequence, line);
    this.#channels.set(sequence, channels);
    this.#times.set(sequence, batch.times[row]!);
    this.#statuses.set(sequence, batch.statuses[row]!);
    this.#routes.set(sequence, routes.indexOf(route));
    this.#arrivals.set(sequence, arrivalSeconds);
    this.#flags.set(sequence, isValid ? BOOKED | VALID : BOOKED);
  }

  /** Whether a row is what was booked first under its sequence. */
  #isFirst(sequence: number, batch: Batch, row: number): boolean {
    const { channels } = batch;
    const isValid = batch.valids[row] === 1;
    if (this.#times.get(sequence) !== batch.times[row]) return false;
    if (this.#statuses.get(sequence) !== batch.statuses[row]) return false;
    if (((this.#flags.get(sequence) & VALID) !== 0) !== isValid) return false;
    if (!isValid) return true;
    if (this.#channels.get(sequence) !== channels) return false;
    for (let channel = 0; channel < channels; channel += 1) {
      if (this.#values[channel]!.get(sequence) !== batch.values[row * channels + channel]) return false;
    }
    return true;
  }

  /** Something stands under this sequence: the same reading, or one of another line. */
  #putAgain(reading: BookedReading): 'new' | 'same' | 'conflict' {
    const { sequence, line } = reading;
    const booked = this.at(sequence);
    for (let index = 0; index < booked.length; index += 1) {
      const one = booked[index]!;
      const sameness = this.lines.compare(one.line, line, sequence);
      const isSame = isSameReading(one, reading);
      // Where too little is known of the lines, the content says whether it is the same reading.
      if (isSame && sameness !== 'other') {
        if (sameness === 'unknown') this.#relabel(sequence, index, line);
        this.repeated += 1;
        return 'same';
      }
      if (sameness === 'same') return this.#keepConflict(reading);
    }
    const others = this.others.get(sequence);
    if (others === undefined) this.others.set(sequence, [reading]);
    else others.push(reading);
    return 'new';
  }

  /** Once, however often it comes. */
  #keepConflict(reading: BookedReading): 'conflict' {
    const isKept = this.conflicts.some(
      (one) => one.sequence === reading.sequence && isSameReading(one, reading),
    );
    if (!isKept) this.conflicts.push(reading);
    return 'conflict';
  }

  /** A reading that was called lost is there. */
  #find(sequence: number, line: number): void {
    const notes = this.#losses.get(sequence);
    if (notes === undefined) return;
    const left = notes.filter((note) => !this.#isSame(note.line, line, sequence));
    if (left.length === 0) this.#losses.delete(sequence);
    else this.#losses.set(sequence, left);
  }

  #isSettled(sequence: number): boolean {
    if (this.#isBooked(sequence)) return true;
    const notes = this.#losses.get(sequence);
    const { newest } = this.lines;
    return notes?.some((one) => this.#isSame(one.line, newest, sequence) && this.#holds(one)) ?? false;
  }

  /** Whether no older image can have brought back what was lost: the chip that it was lost on goes on. */
  #holds({ line, reason, nextSequence }: Loss): boolean {
    if (isOfSetBack(reason)) return false;
    return nextSequence === 0 || this.lines.compare(line, this.lines.newest, nextSequence - 1) !== 'other';
  }

  #isSame(line: number, other: number, sequence: number): boolean {
    return this.lines.compare(line, other, sequence) === 'same';
  }

  /** The reading that stands there is of this line, too. */
  #relabel(sequence: number, index: number, line: number): void {
    if (!this.lines.isKnown(line)) return;
    const others = this.others.get(sequence);
    if (index === 0) this.#lineOf.set(sequence, line);
    else others![index - 1] = { ...others![index - 1]!, line };
  }

  #endOf(line: number): number {
    let end = this.#flags.length;
    while (end > 0 && !this.#isBookedOn(line, end - 1)) end -= 1;
    return end;
  }

  /** Whether the reading that the meter has under a sequence was booked. */
  #isBooked(sequence: number): boolean {
    return this.#isBookedOn(this.lines.newest, sequence);
  }

  #isBookedOn(line: number, sequence: number): boolean {
    if (!this.has(sequence)) return false;
    if (this.#isSame(this.#lineOf.get(sequence), line, sequence)) return true;
    return this.others.get(sequence)?.some((one) => this.#isSame(one.line, line, sequence)) ?? false;
  }
}

function readingOf(
  line: number,
  batch: Batch,
  row: number,
  route: Route,
  arrivalSeconds: number,
): BookedReading {
  const from = row * batch.channels;
  return {
    sequence: advance(batch.firstSequence, row),
    line,
    timeSeconds: batch.times[row]!,
    status: batch.statuses[row]!,
    values: batch.valids[row] === 1 ? Array.from(batch.values.slice(from, from + batch.channels)) : [],
    route,
    arrivalSeconds,
  };
}

type Content = Pick<BookedReading, 'timeSeconds' | 'status' | 'values'>;

export function isSameReading(a: Content, b: Content): boolean {
  if (a.timeSeconds !== b.timeSeconds || a.status !== b.status || a.values.length !== b.values.length)
    return false;
  return a.values.every((value, channel) => value === b.values[channel]);
}
