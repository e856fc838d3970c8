import type { Route } from '../../src/receiver/book.js';
import { type MeterWitness, Take } from './meterWitness.js';
import { type Conflict, isOfOldLine, type LossNote, type StoreBook } from './serverBook.js';

/** How a reading came. */
export interface Arrival {
  readonly route: Route;
  readonly arrivalSeconds: number;
}

/** Finds readings in the book by what was taken, for meters that were set back: a sequence may have one of each line. */
export class Delivery {
  readonly #witness: MeterWitness;
  readonly #book: StoreBook;
  readonly #conflicts = new Map<number, Conflict[]>();

  constructor(witness: MeterWitness, book: StoreBook) {
    this.#witness = witness;
    this.#book = book;
    for (const conflict of book.conflicts) {
      const others = this.#conflicts.get(conflict.sequence);
      if (others === undefined) this.#conflicts.set(conflict.sequence, [conflict]);
      else others.push(conflict);
    }
  }

  /** Undefined: what was taken there did not arrive, whatever else stands under its sequence. */
  of(take: number): Arrival | undefined {
    const sequence = this.#witness.sequences.get(take);
    const book = this.#book;
    if (!book.has(sequence)) return undefined;
    const timeSeconds = book.timeSeconds(sequence);
    const entry = { sequence, timeSeconds, status: book.status(sequence), value: book.value(sequence) };
    if (this.isOfTake(take, entry)) {
      return { route: book.route(sequence), arrivalSeconds: book.arrivalSeconds(sequence) };
    }
    return this.#conflicts.get(sequence)?.find((one) => this.isOfTake(take, one));
  }

  isOfTake(
    take: number,
    { sequence, timeSeconds, status, value }: Omit<Conflict, 'route' | 'arrivalSeconds'>,
  ) {
    const witness = this.#witness;
    return (
      witness.sequences.get(take) === sequence &&
      witness.times.get(take) === timeSeconds &&
      witness.values.get(take) === value &&
      witness.statuses.get(take) === status
    );
  }

  /** The times of the records without value under a sequence, each with its status. */
  holesAt(sequence: number): readonly { readonly timeSeconds: number; readonly status: number }[] {
    const book = this.#book;
    const holes = (this.#conflicts.get(sequence) ?? []).filter(({ value }) => value === undefined);
    if (!book.has(sequence) || book.value(sequence) !== undefined) return holes;
    return [{ timeSeconds: book.timeSeconds(sequence), status: book.status(sequence) }, ...holes];
  }

  /** Whether a record of some line may have been called lost, although another one stands under its sequence. */
  mayBeLost(sequence: number): boolean {
    if (this.#witness.lines.length === 0) return false;
    return this.#book.notes.some(({ first, end }) => first <= sequence && sequence < end);
  }

  /** A note that calls the reading of a take lost; one of an old line does so only for what the meter has no more. */
  lossOf(take: number): LossNote | undefined {
    const sequence = this.#witness.sequences.get(take);
    const isKept = this.#witness.isOnChip(take, this.#witness.takes);
    return this.#book.notes.find(
      ({ first, end, reason }) => first <= sequence && sequence < end && !(isKept && isOfOldLine(reason)),
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
  return witness.lines.length === 0 || new Delivery(witness, book).isComplete();
}
