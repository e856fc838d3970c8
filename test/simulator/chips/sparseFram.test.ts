import { assert } from 'chai';
import { PowerCut } from '../../../simulator/chips/powerCut.js';
import { SparseFram } from '../../../simulator/chips/sparseFram.js';
import { describeMediumContract } from '../../lib/limfs/medium/mediumContract.js';

const sizeBytes = 8192;

describeMediumContract('SparseFram', () => ({ medium: new SparseFram(sizeBytes), edges: [1024, 4096] }));

describe('SparseFram', () => {
  const text = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  it('keeps a prefix of the write in which the power fails, across the edges of its blocks', () => {
    for (let bytes = 0; bytes < text.length; bytes++) {
      const chip = new SparseFram(sizeBytes);
      chip.powerCutAfterBytes(bytes);
      assert.throws(() => chip.write(1020, text, 0, text.length), PowerCut);
      assert.throws(() => chip.read(0, new Uint8Array(1), 0, 1), PowerCut);
      chip.powerOn();
      const stored = new Uint8Array(text.length);
      chip.read(1020, stored, 0, stored.length);
      assert.deepEqual(
        [...stored],
        [...text].map((byte, index) => (index < bytes ? byte : 0)),
      );
    }
  });

  it('counts down over reads and writes', () => {
    const chip = new SparseFram(sizeBytes);
    chip.powerCutAfterBytes(10);
    chip.write(0, text, 0, 8);
    assert.throws(() => chip.read(0, new Uint8Array(8), 0, 8), PowerCut);
  });

  it('takes memory only where it was written, and gives and takes whole images', () => {
    const chip = new SparseFram(sizeBytes);
    chip.write(5000, text, 0, 8);
    assert.equal(chip.usedBytes, 1024);
    const image = chip.image();
    assert.deepEqual([...image.subarray(4999, 5009)], [0, ...text, 0]);
    const copy = new SparseFram(sizeBytes);
    copy.write(0, text, 0, 8);
    copy.restore(image);
    assert.deepEqual(copy.image(), image);
    assert.equal(copy.usedBytes, 1024);
  });

  it('reckons the time on the bus as the data sheet has it', () => {
    const chip = new SparseFram(sizeBytes);
    chip.write(0, text, 0, 8);
    assert.equal(chip.busMicroseconds, 29 + 9 * 8);
    chip.read(0, new Uint8Array(20), 0, 20);
    assert.equal(chip.busMicroseconds, 29 + 9 * 8 + 39 + 9 * 20);
  });
});
