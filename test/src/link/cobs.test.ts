import { assert } from 'chai';
import { stuff, stuffedBytes, unstuff } from '../../../src/link/cobs.js';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function stuffed(plain: readonly number[]): number[] {
  const into = new Uint8Array(stuffedBytes(plain.length) + 1);
  const end = stuff(Uint8Array.from(plain), plain.length, into, 1);
  return [...into.slice(1, end)];
}

describe('COBS', () => {
  // The examples of the Wikipedia article, which follow the paper's.
  const examples: readonly (readonly [plain: readonly number[], stuffed: readonly number[]])[] = [
    [[0], [1, 1]],
    [
      [0, 0],
      [1, 1, 1],
    ],
    [
      [0, 0x11, 0],
      [1, 2, 0x11, 1],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1],
    ],
    [range(1, 254), [255, ...range(1, 254)]],
    [
      [0, ...range(1, 254)],
      [1, 255, ...range(1, 254)],
    ],
    [range(1, 255), [255, ...range(1, 254), 2, 255]],
    [
      [...range(2, 255), 0],
      [255, ...range(2, 255), 1, 1],
    ],
    [
      [...range(3, 255), 0, 1],
      [254, ...range(3, 255), 2, 1],
    ],
  ];

  examples.forEach(([plain, wanted], index) => {
    it(`stuffs and unstuffs example ${index + 1}`, () => {
      assert.deepEqual(stuffed(plain), wanted);
      assert.isAtMost(wanted.length, stuffedBytes(plain.length));
      const bytes = Uint8Array.from(wanted);
      assert.deepEqual([...bytes.slice(0, unstuff(bytes, bytes.length))], plain);
    });
  });

  it('refuses a zero and a run beyond the end', () => {
    for (const wrong of [[0], [3, 1, 0], [3, 1], [1, 0, 1], [255, 1]]) {
      assert.equal(unstuff(Uint8Array.from(wrong), wrong.length), -1, `${wrong}`);
    }
  });
});
