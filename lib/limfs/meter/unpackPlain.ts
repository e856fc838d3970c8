import { adaptK, ESCAPE_ONES, MEAN_HIGH, MEAN_LOW } from './code.js';

// Places in the numbers that an `UnpackPlain` works on.

/** Stream bits that are behind. */
export const RUN_BIT = 0;
/** Readings that are still wanted. */
export const RUN_LEFT = 1;
/** State of the code, as in `PageState`. */
export const RUN_VALUE = 2;
export const RUN_DIFFERENCE = 3;
export const RUN_AVERAGE = 4;
export const RUN_K = 5;
export const RUN_MEAN = 6;
/** Time of the newest reading, and seconds to the next. */
export const RUN_TIME = 7;
export const RUN_INTERVAL = 8;
/** Where the next reading goes in `times` and `values`. */
export const RUN_ROW = 9;
/** Bits that the stream may have. */
export const RUN_CAPACITY = 10;

/** Why an `UnpackPlain` came back: what it found behind the readings that were wanted, or before they were complete. */
export const Outcome = Object.freeze({
  /** All that were wanted are unpacked, and what follows is another plain reading, or nothing that makes sense. */
  all: 0,
  /** The stream ends here. */
  end: 1,
  /** The next reading is exceptional: it must be unpacked in another way. */
  exceptional: 2,
  /** The stream makes no sense. */
  damaged: 3,
} as const);
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/**
 * Unpacks plain readings of one channel (FORMAT.md, "Page stream") from where `run` stands, and moves `run` on. Times
 * and values go into the two arrays, unless these are null. The stream grows from the last word down to the first but one.
 *
 * The port may replace it by a native function of equal results, which takes a fortieth of the time.
 */
export type UnpackPlain = (
  words: Int32Array,
  run: number[],
  times: number[] | null,
  values: number[] | null,
) => Outcome;

/** A code of a larger parameter may be longer than a word: then a plain reading counts as exceptional. */
const LARGEST_K = 15;

/** The hot loop of every search and every reading on: all state in locals, four bytes a load. */
export const unpackPlain: UnpackPlain = (words, run, times, values) => {
  const capacity = run[RUN_CAPACITY]!;
  const interval = run[RUN_INTERVAL]!;
  const firstRow = run[RUN_ROW]!;
  const lastRow = firstRow + run[RUN_LEFT]!;
  const highest = words.length - 1;
  const lowest = highest - (capacity >> 5);
  const clz32 = Math.clz32;
  let outcome: Outcome = Outcome.all;
  let index = highest - (run[RUN_BIT]! >> 5);
  let used = run[RUN_BIT]! & 31;
  let current = words[index]!;
  let following = words[index - 1]!;
  let value = run[RUN_VALUE]!;
  let difference = run[RUN_DIFFERENCE]!;
  let average = run[RUN_AVERAGE]!;
  let mean = run[RUN_MEAN]!;
  let k = run[RUN_K]!;
  let high = MEAN_HIGH << k;
  let low = MEAN_LOW << k;
  let time = run[RUN_TIME]!;
  let row = firstRow;
  /** Where to stop: at once when the parameter is too large. */
  let end = k > LARGEST_K ? row : lastRow;
  // Declared out here: inside of the loop these five would cost XS 180 instructions a turn.
  let window = 0;
  let quotient = 0;
  let length = 0;
  let more = 0;
  let symbol = 0;
  for (;;) {
    if (index <= lowest && ((highest - index) << 5) + used >= capacity) {
      if (row < lastRow) outcome = Outcome.damaged;
      break;
    }
    // Two shifts to the right, here and below, because one by 32 would do nothing.
    window = (current << used) | ((following >>> 1) >>> (31 - used));
    quotient = clz32(~window);
    length = quotient + 1;
    window <<= length;
    more = quotient + (used & 7);
    if (more >= 7) {
      if (more > 7) {
        outcome = Outcome.end;
        break;
      }
      // The unary was closed at the end of its byte, and goes on behind it.
      more = clz32(~window);
      quotient += more;
      if (quotient >= ESCAPE_ONES) {
        outcome = Outcome.exceptional;
        break;
      }
      length += more + 1;
      window <<= more + 1;
    }
    if (row === end) {
      if (k > LARGEST_K) outcome = Outcome.exceptional;
      break;
    }
    symbol = (quotient << k) | ((window >>> 1) >>> (31 - k));
    used += length + k;
    if (used >= 32) {
      used -= 32;
      index -= 1;
      current = following;
      following = words[index - 1]!;
    }
    difference = ((difference + average) >> 1) + (symbol & 1 ? ~(symbol >> 1) : symbol >> 1);
    value += difference;
    average += (difference - average) >> 4;
    mean += symbol - (mean >> 4);
    if (times !== null) {
      time += interval;
      times[row] = time;
      values![row] = value;
    }
    row += 1;
    if (mean > high || mean < low) {
      k = adaptK(k, mean);
      high = MEAN_HIGH << k;
      low = MEAN_LOW << k;
      if (k > LARGEST_K) end = row;
    }
  }
  if (times === null) time += interval * (row - firstRow);
  run[RUN_BIT] = ((highest - index) << 5) + used;
  run[RUN_LEFT] = lastRow - row;
  run[RUN_VALUE] = value;
  run[RUN_DIFFERENCE] = difference;
  run[RUN_AVERAGE] = average;
  run[RUN_MEAN] = mean;
  run[RUN_K] = k;
  run[RUN_TIME] = time;
  run[RUN_ROW] = times === null ? firstRow : row;
  return outcome;
};
