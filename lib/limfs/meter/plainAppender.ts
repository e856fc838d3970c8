import type { Medium } from '../medium/medium.js';
import { adaptK, DIFFERENCE_LIMIT, ESCAPE_ONES, MEAN_HIGH, MEAN_LOW } from './code.js';
import type { PageWriter } from './pageWriter.js';
import { SEAL_BYTES } from './pageWriter.js';
import type { Reading } from './reading.js';

export interface PlainAppender {
  /** Appends a reading of a page state that lives here or in the writer; false when the page has no room. */
  append(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): boolean;
  /** Brings the writer's page state up to date, and keeps it there until the next plain reading. */
  release(): void;
  /** Stores the newest reading's time, status, validity and values. */
  newest(into: Reading): void;
  /** Checksum of the open page so far. */
  check(): number;
  /** Stream bits of the open page: tells a reader of that page whether it has grown. */
  streamBits(): number;
}

/**
 * The short way for a plain reading: one channel, the expected time, the usual status, a difference that fits the Rice
 * code. Its state lives in closure variables, because on XS one costs 60 to 80 instructions to read or write against
 * 141 to 405 of a field; that is a third of an append. Anything else goes through the `PageWriter`.
 */
export function createPlainAppender(medium: Medium, writer: PageWriter, pageBytes: number): PlainAppender {
  const scratch = new Uint8Array(4);
  const scratchWord = new Int32Array(scratch.buffer);
  const capacityBits = (pageBytes - SEAL_BYTES) * 8;
  /** Whether the state lives here. */
  let here = false;
  let top = 0;
  let words = 0;
  let pending = 0;
  let tail = 0;
  let sum = 0;
  let count = 0;
  let time = 0;
  let interval = 0;
  let usualStatus = 0;
  let value = 0;
  let difference = 0;
  let average = 0;
  let k = 0;
  let mean = 0;

  function take(): void {
    const state = writer.state;
    here = true;
    top = writer.topAddress;
    words = state.words;
    pending = state.pending;
    tail = state.tail;
    sum = state.sum;
    count = state.count;
    time = state.timeSeconds;
    interval = state.intervalSeconds;
    usualStatus = state.status;
    value = state.values[0]!;
    difference = state.differences[0]!;
    average = state.averages[0]!;
    k = state.ks[0]!;
    mean = state.means[0]!;
  }

  function release(): void {
    if (!here) return;
    const state = writer.state;
    here = false;
    state.words = words;
    state.pending = pending;
    state.tail = tail;
    state.sum = sum;
    state.count = count;
    state.timeSeconds = time;
    state.values[0] = value;
    state.differences[0] = difference;
    state.averages[0] = average;
    state.ks[0] = k;
    state.means[0] = mean;
    state.lastStatus = usualStatus;
    state.lastValid = true;
  }

  function append(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): boolean {
    const next = values[0]!;
    const change = next - value;
    if (
      here &&
      valid &&
      timeSeconds - time === interval &&
      status === usualStatus &&
      (change | 0) === change &&
      change < DIFFERENCE_LIMIT &&
      change > -DIFFERENCE_LIMIT
    ) {
      const excess = change - ((difference + average) >> 1);
      const symbol = (excess << 1) ^ (excess >> 31);
      const quotient = symbol >> k;
      const free = 7 - (pending & 7);
      let code = (2 << quotient) - 2;
      let total = pending + quotient + 1 + k;
      if (quotient >= free) {
        // Ones up to the end of the partial byte would read as END: close the unary there and go on behind it.
        code = (((2 << free) - 2) << (quotient - free + 1)) | ((2 << (quotient - free)) - 2);
        total += 1;
      }
      if (quotient < ESCAPE_ONES && total < 32) {
        if ((words << 4) + total >= capacityBits) {
          release();
          return false;
        }
        const bits = tail | (((code << k) | (symbol & ((1 << k) - 1))) << (32 - total));
        const bytes = (total >> 3) + 1;
        scratchWord[0] = bits | (0xffffffff >>> total);
        medium.write(top - (words << 1) - bytes, scratch, 4 - bytes, bytes - (pending >> 3));
        if (total < 16) {
          tail = bits;
          pending = total;
        } else {
          const folded = sum * 3 + (bits >>> 16);
          sum = (folded & 0xffff) - (folded >> 16);
          if (sum < 0) sum += 0x10001;
          tail = bits << 16;
          pending = total - 16;
          words += 1;
        }
        value = next;
        difference = change;
        average += (change - average) >> 4;
        mean += symbol - (mean >> 4);
        if (mean > MEAN_HIGH << k || mean < MEAN_LOW << k) k = adaptK(k, mean);
        time = timeSeconds;
        count += 1;
        return true;
      }
    }
    release();
    if (!writer.append(timeSeconds, values, status, valid)) return false;
    if (writer.state.isSettled() && staysInRange()) take();
    return true;
  }

  /** Whether no plain reading of this page can leave the ranges that the writer checks: a page has one a bit at most. */
  function staysInRange(): boolean {
    const { timeSeconds, intervalSeconds, values } = writer.state;
    const farthest = Math.abs(values[0]!) + capacityBits * DIFFERENCE_LIMIT;
    return timeSeconds + capacityBits * intervalSeconds <= 0xffff_ffff && farthest <= Number.MAX_SAFE_INTEGER;
  }

  function newest(into: Reading): void {
    if (here) {
      into.timeSeconds = time;
      into.status = usualStatus;
      into.valid = true;
      into.values[0] = value;
      return;
    }
    const state = writer.state;
    into.timeSeconds = state.timeSeconds;
    into.status = state.lastStatus;
    into.valid = state.lastValid;
    for (let channel = 0; channel < state.channels; channel += 1)
      into.values[channel] = state.values[channel]!;
  }

  function streamBits(): number {
    return here ? words * 16 + pending : writer.state.words * 16 + writer.state.pending;
  }

  function check(): number {
    release();
    return writer.state.check();
  }

  return { append, release, newest, check, streamBits };
}
