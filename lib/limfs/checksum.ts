/**
 * The checksum of everything on the medium: a polynomial over 16-bit words, evaluated at 3 modulo 65,537.
 *
 * Why not a CRC-16: XS interprets every step, and a table CRC takes one table read, two shifts and two xors a byte;
 * this takes one multiplication and one addition for two bytes. It detects what a CRC-16 of such a page detects in
 * practice: every error of one bit, every error of two bits anywhere (2 has order 32 and 3 is a primitive root modulo
 * 65,537, so no two bits of the first 2,048 words have the same weight), every burst inside one word, and any
 * other damage but one in 65,536. The one blind pair is a sum of 0 against 65,536, which share the stored value 0.
 *
 * Order: words are folded from the highest index down, because a meter's page grows downwards in addresses, so an
 * append folds its words as they are finished. Words are little-endian.
 */
export type Fold = (sum: number, words: Uint16Array, from: number, to: number) => number;

export const MODULUS = 0x10001;

/** Folds one 16-bit word into a reduced sum. */
export function foldWord(sum: number, word: number): number {
  return (sum * 3 + word) % MODULUS;
}

/**
 * Folds `words[from - 1]` down to `words[to]` into `sum` (0..65,536) and returns the reduced sum.
 * The port may replace it by a native function of equal results.
 */
export const foldDown: Fold = (sum, words, from, to) => {
  let index = from;
  let total = sum;
  // Eight steps grow a sum of at most 2^16 to less than 2^30, so one division for eight words is enough. They stand in
  // one expression, because XS pays 65 instructions for each assignment.
  while (index - to >= 8) {
    total =
      (((((((total * 3 + words[index - 1]!) * 3 + words[index - 2]!) * 3 + words[index - 3]!) * 3 +
        words[index - 4]!) *
        3 +
        words[index - 5]!) *
        3 +
        words[index - 6]!) *
        3 +
        words[index - 7]!) *
        3 +
      words[index - 8]!;
    total %= MODULUS;
    index -= 8;
  }
  while (index > to) {
    index -= 1;
    total = (total * 3 + words[index]!) % MODULUS;
  }
  return total;
};

/** The 16 bits that are stored for a reduced sum. */
export function stored(sum: number): number {
  return sum & 0xffff;
}

/** Seeds a checksum with 32-bit words that stand for the place: store id, kind, slot, lap, time (rule: leftovers of another store, place or lap never pass). */
export function seed(sum: number, value: number): number {
  return foldWord(foldWord(sum, value & 0xffff), (value >>> 16) & 0xffff);
}
