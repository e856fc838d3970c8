import { Status } from '../../lib/limfs/index.js';
import type { Delivery } from './delivery.js';
import { HoleNotes } from './holeNotes.js';
import { type MeterWitness, type SetBack, Take } from './meterWitness.js';

/** The time that a clock is set to may be wrong by so much: so may the time that the meter takes for that of its start. */
const clockToleranceSeconds = 120;
/** A reading whose append was cut may be taken once more so much later. */
const againSeconds = 3600;

/** Of a due reading that is not stored: 'needless' where the meter cannot know of it, or need not tell. */
export type Telling = 'told' | 'needless' | 'silent';

/** Finds the records with which a meter told what it had missed, over clocks that stood and chips that were set back. */
export class MissedRecords {
  readonly #witness: MeterWitness;
  readonly #delivery: Delivery;

  constructor(witness: MeterWitness, delivery: Delivery) {
    this.#witness = witness;
    this.#delivery = delivery;
  }

  /** A clock that has not kept the time is set some time later, in this span: then the meter knows what it missed; -1: never. */
  knownFrom(index: number): number {
    const { spans } = this.#witness;
    return spans.findIndex(({ clockKept }, at) => at >= index && clockKept);
  }

  /** What the meter told when it knew the time again, in a span or behind it; without one, until the end. */
  toldFrom(index: number, take = 0): HoleNotes {
    const { spans, takes } = this.#witness;
    const known = this.knownFrom(index);
    if (known < 0) return this.holesAround(takes, spans.length);
    const awake = spans.findIndex(({ hasPower }, at) => at >= known && hasPower);
    return this.holesAround(Math.max(take, spans[known]!.firstTake), awake < 0 ? spans.length : awake);
  }

  /** Whether the meter told of a take that is not stored: its register or the power failed. */
  tellingOf(take: number): Telling {
    const witness = this.#witness;
    const time = witness.times.get(take);
    const span = this.spanOf(take);
    const off = witness.spans[span + 1];
    const isCut = off !== undefined && !off.hasPower && off.firstTake === take + 1;
    const here = this.holesAround(take, span);
    const behind = isCut ? this.toldFrom(span + 1, take + 1) : here;
    if (here.tell(time) || behind.tell(time)) return 'told';
    if (here.mayBeLost || behind.mayBeLost || this.#needsNoRecord(take)) return 'needless';
    const isLast = take + 1 === witness.takes && off === undefined;
    if (isLast || (isCut && this.knownFrom(span + 1) < 0)) return 'needless';
    // With a clock that was wound back meanwhile it cannot know of this time, but tells that the power failed.
    const isBehind = isCut && this.certainSeconds(span + 1) <= time;
    const parting = witness.sequences.get(take);
    if (isBehind && this.isBreakTold({ firstTake: take + 1, parting })) return 'needless';
    return this.isHoleToldLater(take + 1, time) ? 'needless' : 'silent';
  }

  /** It was not due, has no date, or was taken again in the same second of the clock. */
  #needsNoRecord(take: number): boolean {
    const { statuses, flags, times, worldTimes, takes } = this.#witness;
    if ((statuses.get(take) & Status.timeSinceBoot) !== 0) return true;
    if ((flags.get(take) & Take.onDemand) !== 0) return true;
    const lastSeconds = worldTimes.get(take) + againSeconds;
    for (let again = take + 1; again < takes && worldTimes.get(again) < lastSeconds; again += 1)
      if (times.get(again) === times.get(take)) return true;
    return false;
  }

  /** Up to here a meter knows that it had no power in a span without. */
  certainSeconds(index: number): number {
    const { clockKept, toSeconds } = this.#witness.spans[index]!;
    return clockKept ? toSeconds : toSeconds - clockToleranceSeconds;
  }

  /** Whether the records behind a later set-back tell that nothing stands there of this time any more. */
  isToldLater(take: number, time: number): boolean {
    const witness = this.#witness;
    const isDated = (witness.statuses.get(take) & Status.timeSinceBoot) === 0;
    const isDue = isDated && (witness.flags.get(take) & Take.onDemand) === 0;
    return witness.setBacks.some((setBack) => {
      const isGone = !witness.isOnImage(setBack, witness.lineOf(take), witness.sequences.get(take));
      return setBack.firstTake > take && isGone && this.#isToldBy(setBack, time, isDue);
    });
  }

  /** The record of what was missed before a take is gone with a later set-back, whose records tell of that time too. */
  isHoleToldLater(firstTake: number, time: number): boolean {
    const witness = this.#witness;
    return witness.setBacks.some(
      (setBack) => setBack.firstTake >= firstTake && this.#isToldBy(setBack, time, true),
    );
  }

  /**
   * What a meter told in a span, or behind it, of the time before a take: the records without value since the durable one
   * before. The span behind the last one is what comes behind the run.
   */
  holesAround(take: number, spanIndex: number): HoleNotes {
    const witness = this.#witness;
    const { line, end } = this.#endOfRecords(take, spanIndex);
    const isThere = (one: number) => witness.isStored(one) && witness.isOnLine(one, line);
    let before = take - 1;
    while (before >= 0 && !isThere(before)) before -= 1;
    const first = before < 0 ? 0 : witness.sequences.get(before) + 1;
    const isDated = (one: number) => (witness.statuses.get(one) & Status.timeSinceBoot) === 0;
    while (before >= 0 && !(isDated(before) && isThere(before))) before -= 1;
    const beforeSeconds = before < 0 ? 0 : witness.times.get(before);
    return new HoleNotes(this.#delivery, { line, first, end, beforeSeconds });
  }

  /**
   * The sequence of the next reading that is stored, or where the meter was when it was set back before that; and the
   * line it was on then. A meter that had no power to tell before does so on a later line.
   */
  #endOfRecords(take: number, spanIndex: number): { readonly line: number; readonly end: number } {
    const { spans, setBacks, sequences, takes, lines, endSequence } = this.#witness;
    const behind = this.storedFrom(take);
    const next = setBacks.find(({ firstTake, span }) => span > spanIndex && firstTake <= behind);
    if (next !== undefined) return { line: spans[next.span]!.line, end: next.endBefore };
    if (behind === takes) return { line: lines.newest, end: endSequence };
    return { line: this.#witness.lineOf(behind), end: sequences.get(behind) };
  }

  /**
   * What was due by the interval of the image is told by the records of what was missed, which the meter makes when it
   * knows the time. Anything else is told by the break in the readings: one that somebody had asked for, that a shorter
   * interval had brought, that has no date, or one of before, by a clock that was wound back, of later, by one that was
   * ahead of the one that the meter had then, or whose records a meter without the time never made. A later image that
   * takes these records away tells of the same times itself.
   */
  #isToldBy(setBack: SetBack, time: number, wasDue: boolean): boolean {
    const { setBacks } = this.#witness;
    const isDue = wasDue && this.#witness.isDueBehind(setBack, time);
    const known = this.knownFrom(setBack.span);
    const later = setBacks.slice(setBacks.indexOf(setBack) + 1);
    const isTimeKnown = known >= 0 && (later.length === 0 || known <= later[0]!.span);
    const notes = isTimeKnown ? this.toldFrom(setBack.span, setBack.firstTake) : null;
    if (notes !== null && (notes.covers(time) || notes.mayBeLost)) return true;
    const isRecorded = isDue && !this.#isAhead(setBack, time) && notes?.isBehind(time);
    if (!isRecorded && this.isBreakTold(setBack)) return true;
    const { line, first } = notes ?? { line: this.#lineBehind(setBack), first: setBack.parting };
    const owner = this.#witness.lines.ownerOf(line, first);
    const next = later.find((image) => !this.#witness.isOnImage(image, owner, first));
    return next !== undefined && this.#isToldBy(next, time, wasDue);
  }

  /** When it was so late by the clock that the meter had then, it had power again and took readings. */
  #isAhead({ firstTake }: SetBack, time: number): boolean {
    const { takes, times, worldTimes, statuses, spans } = this.#witness;
    if (firstTake === takes) return false;
    const { fromSeconds } = spans[this.spanOf(firstTake)]!;
    const isDated = (statuses.get(firstTake) & Status.timeSinceBoot) === 0;
    const onSeconds = times.get(firstTake) - fromSeconds;
    const backSeconds = isDated ? fromSeconds : worldTimes.get(firstTake) - onSeconds;
    return time > backSeconds - clockToleranceSeconds;
  }

  /** The line of what was stored first with an image. */
  #lineBehind({ firstTake }: SetBack): number {
    const first = this.storedFrom(firstTake);
    return first === this.#witness.takes ? this.#witness.lines.newest : this.#witness.lineOf(first);
  }

  /** The first reading that is stored from a take on, if it is not lost itself, says that power has failed before it. */
  isBreakTold({ firstTake, parting }: Pick<SetBack, 'firstTake' | 'parting'>): boolean {
    const witness = this.#witness;
    const first = this.storedFrom(firstTake);
    // Behind the run nobody witnesses readings, but they come.
    if (first === witness.takes) return this.#delivery.isBreakBooked(witness.lines.newest, parting);
    const hasStatus = (witness.statuses.get(first) & Status.powerFailed) !== 0;
    return hasStatus && (this.#delivery.of(first) ?? this.#delivery.lossOf(first)) !== undefined;
  }

  /** The span of a take. */
  spanOf(take: number): number {
    const { spans } = this.#witness;
    const behind = spans.findIndex(({ firstTake }) => firstTake > take);
    return (behind < 0 ? spans.length : behind) - 1;
  }

  /** The first take from this one on that is known to be stored. */
  storedFrom(take: number): number {
    const { takes } = this.#witness;
    let behind = take;
    while (behind < takes && !this.#witness.isStored(behind)) behind += 1;
    return behind;
  }
}
