import { foldWord, MODULUS, stored } from '../checksum.js';
import { assert, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { ShortBuffer } from '../medium/shortBuffer.js';
import {
  ABSOLUTE_LENGTH,
  COMMON_INTERVALS,
  DIFFERENCE_LIMIT,
  ESCAPE_ONES,
  INTERVAL_BITS,
  LENGTH_BITS,
  Operation,
  PUNCTUAL_READINGS,
  predict,
  RARE_INTERVAL_BITS,
  zigzag,
} from './code.js';
import type { PageState } from './pageState.js';

/** Room for the longest page head with its first reading: 8 channels, every value of 53 bits. */
const SCRATCH_BYTES = 112;
/** Bytes at the foot of a page: checksum and length in bytes, written when the page is sealed. */
export const SEAL_BYTES = 4;
/** Late by less than this twice in a row is jitter; more is a gap. */
const JITTER_SECONDS = 64;

/** Smallest page that takes the longest head with its first reading. */
export function minimumPageBytes(channels: number): number {
  return 24 + 12 * channels;
}

/**
 * Packs any reading into the open page and writes it in one ascending transfer whose last byte, the one that held the
 * END mark, commits it (FORMAT.md, "Page stream"). A plain reading takes the short way of `plainAppender.ts` instead.
 *
 * The stream grows downwards in addresses, so a word in stream order is stored as it lies in little-endian memory.
 */
export class PageWriter {
  private readonly medium: Medium;
  private readonly pageBytes: number;
  private readonly scratch = new Uint8Array(SCRATCH_BYTES);
  readonly short: ShortBuffer;
  /** Bits that the stream of a page may have. */
  capacityBits: number;
  /** Stream words that were finished before the reading that is being packed. */
  private firstWord = 0;
  state: PageState;
  /** Address just above the open page, where its stream starts. */
  topAddress = 0;

  constructor(medium: Medium, pageBytes: number, state: PageState, short = new ShortBuffer()) {
    this.medium = medium;
    this.short = short;
    this.pageBytes = pageBytes;
    this.capacityBits = (pageBytes - SEAL_BYTES) * 8;
    this.state = state;
  }

  /** Leaves the stream so many bytes, instead of all of the page above its foot. */
  limit(streamBytes: number): void {
    this.capacityBits = streamBytes * 8;
  }

  /**
   * Packs and writes one reading; false, with nothing written and the page as it was, when it does not fit or comes
   * from a clock that went back. Errors: `value-range`, `reading-range`.
   */
  append(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): boolean {
    const state = this.state;
    this.checkReading(timeSeconds, values, status, valid, state.channels);
    if (timeSeconds < state.timeSeconds) return false;
    const { words, pending, tail, sum } = state;
    this.firstWord = words;
    this.compose(timeSeconds - state.timeSeconds - state.intervalSeconds, values, status, valid);
    if (state.words * 16 + state.pending >= this.capacityBits) {
      // The predictors have moved on, which does no harm: the next page carries what it needs in its head.
      state.words = words;
      state.pending = pending;
      state.tail = tail;
      state.sum = sum;
      return false;
    }
    this.write(pending >> 3);
    state.timeSeconds = timeSeconds;
    state.count += 1;
    return true;
  }

  /** Starts the page below `topAddress` with its head and first reading; `sum` seeds its checksum. */
  open(
    topAddress: number,
    sum: number,
    timeSeconds: number,
    values: ArrayLike<number>,
    status: number,
    valid: boolean,
  ): void {
    const state = this.state;
    this.topAddress = topAddress;
    this.firstWord = 0;
    state.startPage(sum);
    if (valid)
      for (let channel = 0; channel < state.channels; channel += 1) state.values[channel] = values[channel]!;
    const simple = valid && status === state.status;
    if (simple && this.writeUsualHead()) {
      state.timeSeconds = timeSeconds;
      state.count = 1;
      return;
    }
    this.putHead(simple);
    if (simple) {
      state.lastStatus = status;
      state.lastValid = true;
    } else this.compose(0, values, status, valid);
    assert(state.words * 16 + state.pending < this.capacityBits, 'a page takes its head and one reading');
    this.write(0);
    state.timeSeconds = timeSeconds;
    state.count = 1;
  }

  /** Refuses what cannot be stored, before anything has changed. Errors: `value-range`, `reading-range`. */
  checkReading(
    timeSeconds: number,
    values: ArrayLike<number>,
    status: number,
    valid: boolean,
    channels: number,
  ): void {
    if (!isUint(timeSeconds, 0xffff_ffff)) {
      throw new LimfsError('reading-range', `a time is 0 to 4294967295 whole seconds, not ${timeSeconds}`);
    }
    if (!isUint(status, 0xff)) throw new LimfsError('reading-range', `a status is 0 to 255, not ${status}`);
    for (let channel = 0; valid && channel < channels; channel += 1) {
      if (Number.isSafeInteger(values[channel])) continue;
      throw new LimfsError(
        'value-range',
        `value ${channel} is ${values[channel]}, no integer within +-(2^53 - 1)`,
      );
    }
  }

  /** Writes the byte that ends the stream again, over one that was torn. */
  writeEnd(): void {
    this.firstWord = this.state.words;
    this.write(this.state.pending >> 3);
  }

  /** Writes the foot of the finished page: its checksum and its length. */
  seal(): void {
    const { state, short } = this;
    // Of the last word only the bytes that were written count: behind them lie leftovers of the lap before.
    const written = state.pending < 8 ? 0xff00 : 0xffff;
    const last = ((state.tail | (0xffffffff >>> state.pending)) >>> 16) & written;
    const check = stored(foldWord(state.sum, last));
    const length = state.words * 2 + (state.pending >> 3) + 1;
    short.words[0] = check | (length << 16);
    this.medium.write(this.topAddress - this.pageBytes, short.bytes, 0, SEAL_BYTES);
  }

  /** Writes what was composed since `firstWord`, from the byte that held END on, followed by the new END. */
  private write(finishedBytes: number): void {
    const { state, scratch } = this;
    const composed = 2 * (state.words - this.firstWord);
    const total = composed + (state.pending >> 3) + 1;
    const filled = state.tail | (0xffffffff >>> state.pending);
    scratch[SCRATCH_BYTES - composed - 1] = filled >>> 24;
    scratch[SCRATCH_BYTES - composed - 2] = filled >>> 16;
    const address = this.topAddress - 2 * this.firstWord - total;
    this.medium.write(address, scratch, SCRATCH_BYTES - total, total - finishedBytes);
  }

  /**
   * Writes the head of nearly every page, with its first reading, out of two words: one channel, a common interval, no
   * status, no time mode, a value of 1 to 31 bits. Field by field, as below, it costs XS 80,000 instructions more.
   */
  private writeUsualHead(): boolean {
    const { state, short, topAddress } = this;
    const value = state.values[0]!;
    const common = COMMON_INTERVALS.indexOf(state.intervalSeconds);
    if (common < 0 || state.channels !== 1 || state.status !== 0 || state.timeMode) return false;
    if (value < 1 || value > 0x7fff_ffff) return false;
    const below = 31 - Math.clz32(value);
    // Behind 25 bits of fields: the value below its leading one, and a one, because the first reading is simple.
    const rest = ((value ^ (1 << below)) << 1) | 1;
    const bits = 26 + below;
    const fields = (state.revision << 28) | (common << 21) | (state.ks[0]! << 14) | ((below + 1) << 8);
    const first = fields | (below < 7 ? rest << (6 - below) : rest >>> (below - 6));
    const second = below < 7 ? 0 : rest << (38 - below);
    const length = (bits >> 3) + 1;
    const spare = 64 - 8 * length;
    if (spare === 32) short.words[0] = first | (-1 >>> bits);
    else {
      // The stream's bytes lie in front of each other: the last one, filled up with ones, comes first.
      const filled = second | (-1 >>> (bits - 32));
      short.words[0] = spare === 0 ? filled : (filled >>> spare) | (first << (32 - spare));
      short.words[1] = first >>> spare;
    }
    const high = foldWord(state.sum, first >>> 16);
    const whole = bits < 32 ? high : foldWord(high, first & 0xffff);
    state.sum = bits < 48 ? whole : foldWord(whole, second >>> 16);
    state.words = bits >> 4;
    state.pending = bits & 15;
    const open = bits < 32 ? first << 16 : bits < 48 ? second : second << 16;
    state.tail = state.pending === 0 ? 0 : open & (-1 << (32 - state.pending));
    this.medium.write(topAddress - length, short.bytes, 0, length);
    return true;
  }

  private putHead(simple: boolean): void {
    const state = this.state;
    const common = COMMON_INTERVALS.indexOf(state.intervalSeconds);
    this.put(4, state.revision);
    this.put(3, state.channels - 1);
    this.put(INTERVAL_BITS, common < 0 ? COMMON_INTERVALS.length : common);
    if (common < 0) this.put(RARE_INTERVAL_BITS, state.intervalSeconds);
    this.put(1, state.status === 0 ? 0 : 1);
    if (state.status !== 0) this.put(8, state.status);
    this.put(1, state.timeMode ? 1 : 0);
    if (state.timeMode) this.put(5, state.timeK);
    for (let channel = 0; channel < state.channels; channel += 1) {
      this.put(5, state.ks[channel]!);
      this.putNumber(state.values[channel]!);
    }
    this.put(1, simple ? 1 : 0);
  }

  /** Packs any reading behind the pending bits. */
  private compose(late: number, values: ArrayLike<number>, status: number, valid: boolean): void {
    const state = this.state;
    const symbol = valid ? this.symbolOf(0, values[0]!) : 0;
    const toggle = this.wantsToggle(late);
    const punctual = !toggle && (late === 0 || state.timeMode);
    const usual = punctual && valid && state.lastValid && symbol >= 0 && status === state.status;
    // Behind a hole the shortest code stands for another one: an outage costs a bit or two an interval.
    const again = punctual && !valid && !state.lastValid && status === state.lastStatus;
    if (again) this.putFirstUnary(0);
    else if (!usual) this.putOperations(late, status, valid, symbol < 0, toggle);
    if (valid) this.putValue(0, values[0]!, symbol, usual ? Place.first : Place.afterOperations);
    if (state.timeMode) this.putLateness(late);
    if (valid) {
      for (let channel = 1; channel < state.channels; channel += 1) {
        this.putValue(channel, values[channel]!, this.symbolOf(channel, values[channel]!), Place.later);
      }
    }
    state.lastStatus = status;
    state.lastValid = valid;
  }

  private wantsToggle(late: number): boolean {
    const { timeMode, punctual, lateAt, count } = this.state;
    if (timeMode) return late === 0 && punctual >= PUNCTUAL_READINGS;
    return late !== 0 && lateAt === count - 1 && late > -JITTER_SECONDS && late < JITTER_SECONDS;
  }

  /** The escape and the list of operations that make a reading exceptional. */
  private putOperations(late: number, status: number, valid: boolean, raw: boolean, toggle: boolean): void {
    const state = this.state;
    this.putFirstUnary(ESCAPE_ONES);
    if (late !== 0 && !state.timeMode && !toggle) {
      this.put(3, Operation.time);
      this.putTime(late);
      state.lateAt = state.count;
    }
    if (valid && status !== state.status) {
      const again = state.statusAt === state.count - 1 && state.lastStatus === status;
      this.put(3, again ? Operation.statusFrom : Operation.statusOnce);
      this.put(8, status);
      if (again) state.status = status;
      state.statusAt = state.count;
    }
    if (toggle) {
      this.put(3, Operation.timeMode);
      state.toggleTimeMode();
    }
    this.put(3, valid ? (raw ? Operation.raw : Operation.value) : Operation.hole);
    if (!valid) this.put(8, status);
  }

  /** The Rice symbol of a channel's next value, or -1 when it needs a free number. */
  private symbolOf(channel: number, next: number): number {
    const state = this.state;
    const excess =
      next - state.values[channel]! - predict(state.differences[channel]!, state.averages[channel]!);
    if (excess <= -DIFFERENCE_LIMIT || excess >= DIFFERENCE_LIMIT) return -1;
    const symbol = zigzag(excess);
    return symbol >> state.ks[channel]! < ESCAPE_ONES ? symbol : -1;
  }

  private putValue(channel: number, next: number, symbol: number, place: Place): void {
    const state = this.state;
    if (symbol >= 0) this.putRice(symbol, state.ks[channel]!, place === Place.first);
    else {
      if (place === Place.later) this.putUnary(ESCAPE_ONES);
      const difference = next - state.values[channel]!;
      if (difference > -DIFFERENCE_LIMIT && difference < DIFFERENCE_LIMIT) this.putNumber(difference);
      else {
        this.put(LENGTH_BITS, ABSOLUTE_LENGTH);
        this.putNumber(next);
      }
    }
    state.follow(channel, next, symbol);
  }

  private putLateness(late: number): void {
    const state = this.state;
    const near = late > -0x10000 && late < 0x10000;
    const symbol = near && zigzag(late) >> state.timeK < ESCAPE_ONES ? zigzag(late) : -1;
    if (symbol >= 0) this.putRice(symbol, state.timeK, false);
    else {
      this.putUnary(ESCAPE_ONES);
      this.putTime(late);
    }
    state.followLateness(late, symbol);
  }

  private putTime(late: number): void {
    const inIntervals = late % this.state.intervalSeconds === 0;
    this.put(1, inIntervals ? 1 : 0);
    this.putNumber(inIntervals ? late / this.state.intervalSeconds : late);
  }

  /** A free number: length, sign, and the bits below the leading one; its magnitude is below 2^53. */
  private putNumber(number: number): void {
    const magnitude = number < 0 ? -number : number;
    const high = magnitude < 0x1_0000_0000 ? 0 : Math.floor(magnitude / 0x1_0000_0000);
    const low = magnitude | 0;
    const length = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
    this.put(LENGTH_BITS, length);
    if (length === 0) return;
    const sign = number < 0 ? 1 : 0;
    let below = length - 1;
    if (below < 20) {
      this.put(1 + below, (sign << below) | (low ^ (1 << below)));
      return;
    }
    this.put(1, sign);
    while (below > 0) {
      const piece = below < 16 ? below : 16;
      below -= piece;
      const from =
        below >= 32 ? high >>> (below - 32) : below > 0 ? (low >>> below) | (high << (32 - below)) : low;
      this.put(piece, from & ((1 << piece) - 1));
    }
  }

  private putRice(symbol: number, k: number, first: boolean): void {
    if (first) this.putFirstUnary(symbol >> k);
    else this.putUnary(symbol >> k);
    this.put(k, symbol & ((1 << k) - 1));
  }

  /** The unary part of a reading's first code never fills the partial byte with ones, for that means END. */
  private putFirstUnary(ones: number): void {
    const free = 7 - (this.state.pending & 7);
    if (ones < free) {
      this.putUnary(ones);
      return;
    }
    this.putUnary(free);
    if (ones === ESCAPE_ONES) this.put(ESCAPE_ONES - free, (1 << (ESCAPE_ONES - free)) - 1);
    else this.putUnary(ones - free);
  }

  /** So many ones and, unless they are an escape, the closing zero. */
  private putUnary(ones: number): void {
    if (ones === ESCAPE_ONES) this.put(ESCAPE_ONES, (1 << ESCAPE_ONES) - 1);
    else this.put(ones + 1, (2 << ones) - 2);
  }

  /** Appends the low `bits` (0..20) of a number. */
  private put(bits: number, number: number): void {
    if (bits > 16) {
      this.put(bits - 16, number >>> 16);
      this.put(16, number & 0xffff);
      return;
    }
    const state = this.state;
    state.tail |= number << (32 - state.pending - bits);
    state.pending += bits;
    if (state.pending < 16) return;
    const word = state.tail >>> 16;
    const at = SCRATCH_BYTES - 2 * (state.words - this.firstWord) - 1;
    assert(at > 2, 'one reading fits the scratch');
    this.scratch[at] = word >>> 8;
    this.scratch[at - 1] = word;
    state.sum = (state.sum * 3 + word) % MODULUS;
    state.tail <<= 16;
    state.pending -= 16;
    state.words += 1;
  }
}

/** Where a value stands: at the start of its reading, behind operations, or behind an earlier channel. */
const Place = Object.freeze({ first: 0, afterOperations: 1, later: 2 } as const);
type Place = (typeof Place)[keyof typeof Place];

function isUint(number: number, maximum: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= maximum;
}
