/**
 * The constants and the arithmetic that packer and unpacker share: the adaptive Rice code of section "Page stream" in
 * FORMAT.md. Both sides must do exactly the same integer steps, so they stand here once; the two hot loops repeat
 * `predict` and `adapt` in place, because a call costs 485 instructions or more on XS.
 */

/** This many ones announce an exception instead of a quotient. */
export const ESCAPE_ONES = 15;
/** Largest Rice parameter. */
export const MAXIMUM_K = 20;
/** An exceptional difference this large or larger is coded absolute and restarts the predictor. */
export const DIFFERENCE_LIMIT = 0x1000_0000;
/** The running mean is kept times 16; above this many times 2^k the parameter grows ... */
export const MEAN_HIGH = 28;
/** ... and below this many times 2^k it shrinks. Found by search on 24 real registers. */
export const MEAN_LOW = 13;
/** Mean at the start of a page, in units of 2^k. */
export const MEAN_START = 20;
/** Length code of a number that is absolute instead of a difference. */
export const ABSOLUTE_LENGTH = 63;
/** Width of the length in front of a free number. */
export const LENGTH_BITS = 6;

/** Operations after an escape, three bits each, in ascending order from `time` on; the first three end the list. */
export const Operation = Object.freeze({
  /** The values follow in their ordinary code. */
  value: 0,
  /** The first channel's value follows as a free number. */
  raw: 1,
  /** No value: a due reading that failed; its status follows (8 bits). */
  hole: 2,
  /** The time differs from the expected one by a free number of seconds or intervals. */
  time: 3,
  /** This reading alone has another status (8 bits). */
  statusOnce: 4,
  /** From this reading on the status is another one (8 bits). */
  statusFrom: 5,
  /** From this reading on every reading carries a time code (on) or none (off). */
  timeMode: 6,
} as const);

/** Predicted difference: between the last difference and its running average, which is 1.5 % better than either. */
export function predict(difference: number, average: number): number {
  return (difference + average) >> 1;
}

export function zigzag(value: number): number {
  return (value << 1) ^ (value >> 31);
}

export function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}

/** The parameter that follows `mean` after a symbol; moves by at most one. */
export function adaptK(k: number, mean: number): number {
  if (mean > MEAN_HIGH << k) return k < MAXIMUM_K ? k + 1 : k;
  return mean < MEAN_LOW << k && k > 0 ? k - 1 : k;
}

/** What an exceptional value adds to the mean: as if it had been the first quotient that does not fit. */
export function exceptionSymbol(k: number): number {
  return 16 << k;
}

/** In a mode where every reading carries its time, this many punctual readings in a row end the mode. */
export const PUNCTUAL_READINGS = 12;

/** Reading intervals with a code of their own in a page head; any other takes 17 bits more. */
export const COMMON_INTERVALS: readonly number[] = Object.freeze([
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200,
]);
export const INTERVAL_BITS = 4;
export const RARE_INTERVAL_BITS = 17;
export const MAXIMUM_INTERVAL_SECONDS = 0x1_ffff;
