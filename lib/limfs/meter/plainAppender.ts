import { foldWord, MODULUS, stored } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Entry } from '../ring/pageRing.js';
import { adaptK, ESCAPE_ONES, MAXIMUM_K, MEAN_HIGH, MEAN_LOW } from './code.js';
import type { PageWriter } from './pageWriter.js';
import type { Reading } from './reading.js';

/** What is done with readings that are not plain. */
export interface LongWay {
  /** Stores any reading and returns its sequence; `full` when it is known that the open page has no room for it. */
  append(timeSeconds: number, values: ArrayLike<number>, status: number, full: boolean): number;
  /** Stores the newest reading into `into`; false when there is none. */
  newest(into: Reading): boolean;
}

export interface PlainAppender {
  /** Stores a reading and returns its sequence: in the short way if it is plain, else in the long way. */
  append(timeSeconds: number, values: ArrayLike<number>, status?: number): number;
  /** Stores the newest reading into `into`; false when there is none. */
  newest(into: Reading): boolean;
  /** Sequence of the next reading. */
  next(): number;
  /** Brings the writer's state up to date and keeps it there: until `count`, all readings go the long way. */
  release(): void;
  /** A write in the long way begins: as `release`, and until `count` it has failed: `refuseWhenFailed` throws. */
  begin(): void;
  /** A reading went the long way and is durable: counts it, and returns its sequence. */
  count(): number;
  /** Errors: `needs-mount`. */
  refuseWhenFailed(): void;
  /** Checksum of the open page so far. */
  check(): number;
  /** Stream bits of the open page: tells a reader of that page whether it has grown. */
  streamBits(): number;
}

/** Above this the checksum is reduced: 3 * SUM_LIMIT + 65,535 still has 31 bits. */
const SUM_LIMIT = 0x2000_0000;
/** Instead of a time: the writer has the state. */
const RELEASED = -1;
/** Instead of a time: a write has begun and not come back. */
const FAILED = -2;
/** Values of one page stay exact when its readings begin below this, for a plain one moves a difference by 2^24 at most. */
const VALUE_LIMIT = 2 ** 52;

/**
 * The short way for a plain reading: one channel, the expected time, the usual status, a difference that fits the Rice
 * code. Its state lives in closure variables, because on XS one costs 60 to 80 instructions to read or write against
 * 141 to 405 of a field. What cannot change within a page is looked at when the page's state is taken over and never
 * again: no plain reading leaves the ranges of time, sequence or value. Anything else goes the long way.
 *
 * Instead of a try block, which costs 600 instructions, `expected` says during the write that it failed.
 */
export function createPlainAppender(
  medium: Medium,
  writer: PageWriter,
  head: Entry,
  firstSequence: number,
  longWay: LongWay,
): PlainAppender {
  const { bytes: short, words: shortWords } = writer.short;
  let value = 0;
  let difference = 0;
  let average = 0;
  /** Time of the next plain reading, or `RELEASED` or `FAILED`. */
  let expected = RELEASED;
  let usualStatus = 0;
  let k = 0;
  /** Stream bits that are in no finished word yet; their number (0..15); what is free of their last byte less one. */
  let tail = 0;
  let pending = 0;
  let free = 0;
  /** Address of the byte that the stream's next word begins with. */
  let address = 0;
  /** Stream bits from that word on, and how many of them leave it a number of 30 bits. */
  let room = 0;
  let limit = 0;
  /** The checksum so far; it is reduced when the next steps might leave 31 bits. */
  let sum = 0;
  let mean = 0;
  /** Above or below these the Rice parameter moves. */
  let high = 0;
  let low = 0;
  let interval = 0;
  let sequence = firstSequence;
  let sequenceTaken = 0;

  function append(timeSeconds: number, values: ArrayLike<number>, status = 0): number {
    const next = values[0]!;
    const change = next - value;
    const excess = change - ((difference + average) >> 1);
    // The shifts there and back leave integers of 31 bits alone, and nothing else.
    if (timeSeconds !== expected || status !== usualStatus || (excess << 1) >> 1 !== excess) {
      return longWay.append(timeSeconds, values, status, false);
    }
    const symbol = (excess << 1) ^ (excess >> 31);
    const quotient = symbol >> k;
    let unary = (2 << quotient) - 2;
    let bits = quotient + k + 1;
    if (quotient >= free) {
      // Ones up to the end of the partial byte would read as END: close the unary there and go on behind it.
      unary = (4 << quotient) - 2 - (2 << (quotient - free));
      bits += 1;
    }
    const total = pending + bits;
    if (quotient >= ESCAPE_ONES || total >= limit) {
      return longWay.append(timeSeconds, values, status, quotient < ESCAPE_ONES && total >= room);
    }
    // The symbol holds the quotient in front of its k low bits: exchange it for its unary code.
    const stream = (tail << bits) + symbol + ((unary - quotient) << k);
    const last = total >> 3;
    expected = FAILED;
    free = 7 - (total & 7);
    shortWords[0] = ((stream + 1) << (free + 1)) - 1;
    medium.write(address - last, short, 0, last + 1 - (pending >> 3));
    if (total < 16) {
      tail = stream;
      pending = total;
    } else {
      pending = total - 16;
      tail = stream & ((1 << pending) - 1);
      sum = sum * 3 + (stream >> pending);
      if (sum > SUM_LIMIT) sum %= MODULUS;
      address -= 2;
      room -= 16;
      if (room < limit) limit = room;
    }
    value = next;
    difference = change;
    average += (change - average) >> 4;
    mean += symbol - (mean >> 4);
    if (mean > high || mean < low) setK(adaptK(k, mean));
    expected = timeSeconds + interval;
    return sequence++;
  }

  function setK(next: number): void {
    k = next;
    high = k < MAXIMUM_K ? MEAN_HIGH << k : Infinity;
    low = k > 0 ? MEAN_LOW << k : 0;
  }

  function take(): void {
    const { state } = writer;
    if (!state.isSettled()) return;
    const words = state.words;
    const timeSeconds = state.timeSeconds;
    room = writer.capacityBits - words * 16;
    value = state.values[0]!;
    interval = state.intervalSeconds;
    const inRange =
      value < VALUE_LIMIT &&
      value > -VALUE_LIMIT &&
      timeSeconds + room * interval <= 0xffff_ffff &&
      sequence > 0 &&
      sequence + room <= 0xffff_ffff;
    if (!inRange) return;
    limit = room < 31 ? room : 31;
    address = writer.topAddress - 1 - words * 2;
    pending = state.pending;
    tail = pending === 0 ? 0 : state.tail >>> (32 - pending);
    free = 7 - (pending & 7);
    sum = state.sum;
    usualStatus = state.status;
    difference = state.differences[0]!;
    average = state.averages[0]!;
    mean = state.means[0]!;
    setK(state.ks[0]!);
    sequenceTaken = sequence - state.count;
    expected = timeSeconds + interval;
  }

  function release(): void {
    if (expected < 0) return;
    const { state, topAddress } = writer;
    state.words = (topAddress - 1 - address) >> 1;
    state.pending = pending;
    state.tail = pending === 0 ? 0 : tail << (32 - pending);
    state.sum = sum % MODULUS;
    state.count = sequence - sequenceTaken;
    state.timeSeconds = expected - interval;
    state.values[0] = value;
    state.differences[0] = difference;
    state.averages[0] = average;
    state.means[0] = mean;
    state.ks[0] = k;
    expected = RELEASED;
  }

  function begin(): void {
    release();
    expected = FAILED;
  }

  function count(): number {
    const counted = sequence;
    sequence = (counted + 1) >>> 0;
    expected = RELEASED;
    take();
    return counted;
  }

  function newest(into: Reading): boolean {
    if (expected < 0) return longWay.newest(into);
    into.sequence = sequence - 1;
    into.timeSeconds = expected - interval;
    into.status = usualStatus;
    into.valid = true;
    into.values[0] = value;
    into.run = head.run;
    return true;
  }

  function refuseWhenFailed(): void {
    if (expected === FAILED)
      throw new LimfsError('needs-mount', 'an earlier write failed; mount the store again');
  }

  function streamBits(): number {
    const { state } = writer;
    return expected >= 0 ? (writer.topAddress - 1 - address) * 8 + pending : state.words * 16 + state.pending;
  }

  function check(): number {
    return expected >= 0 ? stored(foldWord(sum % MODULUS, tail << (16 - pending))) : writer.state.check();
  }

  return {
    append,
    newest,
    next: () => sequence,
    release,
    begin,
    count,
    refuseWhenFailed,
    check,
    streamBits,
  };
}
