import { type Fold, foldWord, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { PageFields } from './pageFields.js';
import { type Batch, type Reading, startBatch } from './reading.js';
import {
  Outcome,
  RUN_AVERAGE,
  RUN_BIT,
  RUN_CAPACITY,
  RUN_DIFFERENCE,
  RUN_INTERVAL,
  RUN_K,
  RUN_LEFT,
  RUN_MEAN,
  RUN_ROW,
  RUN_TIME,
  RUN_VALUE,
  type UnpackPlain,
  unpackPlain,
} from './unpackPlain.js';

const NO_LIMIT = 0x7fff_ffff;
const FOREVER = 0x1_0000_0000;
/** Instead of a place: the buffer holds no page that is known. */
export const NO_PLACE = -1;

/** What a PVT entry says of its page's first reading. */
export interface PageStart {
  readonly sequence: number;
  readonly timeSeconds: number;
  readonly run: number;
}

/** Reads one page into a buffer of its own, checks it and unpacks its readings one after another. */
export class PageReader extends PageFields {
  /** Place of the page in the buffer: a slot of the PVT, or what its user counts pages by. */
  place = NO_PLACE;
  private firstSequence = 0;
  private firstTimeSeconds = 0;
  private run = 0;
  /** What `unpack` works on beside the buffer. */
  private readonly numbers: number[];
  private readonly unpack: UnpackPlain;
  private readonly fold: Fold;
  private readonly words: Uint16Array;
  private readonly medium: Medium;
  private readonly pageBytes: number;

  constructor(medium: Medium, pageBytes: number, fold: Fold, unpack: UnpackPlain = unpackPlain) {
    super(pageBytes);
    this.medium = medium;
    this.fold = fold;
    this.unpack = unpack;
    this.pageBytes = pageBytes;
    this.words = new Uint16Array(this.bytes.buffer);
    this.numbers = new Array<number>(RUN_CAPACITY + 1).fill(0);
    this.numbers[RUN_CAPACITY] = this.capacityBits;
  }

  load(address: number): void {
    this.place = NO_PLACE;
    this.medium.read(address, this.bytes, this.margin, this.pageBytes);
  }

  /** Whether the loaded page is sealed and whole; `sum` is the seed of its place. */
  verify(sum: number): boolean {
    const foot = this.margin >> 1;
    const length = this.words[foot + 1]!;
    const top = this.top >> 1;
    if (length === 0 || length > this.capacityBits >> 3) return false;
    const low = top - (length >> 1);
    const whole = this.fold(sum, this.words, top, low);
    const last = (length & 1) === 0 ? whole : foldWord(whole, this.words[low - 1]! & 0xff00);
    return stored(last) === this.words[foot];
  }

  /** Says which page was loaded, and unpacks its head. */
  enter(place: number, first: PageStart): void {
    this.place = place;
    this.firstSequence = first.sequence;
    this.run = first.run;
    this.firstTimeSeconds = first.timeSeconds;
    this.start(first.timeSeconds);
  }

  /** Goes back to before the first reading of the page that was entered. */
  rewind(): void {
    if (this.state.count > 0) this.start(this.firstTimeSeconds);
  }

  /** Sequence of the reading behind the one that it stands at. */
  nextSequence(): number {
    return (this.firstSequence + this.state.count) >>> 0;
  }

  /** Unpacks the head of the loaded page, whose PVT entry gives the time of its first reading. */
  start(firstTimeSeconds: number): void {
    const state = this.state;
    this.bit = 0;
    this.ended = false;
    this.damaged = false;
    this.statuses = 0;
    if (!this.takeUsualHead()) this.takeHead();
    state.startPage(0);
    state.timeSeconds = firstTimeSeconds - state.intervalSeconds;
    if (state.intervalSeconds === 0) this.damaged = true;
  }

  /** The stream position in bits: tells whether an open page has grown since it was read. */
  get streamBits(): number {
    return this.bit;
  }

  /** Whether the stream can end where the reader stands: END takes a bit at least. */
  hasRoom(): boolean {
    return this.bit < this.capacityBits;
  }

  /** Lets the loaded stream end at a bit, whatever the medium holds behind it. */
  endAt(bit: number): void {
    this.bytes[this.top - 1 - (bit >> 3)]! |= 0xff >> (bit & 7);
    this.damaged = false;
  }

  /** Sets the checksum and the pending bits of the state, as the packer had them; `sum` is the seed of the place. */
  finish(sum: number): void {
    const { state, bit } = this;
    const top = this.top >> 1;
    state.words = bit >> 4;
    state.pending = bit & 15;
    state.sum = this.fold(sum, this.words, top, top - state.words);
    const word = this.words[top - state.words - 1]! << 16;
    state.tail = state.pending === 0 ? 0 : word & (-1 << (32 - state.pending));
  }

  /**
   * Unpacks until `limit` readings of the page are behind, or the next would be later than `untilSeconds`, or the
   * stream ends or makes no sense. Stores them into `batch` while that has room. An exceptional reading that turns
   * out to be later than `untilSeconds` has been unpacked all the same: then `state.timeSeconds` is later.
   */
  advance(limit = NO_LIMIT, untilSeconds = FOREVER, batch: Batch | null = null): void {
    const state = this.state;
    while (state.count < limit && !this.ended && !this.damaged && state.timeSeconds <= untilSeconds) {
      if (batch !== null && batch.count === batch.rows) return;
      if (state.count === 0 && this.firstIsSimple) {
        state.timeSeconds += state.intervalSeconds;
        state.lastStatus = state.status;
        this.statuses |= state.status;
        state.count = 1;
        if (batch !== null) this.addTo(batch);
      } else if (state.isPlain()) {
        if (this.advancePlain(limit, untilSeconds, batch)) return;
      } else if (!this.atEnd()) {
        this.takeExceptional(batch);
      }
    }
  }

  /** Unpacks plain readings in one go. True when `advance` is done, false to look again. */
  private advancePlain(limit: number, untilSeconds: number, batch: Batch | null): boolean {
    const { state, numbers } = this;
    const { intervalSeconds, timeSeconds } = state;
    let wanted = limit - state.count;
    const inTime = Math.floor((untilSeconds - timeSeconds) / intervalSeconds);
    let late = inTime < wanted;
    if (late) wanted = inTime;
    if (batch !== null && batch.rows - batch.count <= wanted) {
      wanted = batch.rows - batch.count;
      late = false;
    }
    numbers[RUN_BIT] = this.bit;
    numbers[RUN_LEFT] = wanted;
    numbers[RUN_VALUE] = state.values[0]!;
    numbers[RUN_DIFFERENCE] = state.differences[0]!;
    numbers[RUN_AVERAGE] = state.averages[0]!;
    numbers[RUN_MEAN] = state.means[0]!;
    numbers[RUN_K] = state.ks[0]!;
    numbers[RUN_TIME] = timeSeconds;
    numbers[RUN_INTERVAL] = intervalSeconds;
    const first = batch === null ? 0 : batch.count;
    numbers[RUN_ROW] = first;
    const outcome =
      batch === null
        ? this.unpack(this.longs, numbers, null, null)
        : this.unpack(this.longs, numbers, batch.times, batch.values);
    this.bit = numbers[RUN_BIT]!;
    const read = wanted - numbers[RUN_LEFT]!;
    if (read > 0) {
      state.count += read;
      state.timeSeconds = numbers[RUN_TIME]!;
      state.values[0] = numbers[RUN_VALUE]!;
      state.differences[0] = numbers[RUN_DIFFERENCE]!;
      state.averages[0] = numbers[RUN_AVERAGE]!;
      state.means[0] = numbers[RUN_MEAN]!;
      state.ks[0] = numbers[RUN_K]!;
      state.lastStatus = state.status;
      this.statuses |= state.status;
      if (batch !== null) {
        batch.count = first + read;
        batch.statuses.fill(state.status, first, batch.count);
        batch.valids.fill(1, first, batch.count);
      }
    }
    if (outcome === Outcome.end) this.ended = true;
    else if (outcome === Outcome.damaged) this.damaged = true;
    // What follows is later than asked, unless it is an exceptional reading: that must be unpacked to know its time.
    else if (outcome === Outcome.exceptional && (late || read < wanted)) {
      this.takeExceptional(batch);
      return false;
    }
    return true;
  }

  private takeExceptional(batch: Batch | null): void {
    this.takeReading();
    if (batch !== null && !this.damaged) this.addTo(batch);
  }

  private addTo(batch: Batch): void {
    const state = this.state;
    const row = batch.count;
    batch.times[row] = state.timeSeconds;
    batch.statuses[row] = state.lastStatus;
    batch.valids[row] = state.lastValid ? 1 : 0;
    for (let channel = 0; channel < state.channels; channel += 1) {
      batch.values[row * state.channels + channel] = state.values[channel]!;
    }
    batch.count = row + 1;
  }

  /** Whether no reading follows in the page. */
  reachedEnd(): boolean {
    return this.ended || this.damaged || (this.state.count > 0 && this.atEnd());
  }

  /** Goes to the newest reading that is not later than `timeSeconds`, which the page's first one is not. */
  seek(timeSeconds: number): void {
    this.rewind();
    this.advance(undefined, timeSeconds);
    if (this.state.timeSeconds <= timeSeconds) return;
    // An exceptional reading has to be unpacked before its time is known: go back to the one before it.
    const count = this.state.count - 1;
    this.rewind();
    this.advance(count);
  }

  /** Fills a batch with the readings from a sequence on, or all of the page when it is older; false: there is none. */
  collect(sequence: number, batch: Batch): boolean {
    const { state } = this;
    const before = (sequence - this.firstSequence) | 0;
    const count = before > 0 ? before : 0;
    if (state.count > count) this.rewind();
    this.advance(count);
    if (state.count < count || this.reachedEnd()) return false;
    startBatch(batch, this.nextSequence(), state.channels, this.run);
    this.advance(undefined, undefined, batch);
    return batch.count > 0;
  }

  /** Stores the reading that it stands at. */
  deliver(into: Reading): void {
    into.sequence = (this.firstSequence + this.state.count - 1) >>> 0;
    into.run = this.run;
    this.state.deliver(into);
  }
}
