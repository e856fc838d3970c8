import { Status } from '../../lib/limfs/index.js';
import type { Delivery } from './delivery.js';
import { HoleNotes } from './holeNotes.js';
import { type MeterWitness, type SetBack, Take } from './meterWitness.js';
import type { StoreBook } from './storeBook.js';

/** Finds the records with which a meter told what it had missed, over clocks that stood and chips that were set back. */
export class MissedRecords {
  readonly #witness: MeterWitness;
  readonly #book: StoreBook;
  readonly #delivery: Delivery;
  /** By sequence: records that were looked at are accounted for. */
  readonly #claimed: Uint8Array;

  constructor(witness: MeterWitness, book: StoreBook, delivery: Delivery, claimed: Uint8Array) {
    this.#witness = witness;
    this.#book = book;
    this.#delivery = delivery;
    this.#claimed = claimed;
  }

  /** A clock that has not kept the time is set some time later, in this span: then the meter knows what it missed; -1: never. */
  knownFrom(index: number): number {
    const { spans } = this.#witness;
    return spans.findIndex(({ clockKept }, at) => at >= index && clockKept);
  }

  /** Whether the records behind a later set-back tell that nothing stands there of this time any more. */
  isToldLater(take: number, time: number): boolean {
    const witness = this.#witness;
    const isDated = (witness.statuses.get(take) & Status.timeSinceBoot) === 0;
    const isDue = isDated && (witness.flags.get(take) & Take.onDemand) === 0;
    return witness.setBacks.some((setBack) => {
      if (setBack.firstTake <= take || setBack.parting > witness.sequences.get(take)) return false;
      return this.#isToldBy(setBack, time, isDue && witness.isDueBehind(setBack, time));
    });
  }

  /** The record of what was missed before a take is gone with a later set-back, whose records tell of that time too. */
  isHoleToldLater(firstTake: number, time: number): boolean {
    const witness = this.#witness;
    return witness.setBacks.some(
      (setBack) =>
        setBack.firstTake >= firstTake && this.#isToldBy(setBack, time, witness.isDueBehind(setBack, time)),
    );
  }

  /**
   * What was due by the interval of the image is told by the records of what was missed, which the meter makes when it
   * knows the time. Anything else is told by the break in the readings: one that somebody had asked for, that a shorter
   * interval had brought, that has no date, or whose records a meter without the time never made.
   */
  #isToldBy(setBack: SetBack, time: number, isDue: boolean): boolean {
    const witness = this.#witness;
    const { spans, setBacks } = witness;
    const known = this.knownFrom(setBack.span);
    const next = setBacks[setBacks.indexOf(setBack) + 1];
    const isTimeKnown = known >= 0 && (next === undefined || known <= next.span);
    if (isTimeKnown) {
      const notes = this.holesAround(Math.max(setBack.firstTake, spans[known]!.firstTake));
      if (notes.covers(time) || notes.mayBeLost) return true;
    }
    return !(isDue && isTimeKnown) && this.#isBreakTold(setBack);
  }

  /** The first reading with the image says that power has failed before it. */
  #isBreakTold({ firstTake, parting }: SetBack): boolean {
    const witness = this.#witness;
    const first = this.storedFrom(firstTake);
    // Behind the run nobody witnesses readings, but they come.
    if (first === witness.takes) return this.#delivery.isBreakBooked(parting);
    const status = witness.statuses.get(first);
    return (status & Status.powerFailed) !== 0 && this.#delivery.of(first) !== undefined;
  }

  /** The span behind that of a take. */
  spanBehind(take: number): number {
    const { spans } = this.#witness;
    const behind = spans.findIndex(({ firstTake }) => firstTake > take);
    return behind < 0 ? spans.length : behind;
  }

  /** What the meter told of the time before a take: the records without value since the durable take before. */
  holesAround(take: number): HoleNotes {
    const witness = this.#witness;
    let before = take - 1;
    while (before >= 0 && !(this.isStored(before) && witness.isOnChip(before, take))) before -= 1;
    const behind = this.storedFrom(take);
    const first = before < 0 ? 0 : witness.sequences.get(before) + 1;
    const next = witness.setBacks.find(({ firstTake }) => take < firstTake && firstTake <= behind);
    const last = behind < witness.takes ? witness.sequences.get(behind) : witness.endSequence;
    const end = next === undefined ? last : next.endBefore;
    const afterSeconds = next === undefined ? this.#timeOf(behind) : witness.spans[next.span]!.fromSeconds;
    for (let sequence = first; sequence < end; sequence += 1) {
      const [booked] = this.#book.at(sequence);
      if (booked === undefined || booked.values.length === 0) this.#claimed[sequence] = 1;
    }
    const isDated = (one: number) => (witness.statuses.get(one) & Status.timeSinceBoot) === 0;
    while (before >= 0 && !(isDated(before) && this.isStored(before) && witness.isOnChip(before, take)))
      before -= 1;
    const beforeSeconds = before < 0 ? 0 : witness.times.get(before);
    return new HoleNotes(this.#book, this.#delivery, { first, end, beforeSeconds, afterSeconds });
  }

  /** Behind the last take is the end of the world. */
  #timeOf(take: number): number {
    const witness = this.#witness;
    return take < witness.takes ? witness.times.get(take) : Number.MAX_SAFE_INTEGER;
  }

  /** The first take from this one on that is known to be stored. */
  storedFrom(take: number): number {
    const { takes } = this.#witness;
    let behind = take;
    while (behind < takes && !this.isStored(behind)) behind += 1;
    return behind;
  }

  isStored(take: number): boolean {
    const flags = this.#witness.flags.get(take);
    return (flags & (Take.valid | Take.durable)) === (Take.valid | Take.durable);
  }
}
