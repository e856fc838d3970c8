import { MODULUS } from '../checksum.js';
import { assert } from '../errors.js';
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
export const SCRATCH_WORDS = 56;
/** Late by less than this twice in a row is jitter; more is a gap. */
const JITTER_SECONDS = 64;
/** So many bits are put at once. */
const PUT_BITS = 16;
const ESCAPE = (1 << ESCAPE_ONES) - 1;

/**
 * Composes any head and any reading behind the stream of a page, field by field, into a scratch (FORMAT.md, "Page
 * stream"): the twin of `PageFields`. A call of `put` costs XS 4,000 instructions, so fields are put together where they
 * lie together.
 *
 * The stream grows downwards in addresses, so a word in stream order is stored as it lies in little-endian memory.
 */
export class PageComposer {
  state: PageState;
  /** Finished words fill it from its end down. */
  protected readonly scratch = new Uint16Array(SCRATCH_WORDS);
  /** Stream words that were finished before what is being composed. */
  protected firstWord = 0;

  constructor(state: PageState) {
    this.state = state;
  }

  protected putHead(simple: boolean): void {
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
      this.putNumber(5, state.ks[channel]!, state.values[channel]!);
    }
    this.put(1, simple ? 1 : 0);
  }

  /** Packs any reading behind the pending bits. */
  protected compose(late: number, values: ArrayLike<number>, status: number, valid: boolean): void {
    const state = this.state;
    const symbol = valid ? this.symbolOf(0, values[0]!) : 0;
    const toggle = this.wantsToggle(late);
    const punctual = !toggle && (late === 0 || state.timeMode);
    const usual = punctual && valid && state.lastValid && symbol >= 0 && status === state.status;
    // Behind a hole the shortest code stands for another one: an outage costs a bit or two an interval.
    const again = punctual && !valid && !state.lastValid && status === state.lastStatus;
    if (again) this.putRice(0, 0, true);
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
    this.putFirstEscape();
    if (late !== 0 && !state.timeMode && !toggle) {
      this.putTime(3, Operation.time, late);
      state.lateAt = state.count;
    }
    if (valid && status !== state.status) {
      const again = state.statusAt === state.count - 1 && state.lastStatus === status;
      this.put(11, ((again ? Operation.statusFrom : Operation.statusOnce) << 8) | status);
      if (again) state.status = status;
      state.statusAt = state.count;
    }
    if (toggle) {
      this.put(3, Operation.timeMode);
      state.toggleTimeMode();
    }
    if (valid) this.put(3, raw ? Operation.raw : Operation.value);
    else this.put(11, (Operation.hole << 8) | status);
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
      if (place === Place.later) this.put(ESCAPE_ONES, ESCAPE);
      const difference = next - state.values[channel]!;
      if (difference > -DIFFERENCE_LIMIT && difference < DIFFERENCE_LIMIT) this.putNumber(0, 0, difference);
      else this.putNumber(LENGTH_BITS, ABSOLUTE_LENGTH, next);
    }
    state.follow(channel, next, symbol);
  }

  private putLateness(late: number): void {
    const state = this.state;
    const near = late > -0x10000 && late < 0x10000;
    const symbol = near && zigzag(late) >> state.timeK < ESCAPE_ONES ? zigzag(late) : -1;
    if (symbol >= 0) this.putRice(symbol, state.timeK, false);
    else {
      this.put(ESCAPE_ONES, ESCAPE);
      this.putTime(0, 0, late);
    }
    state.followLateness(late, symbol);
  }

  /** Puts some bits in front and a time: its unit, and a free number of these. */
  private putTime(bits: number, before: number, late: number): void {
    const { intervalSeconds } = this.state;
    if (late % intervalSeconds === 0) this.putNumber(bits + 1, (before << 1) | 1, late / intervalSeconds);
    else this.putNumber(bits + 1, before << 1, late);
  }

  /**
   * Puts some bits in front (0..6) and a free number: length, sign, and the bits below the leading one; its magnitude is
   * below 2^53.
   */
  private putNumber(bits: number, before: number, number: number): void {
    const magnitude = number < 0 ? -number : number;
    const high = magnitude < 0x1_0000_0000 ? 0 : Math.floor(magnitude / 0x1_0000_0000);
    const low = magnitude | 0;
    const length = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
    const start = (before << LENGTH_BITS) | length;
    // Sign, and the bits below the leading one.
    const below = length > 0 ? length - 1 : 0;
    const sign = number < 0 ? 1 : 0;
    if (length === 0) this.put(bits + LENGTH_BITS, start);
    else if (bits + LENGTH_BITS + length <= PUT_BITS) {
      this.put(bits + LENGTH_BITS + length, (start << length) | (sign << below) | (low ^ (1 << below)));
    } else {
      this.put(bits + LENGTH_BITS, start);
      this.putMagnitude(sign, below, high, low);
    }
  }

  private putMagnitude(sign: number, bits: number, high: number, low: number): void {
    this.put(1, sign);
    for (let below = bits; below > 0; ) {
      const piece = below < PUT_BITS ? below : PUT_BITS;
      below -= piece;
      const from =
        below >= 32 ? high >>> (below - 32) : below > 0 ? (low >>> below) | (high << (32 - below)) : low;
      this.put(piece, from & ((1 << piece) - 1));
    }
  }

  /** A Rice code. The unary part of a reading's first one never fills the partial byte with ones, for that means END. */
  private putRice(symbol: number, k: number, first: boolean): void {
    const ones = symbol >> k;
    const rest = symbol & ((1 << k) - 1);
    let bits = ones + 1;
    let unary = (2 << ones) - 2;
    const free = first ? 7 - (this.state.pending & 7) : ESCAPE_ONES;
    if (ones >= free) {
      unary = (4 << ones) - 2 - (2 << (ones - free));
      bits += 1;
    }
    if (bits + k <= PUT_BITS) this.put(bits + k, (unary << k) | rest);
    else {
      this.put(bits, unary);
      if (k > PUT_BITS) this.put(k - PUT_BITS, rest >>> PUT_BITS);
      this.put(k > PUT_BITS ? PUT_BITS : k, rest & 0xffff);
    }
  }

  /** The escape at the start of a reading, closed once where it fills the partial byte. */
  private putFirstEscape(): void {
    const behind = ESCAPE_ONES - 7 + (this.state.pending & 7);
    this.put(ESCAPE_ONES + 1, ((ESCAPE >> behind) << (behind + 1)) | ((1 << behind) - 1));
  }

  /** Appends so many bits, at most `PUT_BITS`. */
  private put(bits: number, number: number): void {
    const state = this.state;
    const pending = state.pending + bits;
    const tail = state.tail | (number << (32 - pending));
    if (pending < 16) {
      state.pending = pending;
      state.tail = tail;
      return;
    }
    const word = tail >>> 16;
    const at = SCRATCH_WORDS - 1 - (state.words - this.firstWord);
    assert(at > 0, 'one reading fits the scratch');
    this.scratch[at] = word;
    state.sum = (state.sum * 3 + word) % MODULUS;
    state.tail = tail << 16;
    state.pending = pending - 16;
    state.words += 1;
  }
}

/** Where a value stands: at the start of its reading, behind operations, or behind an earlier channel. */
const Place = Object.freeze({ first: 0, afterOperations: 1, later: 2 } as const);
type Place = (typeof Place)[keyof typeof Place];
