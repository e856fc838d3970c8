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
import { Status } from './reading.js';

/** Free numbers are taken in pieces of at most so many bits. */
const PIECE_BITS = 25;
/** Bits of a page's first 32 that are not 0 in an unusual head: channels, status, time mode, sign of the value. */
const UNUSUAL_HEAD = 0x0e18_0080;
const LATEST_SECONDS = 0xffff_ffff;

/**
 * The stream of a page in a buffer, field by field (FORMAT.md, "Page stream"): its head, and any reading. Readings that
 * are one Rice code and nothing else are unpacked in one go instead, by `unpackPlain.ts`.
 *
 * The stream grows downwards in addresses, so its next 32 bits lie in two words of little-endian memory.
 */
export class PageFields {
  // XS looks for a property from the first on: those that a search uses come first.

  state = new PageState();
  /** The stream ended: every reading of the page has been unpacked. */
  ended = false;
  /** The stream makes no sense from here on. */
  damaged = false;
  /** Stream bits that are behind. */
  protected bit = 0;
  /** The buffer by words of 32 bits; the stream begins below the `longsAbove`-th. */
  protected readonly longs: Int32Array;
  private readonly longsAbove: number;
  /** The bits of all statuses since the page was started; a hole has null data. */
  statuses = 0;
  protected firstIsSimple = false;
  protected readonly capacityBits: number;
  /** The page's buffer: its foot lies behind a margin that lets words be loaded, the stream ends at `top`. */
  protected readonly bytes: Uint8Array;
  protected readonly margin: number;
  protected readonly top: number;

  constructor(pageBytes: number) {
    this.capacityBits = (pageBytes - SEAL_BYTES) * 8;
    this.margin = 4 + (pageBytes & 2);
    this.top = this.margin + pageBytes;
    this.bytes = new Uint8Array(this.top);
    this.longs = new Int32Array(this.bytes.buffer);
    this.longsAbove = this.top >> 2;
  }

  /**
   * The head of nearly every page, out of its first 64 bits: one channel, a common interval, no status, no time mode, a
   * value of 1 to 31 bits. Field by field, as below, it costs XS 16,000 instructions more.
   */
  protected takeUsualHead(): boolean {
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

  protected takeHead(): void {
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

  /** Whether END stands here, and no reading. */
  protected atEnd(): boolean {
    if (this.bit >= this.capacityBits) {
      this.damaged = true;
      return true;
    }
    this.ended = Math.clz32(~this.window()) > 7 - (this.bit & 7);
    return this.ended;
  }

  /** Unpacks any reading; the stream is known not to end here. */
  protected takeReading(): void {
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
    const at = this.longsAbove - 1 - (bit >> 5);
    const used = bit & 31;
    const window = (this.longs[at]! << used) | ((this.longs[at - 1]! >>> 1) >>> (31 - used));
    return (window >>> 1) >>> (31 - bits);
  }

  /** The next 32 bits of the stream. */
  private window(): number {
    const at = this.longsAbove - 1 - (this.bit >> 5);
    const used = this.bit & 31;
    // Two shifts to the right, because one by 32 would do nothing.
    return (this.longs[at]! << used) | ((this.longs[at - 1]! >>> 1) >>> (31 - used));
  }

  private skip(bits: number): void {
    const bit = this.bit + bits;
    if (bit <= this.capacityBits) this.bit = bit;
    else this.damaged = true;
  }
}
