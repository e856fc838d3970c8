import { adaptK, ESCAPE_ONES, MEAN_HIGH, MEAN_LOW } from './code.js';

/** Places in the numbers that an `UnpackPlain` works on. */
export const Run = Object.freeze({
  /** Stream bits that are behind. */
  bit: 0,
  /** Readings that are still wanted. */
  left: 1,
  /** State of the code, as in `PageState`. */
  value: 2,
  difference: 3,
  average: 4,
  k: 5,
  mean: 6,
  /** Time of the newest reading, and seconds to the next. */
  time: 7,
  interval: 8,
  /** Where the next reading goes in `times` and `values`. */
  row: 9,
  /** Bits that the stream may have. */
  capacity: 10,
} as const);

/** Why an `UnpackPlain` came back. */
export const Outcome = Object.freeze({
  /** All that were wanted are unpacked. */
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
 * The port may replace it by a native function of equal results, which takes a hundredth of the time.
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
  const capacity = run[Run.capacity]!;
  const interval = run[Run.interval]!;
  const highest = words.length - 1;
  const lowest = highest - (capacity >> 5);
  const clz32 = Math.clz32;
  let outcome: Outcome = Outcome.all;
  let index = highest - (run[Run.bit]! >> 5);
  let used = run[Run.bit]! & 31;
  let current = words[index]!;
  let following = words[index - 1]!;
  let left = run[Run.left]!;
  let value = run[Run.value]!;
  let difference = run[Run.difference]!;
  let average = run[Run.average]!;
  let mean = run[Run.mean]!;
  let k = run[Run.k]!;
  let high = MEAN_HIGH << k;
  let low = MEAN_LOW << k;
  let time = run[Run.time]!;
  let row = run[Run.row]!;
  // Declared out here: a declaration inside of the loop costs XS 100 instructions a turn.
  let window = 0;
  let quotient = 0;
  let at = 0;
  let more = 0;
  let symbol = 0;
  while (left > 0) {
    if (index <= lowest && ((highest - index) << 5) + used >= capacity) {
      outcome = Outcome.damaged;
      break;
    }
    // Two shifts to the right, here and below, because one by 32 would do nothing.
    window = (current << used) | ((following >>> 1) >>> (31 - used));
    quotient = clz32(~window);
    at = used + quotient + 1;
    window <<= quotient + 1;
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
      at += more + 1;
      window <<= more + 1;
    }
    if (k > LARGEST_K) {
      outcome = Outcome.exceptional;
      break;
    }
    symbol = (quotient << k) | ((window >>> 1) >>> (31 - k));
    used = at + k;
    if (used >= 32) {
      used -= 32;
      index -= 1;
      current = following;
      following = words[index - 1]!;
    }
    difference = ((difference + average) >> 1) + ((symbol >>> 1) ^ -(symbol & 1));
    value += difference;
    average += (difference - average) >> 4;
    mean += symbol - (mean >> 4);
    if (mean > high || mean < low) {
      k = adaptK(k, mean);
      high = MEAN_HIGH << k;
      low = MEAN_LOW << k;
    }
    left -= 1;
    if (times !== null) {
      time += interval;
      times[row] = time;
      values![row] = value;
      row += 1;
    }
  }
  if (times === null) time += interval * (run[Run.left]! - left);
  run[Run.bit] = ((highest - index) << 5) + used;
  run[Run.left] = left;
  run[Run.value] = value;
  run[Run.difference] = difference;
  run[Run.average] = average;
  run[Run.mean] = mean;
  run[Run.k] = k;
  run[Run.time] = time;
  run[Run.row] = row;
  return outcome;
};
