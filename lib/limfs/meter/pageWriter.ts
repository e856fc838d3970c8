import { MODULUS, stored } from '../checksum.js';
import { assert } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { SHORT_BYTES, ShortBuffer } from '../medium/shortBuffer.js';
import { COMMON_INTERVALS } from './code.js';
import { PageComposer, SCRATCH_WORDS } from './pageComposer.js';
import type { PageState } from './pageState.js';

/** Bytes at the foot of a page: checksum and length in bytes, written when the page is sealed. */
export const SEAL_BYTES = 4;
/** Smallest page that takes the longest head with its first reading. */
export function minimumPageBytes(channels: number): number {
  return 24 + 12 * channels;
}

/**
 * Packs any reading into the open page and writes it in one ascending transfer whose last byte, the one that held the
 * END mark, commits it. A plain reading takes the short way of `plainAppender.ts` instead.
 */
export class PageWriter extends PageComposer {
  private readonly medium: Medium;
  readonly short: ShortBuffer;
  /** Address just above the open page, where its stream starts. */
  topAddress = 0;
  /** Bits that the stream of a page may have. */
  capacityBits: number;
  /** Code of the interval of the last page. */
  private common = 0;
  private readonly pageBytes: number;
  private readonly scratchBytes: Uint8Array;

  constructor(medium: Medium, pageBytes: number, state: PageState, short = new ShortBuffer()) {
    super(state);
    this.medium = medium;
    this.short = short;
    this.pageBytes = pageBytes;
    this.capacityBits = (pageBytes - SEAL_BYTES) * 8;
    this.scratchBytes = new Uint8Array(this.scratch.buffer);
  }

  /** Leaves the stream so many bytes, instead of all of the page above its foot. */
  limit(streamBytes: number): void {
    this.capacityBits = streamBytes * 8;
  }

  /**
   * Packs and writes one reading, which `checkReading` has passed; false, with nothing written and the page as it was,
   * when it does not fit or comes from a clock that went back.
   */
  append(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): boolean {
    const state = this.state;
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

  /** Writes the byte that ends the stream again, over one that was torn. */
  writeEnd(): void {
    this.firstWord = this.state.words;
    this.write(this.state.pending >> 3);
  }

  /** Writes the foot of the finished page: its checksum and its length. */
  seal(): void {
    const { state, short } = this;
    const { pending } = state;
    // Of the last word only the bytes that were written count: behind them lie leftovers of the lap before.
    const written = pending < 8 ? 0xff00 : 0xffff;
    const last = ((state.tail | (0xffffffff >>> pending)) >>> 16) & written;
    const check = stored((state.sum * 3 + last) % MODULUS);
    short.words[0] = check | ((state.words * 2 + (pending >> 3) + 1) << 16);
    this.medium.write(this.topAddress - this.pageBytes, short.bytes, 0, SEAL_BYTES);
  }

  /** Writes what was composed since `firstWord`, from the byte that held END on, followed by the new END. */
  private write(finishedBytes: number): void {
    const { state, scratch, medium } = this;
    const composed = state.words - this.firstWord;
    const total = 2 * composed + (state.pending >> 3) + 1;
    const address = this.topAddress - 2 * this.firstWord - total;
    const length = total - finishedBytes;
    scratch[SCRATCH_WORDS - 1 - composed] = (state.tail | (0xffffffff >>> state.pending)) >>> 16;
    if (length > SHORT_BYTES) {
      medium.write(address, this.scratchBytes, 2 * SCRATCH_WORDS - total, length);
      return;
    }
    // The driver takes whole words of the short buffer: half of what bytes inside of another one cost.
    const { bytes, words } = this.short;
    let at = SCRATCH_WORDS - ((total + 1) >> 1);
    for (let word = 0; 4 * word < length; word += 1) {
      const low = scratch[at]! | (scratch[at + 1]! << 16);
      words[word] = (total & 1) === 0 ? low : (low >>> 8) | (scratch[at + 2]! << 24);
      at += 2;
    }
    medium.write(address, bytes, 0, length);
  }

  /**
   * Writes the head of nearly every page, with its first reading, out of two words: one channel, a common interval, no
   * status, no time mode, a value of 1 to 31 bits. Field by field, as below, it costs XS 80,000 instructions more.
   */
  private writeUsualHead(): boolean {
    const { state, short, topAddress } = this;
    const value = state.values[0]!;
    if (COMMON_INTERVALS[this.common] !== state.intervalSeconds) {
      this.common = COMMON_INTERVALS.indexOf(state.intervalSeconds);
    }
    const { common } = this;
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
    let sum = state.sum * 3 + (first >>> 16);
    if (bits >= 32) sum = sum * 3 + (first & 0xffff);
    if (bits >= 48) sum = sum * 3 + (second >>> 16);
    state.sum = sum % MODULUS;
    state.words = bits >> 4;
    state.pending = bits & 15;
    const open = bits < 32 ? first << 16 : bits < 48 ? second : second << 16;
    state.tail = state.pending === 0 ? 0 : open & (-1 << (32 - state.pending));
    this.medium.write(topAddress - length, short.bytes, 0, length);
    return true;
  }
}
