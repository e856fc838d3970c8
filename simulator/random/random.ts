import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A source of random numbers in integer arithmetic: the same on Node and on XS, for ever the same for a seed. */
export interface Random {
  /** An unsigned 32-bit integer. */
  nextUint32(): number;
  /** An integer from 0 to n - 1, each equally likely; 1 <= n <= 2^32. */
  below(n: number): number;
  /** True with the given probability in millionths. */
  chance(millionths: number): boolean;
}

/**
 * The generator of one purpose, for example `createRandom(seed, 'meter 7', 'power cut')`. Each purpose has a
 * generator of its own, so that a fault more or less at one device does not change what the others see.
 */
export function createRandom(seed: number, ...purposes: (string | number)[]): Random {
  return new SeededRandom(stateOf(`${seed >>> 0}/${purposes.join('/')}`));
}

/** A class, because a world has ten thousands of generators: they share their methods. */
class SeededRandom implements Random {
  readonly #generator: RandomGenerator;

  constructor(state: [number, number, number, number]) {
    this.#generator = xoroshiro128plusFromState(state);
  }

  nextUint32(): number {
    return this.#generator.next() >>> 0;
  }

  below(n: number): number {
    return uniformInt(this.#generator, 0, n - 1);
  }

  chance(millionths: number): boolean {
    return uniformInt(this.#generator, 0, 999_999) < millionths;
  }
}

/** Odd multipliers of a multiply-and-shift hash; one a word of the generator's 128-bit state. */
const multipliers = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;

function stateOf(name: string): [number, number, number, number] {
  const [a, b, c, d] = multipliers;
  return [hash(name, a), hash(name, b), hash(name, c), hash(name, d)];
}

function hash(name: string, multiplier: number): number {
  let word = multiplier;
  for (let index = 0; index < name.length; index++) {
    word = Math.imul(word ^ name.charCodeAt(index), multiplier);
    word ^= word >>> 15;
  }
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  return word ^ (word >>> 15);
}
