import { type Account, addProblem, Outcome, outcomeOfRoute } from './account.js';
import { type Closing, delayLimits, type LedgerMeter, type Schedule } from './closing.js';
import { Delivery } from './delivery.js';
import { Take } from './meterWitness.js';
import { MissedRecords } from './missedRecords.js';
import type { BookedReading } from './storeBook.js';

/** The time that a clock is set to may be wrong by so much: so may the time that the meter takes for that of its start. */
const clockToleranceSeconds = 120;

const anySureLoss = /^(uncertain: )?(overwritten|damaged) at meter$/;
const setBack = 'meter set back';

/** Closes the books of one meter: every due time is accounted for, and every reading that it took. */
export class MeterLedger {
  readonly #schedule: Schedule;
  readonly #meter: LedgerMeter;
  readonly #account: Account;
  readonly #closing: Closing;
  readonly #grid: Uint8Array;
  /** By sequence: a due reading or a hole accounts for it; a due reading of the line that the meter is on does. */
  readonly #claimed: Uint8Array;
  readonly #ofLine: Uint8Array;
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
    const sequences = witness.setBacks.reduce(
      (most, { endBefore }) => Math.max(most, endBefore),
      witness.endSequence,
    );
    this.#claimed = new Uint8Array(sequences);
    this.#ofLine = new Uint8Array(sequences);
    this.#delivery = new Delivery(witness, book);
    this.#records = new MissedRecords(witness, book, this.#delivery, this.#claimed);
  }

  close(): void {
    const { witness, book } = this.#meter;
    /** The first due time that the spans before have not answered for. */
    let openSeconds = Number.NEGATIVE_INFINITY;
    witness.spans.forEach((span, index) => {
      const endTake = witness.spans[index + 1]?.firstTake ?? witness.takes;
      for (const { span, parting } of witness.setBacks) if (span === index) this.#ofLine.fill(0, parting);
      if (span.hasPower) openSeconds = this.#closePowered(index, endTake);
      else openSeconds = this.#closeUnpowered(index, Math.max(span.fromSeconds, openSeconds));
    });
    this.#checkUnclaimed();
    this.#account.duplicatesReceived += book.repeated;
    this.#closeConflicts();
  }

  /** One name with two contents: only a meter that was set back may have given them. */
  #closeConflicts(): void {
    const { witness, book, isSetBackTold } = this.#meter;
    const account = this.#account;
    for (const { sequence, timeSeconds } of book.conflicts) {
      account.conflicts += 1;
      this.#complain(timeSeconds, `(sequence ${sequence}) came with two contents`);
    }
    for (const other of [...book.others.values()].flat()) {
      const { sequence, timeSeconds, values } = other;
      const isBehind = witness.setBacks.some(({ parting }) => parting <= sequence);
      // What was taken behind the run is nobody's concern.
      const isLater = sequence >= witness.endSequence;
      const wasTaken = values.length === 0 || isLater || this.#wasTaken(other);
      if (isBehind && wasTaken) account.conflictsOfLines += 1;
      else this.#complain(timeSeconds, `(sequence ${sequence}) is of a line that the meter never was on`);
    }
    if (book.others.size > 0 && isSetBackTold === false) {
      this.#complain(0, 'is of a second line, and no event tells of a set-back');
    }
  }

  #wasTaken(booked: BookedReading): boolean {
    for (let take = 0; take < this.#meter.witness.takes; take += 1) {
      if (this.#delivery.isOfTake(take, booked)) return true;
    }
    return false;
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
    if (!witness.isOnChip(take, firstTake)) return false;
    if ((witness.flags.get(take) & Take.valid) === 0)
      return this.#records.holesAround(take).tell(fromSeconds);
    return this.#records.isStored(take) || this.#delivery.of(take) !== undefined;
  }

  #missed(timeSeconds: number): void {
    this.#account.due += 1;
    this.#complain(timeSeconds, 'was not taken although the meter had power');
  }

  #closeUnpowered(index: number, fromSeconds: number): number {
    const { spans } = this.#meter.witness;
    const { intervalSeconds, toSeconds, firstTake, clockKept } = spans[index]!;
    let due = Math.ceil(fromSeconds / intervalSeconds) * intervalSeconds;
    if (due >= toSeconds) return due;
    const known = this.#records.knownFrom(index);
    const notes = this.#records.holesAround(known < 0 ? this.#meter.witness.takes : spans[known]!.firstTake);
    const certainSeconds = clockKept ? toSeconds : toSeconds - clockToleranceSeconds;
    for (; due < toSeconds; due += intervalSeconds) {
      this.#account.due += 1;
      this.#account.holes.noPower += 1;
      this.#mark(due, Outcome.noPower);
      if (notes.tell(due)) this.#account.told += 1;
      else if (known >= 0 && due < certainSeconds && !notes.mayBeLost) {
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
    const time = witness.times.get(take);
    account.due += 1;
    if ((flags & Take.onDemand) !== 0) account.onDemand += 1;
    if ((flags & Take.valid) === 0) {
      account.holes.registerFailed += 1;
      if ((flags & Take.onDemand) === 0) this.#markTake(take, Outcome.registerFailed);
      if (this.#records.holesAround(take).tell(time)) account.told += 1;
      return;
    }
    account.taken += 1;
    const outcome = (flags & Take.durable) !== 0 ? this.#closeDurable(take) : this.#closeCutAppend(take);
    this.#markTake(take, outcome);
  }

  /** The append has not returned: the reading may stand in the store all the same, whole, or not at all. */
  #closeCutAppend(take: number): Outcome {
    const { witness } = this.#meter;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    const behind = this.#records.storedFrom(take + 1);
    const isTaken =
      behind < witness.takes &&
      witness.sequences.get(behind) === sequence &&
      !witness.setBacks.some(({ firstTake }) => take < firstTake && firstTake <= behind);
    const isThere = !isTaken && this.#delivery.of(take) !== undefined;
    if (isThere) return this.#closeDurable(take);
    this.#account.cutInAppend += 1;
    const known = this.#records.knownFrom(this.#records.spanBehind(take));
    const around = known < 0 ? witness.takes : Math.max(take + 1, witness.spans[known]!.firstTake);
    if (this.#records.holesAround(around).tell(time)) this.#account.told += 1;
    return Outcome.cutInAppend;
  }

  #closeDurable(take: number): Outcome {
    const { witness, book } = this.#meter;
    const account = this.#account;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    account.durable += 1;
    if (this.#ofLine[sequence] === 1) {
      account.deliveredTwice += 1;
      this.#complain(time, `has the sequence ${sequence} of another one`);
    }
    this.#claimed[sequence] = 1;
    this.#ofLine[sequence] = 1;
    if (witness.setBacks.length > 0) return this.#closeOfLine(take);
    const reason = book.lossAt(sequence);
    if (book.has(sequence)) {
      const booked = book.first(sequence);
      const { route, arrivalSeconds } = booked;
      this.#compare(take, booked);
      account.delivered[route] += 1;
      this.#countDelay(route, arrivalSeconds - witness.worldTimes.get(take));
      if (reason !== undefined) this.#complain(time, 'is delivered and lost at once');
      return outcomeOfRoute[route];
    }
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

  /** The meter was set back: what stands under this sequence may be of another line. */
  #closeOfLine(take: number): Outcome {
    const { witness } = this.#meter;
    const account = this.#account;
    const sequence = witness.sequences.get(take);
    const time = witness.times.get(take);
    const arrival = this.#delivery.of(take);
    if (arrival !== undefined) {
      account.delivered[arrival.route] += 1;
      this.#countDelay(arrival.route, arrival.arrivalSeconds - witness.worldTimes.get(take));
      return outcomeOfRoute[arrival.route];
    }
    const isKept = witness.isOnChip(take, witness.takes);
    const note = this.#delivery.lossOf(take);
    const reason = note?.reason ?? (!isKept && this.#records.isToldLater(take, time) ? setBack : undefined);
    if (reason === undefined) {
      account.pending += 1;
      this.#complain(
        time,
        `(sequence ${sequence}) is durable but neither delivered nor told lost, behind a set-back`,
      );
      return Outcome.pending;
    }
    account.lost[reason] = (account.lost[reason] ?? 0) + 1;
    this.#isOnChip ??= this.#meter.openChip();
    if (!isKept) return Outcome.lost;
    if (!anySureLoss.test(reason)) this.#complain(time, `is called lost without need: ${reason}`);
    else if (this.#isOnChip(sequence)) this.#complain(time, 'is called lost but stands on the chip');
    return Outcome.lost;
  }

  #compare(take: number, booked: BookedReading): void {
    const { witness } = this.#meter;
    if (this.#delivery.isOfTake(take, booked)) return;
    const taken = `${witness.valuesOf(take)} status ${witness.statuses.get(take)}`;
    const got = `${booked.values} status ${booked.status} at ${booked.timeSeconds}`;
    this.#complain(witness.times.get(take), `was taken as ${taken} and delivered as ${got}`);
  }

  #countDelay(route: 'direct' | 'window' | 'backfill', seconds: number): void {
    const index = delayLimits.findIndex((limit) => seconds < limit);
    this.#closing.delays[route][index]! += 1;
  }

  /** Nothing may be in the book that nobody took. */
  #checkUnclaimed(): void {
    const { book } = this.#meter;
    for (let sequence = 0; sequence < this.#meter.witness.endSequence; sequence += 1) {
      if (!book.has(sequence)) continue;
      const { timeSeconds, values, status } = book.first(sequence);
      if (this.#claimed[sequence] === 0 && values.length > 0) {
        this.#complain(timeSeconds, `(sequence ${sequence}) stands in the book, and nobody took it`);
      } else if (values.length === 0 && status === 0) {
        this.#complain(timeSeconds, `(sequence ${sequence}) has neither value nor reason`);
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
