import { Status } from '../../lib/limfs/index.js';
import { isOfSetBack, type Loss } from '../../src/receiver/book.js';
import { type MeterWitness, noSequence, Take } from './meterWitness.js';
import type { BookedReading, StoreBook } from './storeBook.js';

/** Finds what the server has of a meter by the names of readings: their line, as the world knows it, and their sequence. */
export class Delivery {
  readonly #witness: MeterWitness;
  readonly #book: StoreBook;
  /** By sequence: one more than the newest take that got it; by take: the same of the one before; 0: there is none. */
  readonly #takeOf: Uint32Array;
  readonly #takeBefore: Uint32Array;

  constructor(witness: MeterWitness, book: StoreBook) {
    this.#witness = witness;
    this.#book = book;
    const { takes, sequences } = witness;
    const named = Array.from({ length: takes }, (_, take) => take).filter(
      (take) => sequences.get(take) !== noSequence && (witness.flags.get(take) & Take.valid) !== 0,
    );
    const end = named.reduce((most, take) => Math.max(most, sequences.get(take) + 1), 0);
    this.#takeOf = new Uint32Array(end);
    this.#takeBefore = new Uint32Array(takes);
    for (const take of named) {
      const sequence = sequences.get(take);
      this.#takeBefore[take] = this.#takeOf[sequence]!;
      this.#takeOf[sequence] = take + 1;
    }
  }

  /** What came of a take; undefined: nothing did, whatever else stands under its sequence. */
  of(take: number): BookedReading | undefined {
    const sequence = this.#witness.sequences.get(take);
    return this.#bookedOf(this.#witness.lineOf(take), sequence);
  }

  /** The newest take with the name that a meter on `line` gives a sequence; -1: nobody took it. */
  takeOf({ line, sequence }: Pick<BookedReading, 'line' | 'sequence'>): number {
    const owner = this.#witness.lines.ownerOf(line, sequence);
    for (let take = this.#takeOf[sequence] ?? 0; take > 0; take = this.#takeBefore[take - 1]!) {
      if (this.#witness.lineOf(take - 1) === owner) return take - 1;
    }
    return -1;
  }

  /** The record without value that a meter on `line` has under a sequence. */
  holeOf(line: number, sequence: number): BookedReading | undefined {
    const booked = this.#bookedOf(this.#witness.lines.ownerOf(line, sequence), sequence);
    return booked?.values.length === 0 ? booked : undefined;
  }

  /** Whether something came of a line that says that power has failed before it. */
  isBreakBooked(line: number, sequence: number): boolean {
    const booked = this.#bookedOf(line, sequence);
    return booked !== undefined && (booked.status & Status.powerFailed) !== 0;
  }

  /** A note that calls a take lost. */
  lossOf(take: number): Loss | undefined {
    return this.lossAt(this.#witness.lineOf(take), this.#witness.sequences.get(take));
  }

  /** A note that calls lost what a meter on `line` had under a sequence. */
  lossAt(line: number, sequence: number): Loss | undefined {
    const { lines } = this.#witness;
    const owner = lines.ownerOf(line, sequence);
    const isKept = lines.ownerOf(lines.newest, sequence) === owner;
    return this.#book
      .lossesAt(sequence)
      .find((note) => lines.ownerOf(note.line, sequence) === owner && !(isKept && isOfSetBack(note.reason)));
  }

  /** Whether everything that the chip was ever able to give has arrived, or is called lost. */
  isComplete(): boolean {
    const witness = this.#witness;
    for (let take = 0; take < witness.takes; take += 1) {
      if (!witness.isStored(take) || !witness.isKept(take) || this.of(take) !== undefined) continue;
      if (this.lossOf(take) === undefined) return false;
    }
    return true;
  }

  #bookedOf(owner: number, sequence: number): BookedReading | undefined {
    const { lines } = this.#witness;
    return this.#book.at(sequence).find(({ line }) => lines.ownerOf(line, sequence) === owner);
  }
}

/** Whether the server has everything of a meter, or knows that it is lost. */
export function hasAll(book: StoreBook, witness: MeterWitness): boolean {
  const setBack = witness.setBacks.at(-1);
  if (setBack === undefined) return book.settle() >= witness.endSequence;
  // The first record with the image tells of what the chip had before.
  if (book.settle() < Math.max(witness.endSequence, setBack.parting + 1)) return false;
  return witness.lines.isOfImage(book.lines.newest) && new Delivery(witness, book).isComplete();
}
