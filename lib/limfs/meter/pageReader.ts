import { type Fold, foldWord, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import {
  ABSOLUTE_LENGTH,
  COMMON_INTERVALS,
  DIFFERENCE_LIMIT,
  ESCAPE_ONES,
  INTERVAL_BITS,
  LENGTH_BITS,
  Operation,
  predict,
  RARE_INTERVAL_BITS,
  unzigzag,
} from './code.js';
import { PageState } from './pageState.js';
import { SEAL_BYTES } from './pageWriter.js';
import { type Batch, Status } from './reading.js';
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

/** A 32-bit load that begins on a byte's border holds this many bits from any bit of that byte on. */
const PIECE_BITS = 25;
/** Bits of a page's first 32 that are not 0 in an unusual head: channels, status, time mode, sign of the value. */
const UNUSUAL_HEAD = 0x0e18_0080;
const NO_LIMIT = 0x7fff_ffff;
const LATEST_SECONDS = 0xffff_ffff;
const FOREVER = 0x1_0000_0000;

/** Reads one page into a buffer of its own, checks it and unpacks its readings one after another. */
export class PageReader {
  state = new PageState();
  /** The stream ended: every reading of the page has been unpacked. */
  ended = false;
  /** The stream makes no sense from here on. */
  damaged = false;
  /** The bits of all statuses since `start`; a hole has null data. */
  statuses = 0;
  private bit = 0;
  /** What `unpack` works on: the page's buffer by words of 32 bits, and where it stands. */
  private readonly longs: Int32Array;
  private readonly run: number[];
  private firstIsSimple = false;
  private readonly longsAbove: number;
  /** Bytes in front of the page in its buffer: loads of words at the lowest stream bytes stay inside, and aligned. */
  private readonly margin: number;
  private readonly top: number;
  private readonly capacityBits: number;
  private readonly pageBytes: number;
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  private readonly view: DataView;
  private readonly unpack: UnpackPlain;

  constructor(medium: Medium, pageBytes: number, fold: Fold, unpack: UnpackPlain = unpackPlain) {
    this.medium = medium;
    this.fold = fold;
    this.unpack = unpack;
    this.pageBytes = pageBytes;
    this.capacityBits = (pageBytes - SEAL_BYTES) * 8;
    this.margin = 4 + (pageBytes & 2);
    this.top = this.margin + pageBytes;
    this.bytes = new Uint8Array(this.top);
    this.words = new Uint16Array(this.bytes.buffer);
    this.longs = new Int32Array(this.bytes.buffer);
    this.longsAbove = this.top >> 2;
    this.view = new DataView(this.bytes.buffer);
    this.run = new Array<number>(RUN_CAPACITY + 1).fill(0);
    this.run[RUN_CAPACITY] = this.capacityBits;
  }

  load(address: number): void {
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

  /**
   * The head of nearly every page, out of its first 64 bits: one channel, a common interval, no status, no time mode, a
   * value of 1 to 31 bits. Field by field, as below, it costs XS 16,000 instructions more.
   */
  private takeUsualHead(): boolean {
    const { state, longs } = this;
    const first = longs[this.longsAbove - 1]!;
    const common = (first >> 21) & 0xf;
    const below = ((first >> 8) & 0x3f) - 1;
    if ((first & UNUSUAL_HEAD) !== 0 || common >= COMMON_INTERVALS.length || below < 0 || below > 30)
      return false;
    const rest = (first << 25) | (longs[this.longsAbove - 2]! >>> 7);
    state.revision = first >>> 28;
    state.channels = 1;
    state.intervalSeconds = COMMON_INTERVALS[common]!;
    state.status = 0;
    state.timeMode = false;
    state.ks[0] = (first >> 14) & 0x1f;
    state.values[0] = (1 << below) | ((rest >>> 1) >>> (31 - below));
    this.firstIsSimple = (rest << below) >>> 31 === 1;
    this.bit = 26 + below;
    return true;
  }

  private takeHead(): void {
    const { state } = this;
    // Fields are taken together where they lie together: a call of `take` costs XS 3,800 instructions.
    const fixed = this.take(4 + 3 + INTERVAL_BITS);
    state.revision = fixed >> (3 + INTERVAL_BITS);
    state.channels = ((fixed >> INTERVAL_BITS) & 7) + 1;
    const common = fixed & ((1 << INTERVAL_BITS) - 1);
    state.intervalSeconds =
      common < COMMON_INTERVALS.length ? COMMON_INTERVALS[common]! : this.take(RARE_INTERVAL_BITS);
    const flags = this.take(2);
    if (flags < 2) {
      state.status = 0;
      state.timeMode = flags === 1;
    } else {
      // The status follows its flag: its first bit has been taken already.
      state.status = ((flags & 1) << 7) | this.take(7);
      state.timeMode = this.take(1) === 1;
    }
    if (state.timeMode) state.timeK = this.take(5);
    for (let channel = 0; channel < state.channels; channel += 1) {
      const start = this.take(5 + LENGTH_BITS);
      state.ks[channel] = start >> LENGTH_BITS;
      state.values[channel] = this.takeMagnitude(start & ((1 << LENGTH_BITS) - 1));
    }
    this.firstIsSimple = this.take(1) === 1;
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
      if (batch !== null && batch.count === batch.capacity) return;
      if (state.count === 0 && this.firstIsSimple) {
        state.timeSeconds += state.intervalSeconds;
        state.lastStatus = state.status;
        this.statuses |= state.status;
        state.count = 1;
        if (batch !== null) this.collect(batch);
      } else if (state.isPlain()) {
        if (this.advancePlain(limit, untilSeconds, batch)) return;
      } else if (!this.atEnd()) {
        this.takeExceptional(batch);
      }
    }
  }

  /** Unpacks plain readings in one go. True when `advance` is done, false to look again. */
  private advancePlain(limit: number, untilSeconds: number, batch: Batch | null): boolean {
    const { state, run } = this;
    const { intervalSeconds, timeSeconds } = state;
    let wanted = limit - state.count;
    const inTime = Math.floor((untilSeconds - timeSeconds) / intervalSeconds);
    let late = inTime < wanted;
    if (late) wanted = inTime;
    if (batch !== null && batch.capacity - batch.count <= wanted) {
      wanted = batch.capacity - batch.count;
      late = false;
    }
    run[RUN_BIT] = this.bit;
    run[RUN_LEFT] = wanted;
    run[RUN_VALUE] = state.values[0]!;
    run[RUN_DIFFERENCE] = state.differences[0]!;
    run[RUN_AVERAGE] = state.averages[0]!;
    run[RUN_MEAN] = state.means[0]!;
    run[RUN_K] = state.ks[0]!;
    run[RUN_TIME] = timeSeconds;
    run[RUN_INTERVAL] = intervalSeconds;
    const first = batch === null ? 0 : batch.count;
    run[RUN_ROW] = first;
    const outcome =
      batch === null
        ? this.unpack(this.longs, run, null, null)
        : this.unpack(this.longs, run, batch.times, batch.values);
    this.bit = run[RUN_BIT]!;
    const read = wanted - run[RUN_LEFT]!;
    if (read > 0) {
      state.count += read;
      state.timeSeconds = run[RUN_TIME]!;
      state.values[0] = run[RUN_VALUE]!;
      state.differences[0] = run[RUN_DIFFERENCE]!;
      state.averages[0] = run[RUN_AVERAGE]!;
      state.means[0] = run[RUN_MEAN]!;
      state.ks[0] = run[RUN_K]!;
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
    if (batch !== null && !this.damaged) this.collect(batch);
  }

  private collect(batch: Batch): void {
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

  private atEnd(): boolean {
    if (this.bit >= this.capacityBits) {
      this.damaged = true;
      return true;
    }
    const window = this.view.getInt32(this.top - 4 - (this.bit >> 3), true) << (this.bit & 7);
    this.ended = Math.clz32(~window) > 7 - (this.bit & 7);
    return this.ended;
  }

  /** Unpacks any reading; the stream is known not to end here. */
  private takeReading(): void {
    const state = this.state;
    const quotient = this.takeFirstUnary();
    const again = !state.lastValid && quotient === 0;
    let status = again ? state.lastStatus : state.status;
    let late = 0;
    let last: number = again ? Operation.hole : Operation.value;
    if (!state.lastValid && !again && quotient < ESCAPE_ONES) this.damaged = true;
    if (quotient === ESCAPE_ONES) {
      let before = -1;
      for (;;) {
        const operation = this.take(3);
        if (operation <= Operation.hole) {
          last = operation;
          break;
        }
        if (operation <= before || operation > Operation.timeMode || this.damaged) {
          this.damaged = true;
          return;
        }
        before = operation;
        if (operation === Operation.time) {
          late = this.takeTime();
          state.lateAt = state.count;
        } else if (operation === Operation.timeMode) state.toggleTimeMode();
        else {
          status = this.take(8);
          state.statusAt = state.count;
          if (operation === Operation.statusFrom) state.status = status;
        }
      }
      if (last === Operation.hole) status = this.take(8);
    }
    const valid = last !== Operation.hole;
    if (valid) {
      if (quotient < ESCAPE_ONES) this.takeRest(0, quotient);
      else if (last === Operation.raw) this.takeRaw(0);
      else this.takeRest(0, this.takeUnary());
    }
    if (state.timeMode) late = this.takeLateness();
    if (valid)
      for (let channel = 1; channel < state.channels; channel += 1) this.takeRest(channel, this.takeUnary());
    const timeSeconds = state.timeSeconds + state.intervalSeconds + late;
    // Time never goes back within a page, nor beyond its 32 bits: such a reading was never written.
    if (timeSeconds < state.timeSeconds || timeSeconds > LATEST_SECONDS) this.damaged = true;
    if (this.damaged) return;
    state.timeSeconds = timeSeconds;
    state.lastStatus = status;
    state.lastValid = valid;
    this.statuses |= valid ? status : status | Status.nullData;
    state.count += 1;
  }

  /** The rest of a value behind its unary part. */
  private takeRest(channel: number, quotient: number): void {
    if (quotient === ESCAPE_ONES) {
      this.takeRaw(channel);
      return;
    }
    const state = this.state;
    const k = state.ks[channel]!;
    const symbol = (quotient << k) | this.take(k);
    const change = predict(state.differences[channel]!, state.averages[channel]!) + unzigzag(symbol);
    state.follow(channel, state.values[channel]! + change, symbol);
  }

  private takeRaw(channel: number): void {
    const state = this.state;
    const length = this.take(LENGTH_BITS);
    if (length === ABSOLUTE_LENGTH) state.follow(channel, this.takeNumber(), -1);
    else {
      const change = this.takeMagnitude(length);
      if (change <= -DIFFERENCE_LIMIT || change >= DIFFERENCE_LIMIT) this.damaged = true;
      else state.follow(channel, state.values[channel]! + change, -1);
    }
  }

  private takeLateness(): number {
    const state = this.state;
    const quotient = this.takeUnary();
    if (quotient === ESCAPE_ONES) {
      const late = this.takeTime();
      state.followLateness(late, -1);
      return late;
    }
    const symbol = (quotient << state.timeK) | this.take(state.timeK);
    state.followLateness(unzigzag(symbol), symbol);
    return unzigzag(symbol);
  }

  private takeTime(): number {
    const unit = this.take(1) === 1 ? this.state.intervalSeconds : 1;
    return this.takeNumber() * unit;
  }

  private takeNumber(): number {
    return this.takeMagnitude(this.take(LENGTH_BITS));
  }

  private takeMagnitude(length: number): number {
    if (length > 53) this.damaged = true;
    if (length === 0 || this.damaged) return 0;
    let below = length - 1;
    const first = below < PIECE_BITS ? below : PIECE_BITS - 1;
    const signAndFirst = this.take(1 + first);
    const negative = signAndFirst >> first !== 0;
    let magnitude = (1 << first) | (signAndFirst & ((1 << first) - 1));
    for (below -= first; below > 0; ) {
      const piece = below < PIECE_BITS ? below : PIECE_BITS;
      magnitude = magnitude * 2 ** piece + this.take(piece);
      below -= piece;
    }
    return negative ? -magnitude : magnitude;
  }

  /** The unary part of a reading's first code: closed once at the end of the partial byte, and going on behind it. */
  private takeFirstUnary(): number {
    const free = 7 - (this.bit & 7);
    const ones = Math.clz32(~this.window());
    if (ones < free) {
      this.skip(ones + 1);
      return ones;
    }
    this.skip(free + 1);
    return this.takeUnary(free);
  }

  private takeUnary(from = 0): number {
    const ones = from + Math.clz32(~this.window());
    this.skip(ones < ESCAPE_ONES ? ones - from + 1 : ESCAPE_ONES - from);
    return ones < ESCAPE_ONES ? ones : ESCAPE_ONES;
  }

  /** Takes `bits` (0..25) from the stream; 0 and `damaged` behind its end. */
  private take(bits: number): number {
    const bit = this.bit;
    if (bit + bits > this.capacityBits) {
      this.damaged = true;
      return 0;
    }
    this.bit = bit + bits;
    return ((this.view.getInt32(this.top - 4 - (bit >> 3), true) << (bit & 7)) >>> 1) >>> (31 - bits);
  }

  /** At least 25 bits of the stream from where the reader stands, left-aligned. */
  private window(): number {
    const bit = this.bit;
    return this.view.getInt32(this.top - 4 - (bit >> 3), true) << (bit & 7);
  }

  private skip(bits: number): void {
    const bit = this.bit + bits;
    if (bit <= this.capacityBits) this.bit = bit;
    else this.damaged = true;
  }
}
