import { assert } from 'chai';
import { foldDown } from '../../../../lib/limfs/checksum.js';
import { Frame, frameBytes } from '../../../../lib/limfs/nor/frame.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';

const SEED_SUM = 77;

function sealed(medium: RamMedium, length: number, random: { below(n: number): number }): Uint8Array {
  const frame = new Frame(medium, length, foldDown);
  for (let index = 0; index < length; index += 1) frame.bytes[index] = random.below(256);
  frame.seal(SEED_SUM);
  return frame.bytes.slice();
}

describe('A frame on NOR flash', () => {
  it('fills whole write units', () => {
    for (const unit of [1, 2, 4, 8, 16, 32]) {
      for (let payload = 1; payload < 200; payload += 1) {
        const bytes = frameBytes(payload, unit);
        assert.equal(bytes % Math.max(2, unit), 0);
        assert.isAtLeast(bytes, payload + (bytes <= 32 ? 3 : 4));
      }
    }
    assert.equal(frameBytes(13, 16), 16, 'a record of one channel fills one unit of 16');
  });

  it('is whole only at its place', () => {
    const medium = new RamMedium(64);
    const bytes = sealed(medium, 20, createRandom(1));
    medium.write(8, bytes, 0, bytes.length);
    const frame = new Frame(medium, 20, foldDown);
    assert.isTrue(frame.load(8, SEED_SUM));
    assert.isFalse(frame.load(8, SEED_SUM + 1));
    assert.isFalse(frame.load(10, SEED_SUM));
  });

  for (const length of [16, 24, 32, 38, 64]) {
    it(`of ${length} bytes never passes when any of its zeros are missing`, () => {
      const medium = new RamMedium(length);
      const random = createRandom(length, 'torn frames');
      const frame = new Frame(medium, length, foldDown);
      for (let round = 0; round < 3000; round += 1) {
        const whole = sealed(medium, length, random);
        const torn = whole.map((byte) => byte | (random.below(3) === 0 ? random.below(256) : 0));
        medium.write(0, torn, 0, length);
        frame.read(0);
        const same = torn.every((byte, index) => byte === whole[index]);
        assert.equal(frame.isComplete(), same, `round ${round}`);
      }
    });

    it(`of ${length} bytes never passes when it was programmed only up to some byte`, () => {
      const medium = new RamMedium(length);
      const whole = sealed(medium, length, createRandom(length, 'prefix'));
      const frame = new Frame(medium, length, foldDown);
      for (let bytes = 0; bytes < length; bytes += 1) {
        medium.image.fill(0xff);
        medium.write(0, whole, 0, bytes);
        assert.isFalse(frame.load(0, SEED_SUM), `${bytes} bytes`);
      }
    });

    it(`of ${length} bytes shows every rotted bit`, () => {
      const medium = new RamMedium(length);
      const whole = sealed(medium, length, createRandom(length, 'rot'));
      const frame = new Frame(medium, length, foldDown);
      for (let bit = 0; bit < length * 8; bit += 1) {
        medium.write(0, whole, 0, length);
        medium.image[bit >> 3]! ^= 1 << (bit & 7);
        assert.isFalse(frame.load(0, SEED_SUM), `bit ${bit}`);
      }
    });
  }
});
