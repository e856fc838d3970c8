import { Status } from '../../lib/limfs/index.js';
import type { Route } from '../../src/receiver/book.js';
import { type MeterWitness, Take } from './meterWitness.js';
import { type BookedReading, isSameReading, type LossNote, type StoreBook } from './storeBook.js';

/** How a reading came. */
export interface Arrival {
  readonly route: Route;
  readonly arrivalSeconds: number;
}

/** Such a note tells of readings that a meter had before it was set back. */
function isOfOldLine({ reason }: LossNote): boolean {
  return reason.endsWith('meter set back');
}

/** Finds readings in the book by what was taken, for meters that were set back: a sequence may have one of each line. */
export class Delivery {
  readonly #witness: MeterWitness;
  readonly #book: StoreBook;

  constructor(witness: MeterWitness, book: StoreBook) {
    this.#witness = witness;
    this.#book = book;
  }

  /** Undefined: what was taken there did not arrive, whatever else stands under its sequence. */
  of(take: number): Arrival | undefined {
    const sequence = this.#witness.sequences.get(take);
    return this.#book.at(sequence).find((one) => this.isOfTake(take, one));
  }

  isOfTake(take: number, booked: BookedReading): boolean {
    const witness = this.#witness;
    if (booked.sequence !== witness.sequences.get(take)) return false;
    const timeSeconds = witness.times.get(take);
    return isSameReading(booked, {
      timeSeconds,
      status: witness.statuses.get(take),
      values: witness.valuesOf(take),
    });
  }

  /** The records without value under a sequence. */
  holesAt(sequence: number): readonly BookedReading[] {
    return this.#book.at(sequence).filter(({ values }) => values.length === 0);
  }

  /** Whether something came of the line that the meter is on that says that power has failed before it. */
  isBreakBooked(sequence: number): boolean {
    const { newest } = this.#book.lines;
    return this.#book
      .at(sequence)
      .some(({ line, status }) => line === newest && (status & Status.powerFailed) !== 0);
  }

  /** Whether a record of some line may have been called lost, although another one stands under its sequence. */
  mayBeLost(sequence: number): boolean {
    if (this.#witness.setBacks.length === 0) return false;
    return this.#book.notes.some(({ first, end }) => first <= sequence && sequence < end);
  }

  /** A note that calls the reading of a take lost; one of an old line does so only for what the meter has no more. */
  lossOf(take: number): LossNote | undefined {
    const sequence = this.#witness.sequences.get(take);
    const isKept = this.#witness.isOnChip(take, this.#witness.takes);
    return this.#book.notes.find(
      (note) => note.first <= sequence && sequence < note.end && !(isKept && isOfOldLine(note)),
    );
  }

  /** Whether everything that the chip was ever able to give has arrived, or is called lost. */
  isComplete(): boolean {
    const witness = this.#witness;
    for (let take = 0; take < witness.takes; take += 1) {
      const isKept = (witness.flags.get(take) & (Take.valid | Take.durable)) === (Take.valid | Take.durable);
      if (!isKept || !witness.isOnChip(take, witness.takes)) continue;
      if (this.of(take) === undefined && this.lossOf(take) === undefined) return false;
    }
    return true;
  }
}

/** Whether the server has everything of a meter, or knows that it is lost. */
export function hasAll(book: StoreBook, witness: MeterWitness): boolean {
  if (book.settle() < witness.endSequence) return false;
  return witness.setBacks.length === 0 || new Delivery(witness, book).isComplete();
}
