import type { Loss } from '../../src/receiver/book.js';
import { type Account, addProblem, Outcome, outcomeOfRoute } from './account.js';
import { type Closing, delayLimits, type LedgerMeter, type Schedule } from './closing.js';
import { Delivery } from './delivery.js';
import { Take } from './meterWitness.js';
import { MissedRecords } from './missedRecords.js';
import { type BookedReading, isSameReading } from './storeBook.js';

const anySureLoss = /^(uncertain: )?(overwritten|damaged) at meter$/;
const uncertain = /^uncertain: /;
const setBack = 'meter set back';

/** Closes the books of one meter: every due time is accounted for, and every reading that it took. */
export class MeterLedger {
  readonly #schedule: Schedule;
  readonly #meter: LedgerMeter;
  readonly #account: Account;
  readonly #closing: Closing;
  readonly #grid: Uint8Array;
  readonly #delivery: Delivery;
  readonly #records: MissedRecords;
  #isOnChip: ((sequence: number) => boolean) | undefined;

  constructor(schedule: Schedule, meter: LedgerMeter, closing: Closing) {
    this.#schedule = schedule;
    this.#meter = meter;
    this.#closing = closing;
    this.#account = closing.account;
    this.#grid = closing.grid[meter.row]!;
    const { witness, book } = meter;
    this.#delivery = new Delivery(witness, book);
    this.#records = new MissedRecords(witness, this.#delivery);
  }

  close(): void {
    const { witness, book } = this.#meter;
    /** The first due time that the spans before have not answered for. */
    let openSeconds = Number.NEGATIVE_INFINITY;
    witness.spans.forEach((span, index) => {
      const endTake = witness.spans[index + 1]?.firstTake ?? witness.takes;
      if (span.hasPower) openSeconds = this.#closePowered(index, endTake);
      else openSeconds = this.#closeUnpowered(index, Math.max(span.fromSeconds, openSeconds));
    });
    this.#checkBook();
    this.#account.duplicatesReceived += book.repeated;
    this.#closeConflicts();
  }

  /** One name with two contents cannot be; two readings under one sequence may, of a meter that was set back. */
  #closeConflicts(): void {
    const { book, isSetBackTold } = this.#meter;
    for (const { sequence, timeSeconds } of book.conflicts) {
      this.#account.conflicts += 1;
      this.#complain(timeSeconds, `(sequence ${sequence}) came with two contents`);
    }
    if (book.others.size > 0 && isSetBackTold === false) {
      this.#complain(0, 'is of a second line, and no event tells of a set-back');
    }
  }

  /** Each whole interval of the clock must have its take; returns the first due time that is left to the next span. */
  #closePowered(index: number, endTake: number): number {
    const { witness } = this.#meter;
    const { intervalSeconds, fromSeconds, toSeconds, firstTake } = witness.spans[index]!;
    let due = Math.ceil(fromSeconds / intervalSeconds) * intervalSeconds;
    if (due === fromSeconds && this.#isTakenBefore(index)) due += intervalSeconds;
    for (let take = firstTake; take < endTake; take += 1) {
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

  /** A meter that begins anew in the second of its reading does not take that once more, if the chip has it. */
  #isTakenBefore(index: number): boolean {
    const { witness } = this.#meter;
    const { fromSeconds, firstTake } = witness.spans[index]!;
    const before = witness.spans[index - 1];
    const take = firstTake - 1;
    if (before === undefined || before.hasPower || !before.clockKept || take < 0) return false;
    if (witness.times.get(take) !== fromSeconds) return false;
    if ((witness.flags.get(take) & Take.onDemand) !== 0) return false;
    if ((witness.flags.get(take) & Take.valid) === 0)
      return this.#records.holesAround(firstTake, index).tell(fromSeconds);
    if (!witness.isOnLine(take, witness.spans[index]!.line)) return false;
    return witness.isStored(take) || this.#delivery.of(take) !== undefined;
  }

  #missed(timeSeconds: number): void {
    this.#account.due += 1;
    this.#complain(timeSeconds, 'was not taken although the meter had power');
  }

  #closeUnpowered(index: number, fromSeconds: number): number {
    const { spans } = this.#meter.witness;
    const { intervalSeconds, toSeconds, firstTake } = spans[index]!;
    let due = Math.ceil(fromSeconds / intervalSeconds) * intervalSeconds;
    if (due >= toSeconds) return due;
    const isKnown = this.#records.knownFrom(index) >= 0;
    const notes = this.#records.toldFrom(index);
    const certainSeconds = this.#records.certainSeconds(index);
    for (; due < toSeconds; due += intervalSeconds) {
      this.#account.due += 1;
      this.#account.holes.noPower += 1;
      this.#mark(due, Outcome.noPower);
      if (notes.tell(due)) this.#account.told += 1;
      else if (isKnown && due < certainSeconds && !notes.mayBeLost) {
        if (!this.#records.isHoleToldLater(firstTake, due)) {
          this.#complain(due, 'is a hole that the meter did not tell of');
        }
      }
    }
    return due;
  }

  #closeTake(take: number): void {
    const { witness } = this.#meter;
    const account = this.#account;
    const flags = witness.flags.get(take);
    account.due += 1;
    if ((flags & Take.onDemand) !== 0) account.onDemand += 1;
    if ((flags & Take.valid) === 0) {
      account.holes.registerFailed += 1;
      if ((flags & Take.onDemand) === 0) this.#markTake(take, Outcome.registerFailed);
      this.#closeHole(take);
      return;
    }
    account.taken += 1;
    const outcome = (flags & Take.durable) !== 0 ? this.#closeDurable(take) : this.#closeCutAppend(take);
    this.#markTake(take, outcome);
  }

  /** The append has not returned: the reading may stand in the store all the same, whole, or not at all. */
  #closeCutAppend(take: number): Outcome {
    if (this.#delivery.of(take) !== undefined) return this.#closeDurable(take);
    this.#account.cutInAppend += 1;
    this.#closeHole(take);
    return Outcome.cutInAppend;
  }

  #closeHole(take: number): void {
    const telling = this.#records.tellingOf(take);
    if (telling === 'told') this.#account.told += 1;
    if (telling !== 'silent') return;
    this.#complain(this.#meter.witness.times.get(take), 'is a hole that the meter did not tell of');
  }

  #closeDurable(take: number): Outcome {
    const { witness } = this.#meter;
    const account = this.#account;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    account.durable += 1;
    if (this.#delivery.takeOf({ line: witness.lineOf(take), sequence }) !== take) {
      account.deliveredTwice += 1;
      this.#complain(time, `has the sequence ${sequence} of another one`);
    }
    const booked = this.#delivery.of(take);
    const note = this.#delivery.lossOf(take);
    if (booked === undefined) return this.#closeMissing(take, note?.reason);
    this.#compare(take, booked);
    account.delivered[booked.route] += 1;
    this.#countDelay(booked.route, booked.arrivalSeconds - witness.worldTimes.get(take));
    if (note !== undefined && this.#contradicts(note, booked))
      this.#complain(time, 'is delivered and lost at once');
    return outcomeOfRoute[booked.route];
  }

  /** Of an uncertain loss some may be there all the same, and where too little is known of lines any loss is uncertain. */
  #contradicts({ reason, line }: Loss, { sequence, line: other }: BookedReading): boolean {
    return !uncertain.test(reason) && this.#meter.book.lines.compare(line, other, sequence) === 'other';
  }

  /** It has not come: what was told of that must be true. */
  #closeMissing(take: number, noted: string | undefined): Outcome {
    const { witness } = this.#meter;
    const account = this.#account;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    const isKept = witness.isKept(take);
    const reason = noted ?? (!isKept && this.#records.isToldLater(take, time) ? setBack : undefined);
    if (reason === undefined) {
      account.pending += 1;
      const what = isKept ? 'reported lost' : 'told lost by the image that took it away';
      this.#complain(time, `(sequence ${sequence}) is durable but neither delivered nor ${what}`);
      return Outcome.pending;
    }
    account.lost[reason] = (account.lost[reason] ?? 0) + 1;
    if (!isKept) return Outcome.lost;
    this.#isOnChip ??= this.#meter.openChip();
    if (!anySureLoss.test(reason)) this.#complain(time, `is called lost without need: ${reason}`);
    else if (this.#isOnChip(sequence)) this.#complain(time, 'is called lost but stands on the chip');
    return Outcome.lost;
  }

  #compare(take: number, booked: BookedReading): void {
    const { witness } = this.#meter;
    const timeSeconds = witness.times.get(take);
    const status = witness.statuses.get(take);
    const values = witness.valuesOf(take);
    if (isSameReading(booked, { timeSeconds, status, values })) return;
    const got = `${booked.values} status ${booked.status} at ${booked.timeSeconds}`;
    this.#complain(timeSeconds, `was taken as ${values} status ${status} and delivered as ${got}`);
  }

  #countDelay(route: 'direct' | 'window' | 'backfill', seconds: number): void {
    const index = delayLimits.findIndex((limit) => seconds < limit);
    this.#closing.delays[route][index]! += 1;
  }

  /** Nothing may be in the book that nobody took. What was taken behind the run is nobody's concern. */
  #checkBook(): void {
    const { witness, book } = this.#meter;
    for (let sequence = 0; sequence < book.end; sequence += 1) {
      const booked = book.at(sequence);
      this.#account.conflictsOfLines += Math.max(0, booked.length - 1);
      const takes = booked.map((one) => this.#checkBooked(one));
      takes.forEach((take, index) => {
        if (take < 0 || takes.indexOf(take) === index) return;
        this.#account.deliveredTwice += 1;
        this.#complain(booked[index]!.timeSeconds, `(sequence ${sequence}) stands in the book twice`);
      });
    }
    for (const { line, first } of book.notes) {
      if (witness.lines.ownerOf(line, first) !== 0) continue;
      this.#complain(0, `(sequence ${first}) is called lost on a line that the meter never was on`);
    }
  }

  /** Returns its take; -1: nobody witnessed one. */
  #checkBooked(booked: BookedReading): number {
    const { witness } = this.#meter;
    const { sequence, timeSeconds, values, status, line } = booked;
    const { lines } = witness;
    const isKept = lines.ownerOf(line, sequence) === lines.ownerOf(lines.newest, sequence);
    const isBehind = isKept && sequence >= witness.endSequence;
    const take = values.length > 0 ? this.#delivery.takeOf(booked) : -1;
    if (values.length > 0 && !isBehind && take < 0) {
      this.#complain(timeSeconds, `(sequence ${sequence}) stands in the book, and nobody took it`);
    } else if (values.length === 0 && status === 0) {
      this.#complain(timeSeconds, `(sequence ${sequence}) has neither value nor reason`);
    }
    return take;
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
