import { type Fold, foldWord, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import {
  ABSOLUTE_LENGTH,
  adaptK,
  COMMON_INTERVALS,
  DIFFERENCE_LIMIT,
  ESCAPE_ONES,
  INTERVAL_BITS,
  LENGTH_BITS,
  MEAN_HIGH,
  MEAN_LOW,
  Operation,
  predict,
  RARE_INTERVAL_BITS,
  unzigzag,
} from './code.js';
import { PageState } from './pageState.js';
import { SEAL_BYTES } from './pageWriter.js';
import type { Batch } from './reading.js';

/** Bytes in front of the page in its buffer, so that a 32-bit load at the lowest stream byte stays inside. */
const MARGIN_BYTES = 4;
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
  private bit = 0;
  private firstIsSimple = false;
  private readonly top: number;
  private readonly capacityBits: number;
  private readonly pageBytes: number;
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly bytes: Uint8Array;
  private readonly words: Uint16Array;
  private readonly view: DataView;

  constructor(medium: Medium, pageBytes: number, fold: Fold) {
    this.medium = medium;
    this.fold = fold;
    this.pageBytes = pageBytes;
    this.capacityBits = (pageBytes - SEAL_BYTES) * 8;
    this.top = MARGIN_BYTES + pageBytes;
    this.bytes = new Uint8Array(this.top);
    this.words = new Uint16Array(this.bytes.buffer);
    this.view = new DataView(this.bytes.buffer);
  }

  load(address: number): void {
    this.medium.read(address, this.bytes, MARGIN_BYTES, this.pageBytes);
  }

  /** Whether the loaded page is sealed and whole; `sum` is the seed of its place. */
  verify(sum: number): boolean {
    const foot = MARGIN_BYTES >> 1;
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
    state.revision = this.take(4);
    state.channels = this.take(3) + 1;
    const common = this.take(INTERVAL_BITS);
    state.intervalSeconds =
      common < COMMON_INTERVALS.length ? COMMON_INTERVALS[common]! : this.take(RARE_INTERVAL_BITS);
    state.status = this.take(1) === 1 ? this.take(8) : 0;
    state.timeMode = this.take(1) === 1;
    if (state.timeMode) state.timeK = this.take(5);
    for (let channel = 0; channel < state.channels; channel += 1) {
      state.ks[channel] = this.take(5);
      state.values[channel] = this.takeNumber();
    }
    this.firstIsSimple = this.take(1) === 1;
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
      if (batch !== null && batch.count === batch.capacity) return;
      if (state.count === 0 && this.firstIsSimple) {
        state.timeSeconds += state.intervalSeconds;
        state.lastStatus = state.status;
        state.count = 1;
        if (batch !== null) this.collect(batch);
      } else if (state.isPlain()) {
        if (this.advancePlain(limit, untilSeconds, batch)) return;
      } else if (!this.atEnd()) {
        this.takeReading();
        if (batch !== null && !this.damaged) this.collect(batch);
      }
    }
  }

  /** The hot loop: plain readings with all state in locals. True when `advance` is done, false to look again. */
  private advancePlain(limit: number, untilSeconds: number, batch: Batch | null): boolean {
    const { state, view, top, capacityBits } = this;
    const { intervalSeconds, status } = state;
    const latest = untilSeconds - intervalSeconds;
    const room = batch === null ? limit : Math.min(limit, state.count + batch.capacity - batch.count);
    let bit = this.bit;
    let count = state.count;
    let time = state.timeSeconds;
    let value = state.values[0]!;
    let difference = state.differences[0]!;
    let average = state.averages[0]!;
    let k = state.ks[0]!;
    let mean = state.means[0]!;
    let exceptional = false;
    let done = true;
    let row = batch === null ? 0 : batch.count;
    const first = count;
    while (count < room) {
      if (bit >= capacityBits) {
        this.damaged = true;
        break;
      }
      let window = view.getInt32(top - 4 - (bit >> 3), true) << (bit & 7);
      const free = 7 - (bit & 7);
      let quotient = Math.clz32(~window);
      if (quotient > free) {
        this.ended = true;
        break;
      }
      let at = bit + quotient + 1;
      if (quotient === free) {
        window = view.getInt32(top - 4 - (at >> 3), true);
        const more = Math.clz32(~window);
        quotient += more;
        if (quotient >= ESCAPE_ONES) {
          exceptional = true;
          done = false;
          break;
        }
        at += more + 1;
        window <<= more + 1;
      } else window <<= quotient + 1;
      if (time > latest) break;
      if (k > 16) window = view.getInt32(top - 4 - (at >> 3), true) << (at & 7);
      const symbol = (quotient << k) | ((window >>> 1) >>> (31 - k));
      const change = ((difference + average) >> 1) + ((symbol >>> 1) ^ -(symbol & 1));
      bit = at + k;
      value += change;
      difference = change;
      average += (change - average) >> 4;
      mean += symbol - (mean >> 4);
      if (mean > MEAN_HIGH << k || mean < MEAN_LOW << k) k = adaptK(k, mean);
      time += intervalSeconds;
      count += 1;
      if (batch !== null) {
        batch.times[row] = time;
        batch.statuses[row] = status;
        batch.valids[row] = 1;
        batch.values[row] = value;
        row += 1;
      }
    }
    this.bit = bit;
    if (count > first) {
      state.count = count;
      state.timeSeconds = time;
      state.values[0] = value;
      state.differences[0] = difference;
      state.averages[0] = average;
      state.ks[0] = k;
      state.means[0] = mean;
      state.lastStatus = status;
      state.lastValid = true;
      if (batch !== null) batch.count = row;
    }
    if (exceptional) {
      this.takeReading();
      if (batch !== null && !this.damaged) this.collect(batch);
    }
    return done;
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
    const negative = this.take(1) === 1;
    let magnitude = 1;
    for (let below = length - 1; below > 0; ) {
      const piece = Math.min(below, 16);
      magnitude = magnitude * 2 ** piece + this.take(piece);
      below -= piece;
    }
    return negative ? -magnitude : magnitude;
  }

  /** The unary part of a reading's first code: closed once at the end of the partial byte, and going on behind it. */
  private takeFirstUnary(): number {
    const free = 7 - (this.bit & 7);
    let ones = 0;
    while (ones < free && this.take(1) === 1) ones += 1;
    if (ones < free) return ones;
    this.take(1);
    return this.takeUnary(free);
  }

  private takeUnary(from = 0): number {
    let ones = from;
    while (ones < ESCAPE_ONES && this.take(1) === 1) ones += 1;
    return ones;
  }

  /** Takes `bits` (0..20) from the stream; 0 and `damaged` behind its end. */
  private take(bits: number): number {
    const bit = this.bit;
    if (bit + bits > this.capacityBits) {
      this.damaged = true;
      return 0;
    }
    this.bit = bit + bits;
    const window = this.view.getInt32(this.top - 4 - (bit >> 3), true) << (bit & 7);
    return (window >>> 1) >>> (31 - bits);
  }
}
