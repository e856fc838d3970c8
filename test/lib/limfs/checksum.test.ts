import { assert } from 'chai';
import { foldDown, foldWord, seed, stored } from '../../../lib/limfs/checksum.js';
import { createRandom } from '../../../simulator/random/random.js';

/** Words of the largest page of which every error of two bits is gone through: 256 bytes. */
const WORDS = 128;
const MODULUS = 65_537;

/** The sum as it is defined, with the reduction by division. */
function definedSum(start: number, words: Uint16Array): number {
  let sum = start;
  for (let index = words.length; index-- > 0; ) sum = (sum * 3 + words[index]!) % MODULUS;
  return sum;
}

/** What flipping one bit from 0 to 1 adds to the sum of a page, by word and bit; from 1 to 0 subtracts the same. */
function weights(): number[] {
  const all: number[] = [];
  let power = 1;
  for (let word = 0; word < WORDS; word += 1) {
    for (let bit = 0; bit < 16; bit += 1) all.push((power * 2 ** bit) % MODULUS);
    power = (power * 3) % MODULUS;
  }
  return all;
}

function wordsOf(random: ReturnType<typeof createRandom>, count: number): Uint16Array {
  return Uint16Array.from({ length: count }, () => random.below(0x1_0000));
}

describe('The checksum', () => {
  it('is the polynomial that it is defined as, for any length and start', () => {
    const random = createRandom(1, 'checksum');
    for (let length = 0; length <= 40; length += 1) {
      for (const start of [0, 1, 65_535, 65_536, random.below(MODULUS)]) {
        const words = wordsOf(random, length);
        assert.equal(
          foldDown(start, words, length, 0),
          definedSum(start, words),
          `${length} words from ${start}`,
        );
      }
    }
  });

  it('is the same whether words are folded at once, in pieces or one by one', () => {
    const random = createRandom(2, 'checksum');
    const words = wordsOf(random, 97);
    const whole = foldDown(77, words, 97, 0);
    for (let cut = 0; cut <= 97; cut += 1) {
      assert.equal(foldDown(foldDown(77, words, 97, cut), words, cut, 0), whole);
    }
    let single = 77;
    for (let index = 97; index-- > 0; ) single = foldWord(single, words[index]!);
    assert.equal(single, whole);
  });

  it('stays within 0 to 65,536 at the extremes', () => {
    const words = new Uint16Array(64).fill(0xffff);
    for (const start of [0, 65_535, 65_536]) {
      assert.equal(foldDown(start, words, 64, 0), definedSum(start, words));
    }
  });

  it('changes with every error of one bit in 256 bytes', () => {
    for (const weight of weights()) assert.notEqual(weight, 0);
  });

  it('changes with every error of two bits in 256 bytes', () => {
    // Two bits change the sum by the sum or the difference of their weights: neither may be nothing. A sum of 65,536
    // and one of 0 are stored alike; that takes a change by 1 from exactly one of these two sums, in no fixed place.
    const all = weights();
    const seen = new Uint8Array(MODULUS);
    for (const weight of all) {
      assert.equal(seen[weight], 0, 'two bits of the same weight');
      assert.equal(seen[MODULUS - weight], 0, 'two bits of opposite weight');
      seen[weight] = 1;
    }
  });

  it('finds flipped bits in real pages, but for the one blind pair of sums', () => {
    const random = createRandom(3, 'checksum');
    let blind = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const words = wordsOf(random, 4 + random.below(WORDS - 4));
      const before = foldDown(1, words, words.length, 0);
      const first = random.below(words.length * 16);
      const second = random.below(words.length * 16);
      words[first >> 4]! ^= 1 << (first & 15);
      if (second !== first) words[second >> 4]! ^= 1 << (second & 15);
      const after = foldDown(1, words, words.length, 0);
      assert.notEqual(after, before);
      if (stored(after) === stored(before)) blind += 1;
    }
    assert.isAtMost(blind, 2);
  });

  it('differs by its seed: another store, place, lap or time', () => {
    const words = Uint16Array.from([1, 2, 3, 4]);
    for (const unit of [1, 0x1_0000]) {
      const sums = new Set<number>();
      for (let value = 0; value < 1000; value += 1) sums.add(foldDown(seed(1, value * unit), words, 4, 0));
      assert.equal(sums.size, 1000);
    }
  });
});
