import type { StoreId } from '../../areas/superblock.js';
import { MODULUS } from '../../checksum.js';

/** 3 times this is 1 modulo 65,537. */
const INVERSE_OF_3 = 21_846;
const INVERSE_OF_9 = (INVERSE_OF_3 * INVERSE_OF_3) % MODULUS;

/*
 * The checksum is linear in its seed: sum = seed * 3^words + fold(words). So each record tells the one seed that makes it
 * check, and records of one store agree about the store's part of it. Chance does so once in 65,537 times.
 */

export function modulo(value: number): number {
  const rest = value % MODULUS;
  return rest < 0 ? rest + MODULUS : rest;
}

/** 1/3^count. */
export function inversePower(count: number): number {
  let result = 1;
  let square = INVERSE_OF_3;
  for (let rest = count; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) result = (result * square) % MODULUS;
    square = (square * square) % MODULUS;
  }
  return result;
}

/** The sums that a stored check may stand for: 0 and 65,536 look the same. */
export function sumsOf(check: number): readonly number[] {
  return check === 0 ? [0, MODULUS - 1] : [check];
}

/** Takes a 32-bit word that was folded in by `seed` out again. */
export function unseed(sum: number, value: number): number {
  return (modulo(sum - (value & 0xffff) * 3 - (value >>> 16)) * INVERSE_OF_9) % MODULUS;
}

/** The seed with which `words[from - 1]` down to `words[to]` fold to `sum`. */
export function seedBefore(sum: number, words: Uint16Array, from: number, to: number): number {
  let rest = 0;
  for (let index = from - 1; index >= to; index -= 1) rest = (rest * 3 + words[index]!) % MODULUS;
  return (modulo(sum - rest) * inversePower(from - to)) % MODULUS;
}

/** Some store id whose seed is `seedSum`: stands in for one that nobody knows any more. */
export function standInId(seedSum: number): StoreId {
  // seed(seed(1, 0), x) = 81 + 3 * low + high; with low 0 only the last of all seeds cannot be reached.
  const high = modulo(seedSum - 81);
  return high < 0x1_0000 ? [0, high * 0x1_0000] : [0, (high - 4) * 0x1_0000 + 1];
}
