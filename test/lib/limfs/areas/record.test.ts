import { assert } from 'chai';
import { RecordPair } from '../../../../lib/limfs/areas/record.js';
import { foldDown } from '../../../../lib/limfs/checksum.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const COPY_BYTES = 14;
const ADDRESS = 6;

function pairOn(medium: RamMedium): RecordPair {
  return new RecordPair(medium, ADDRESS, COPY_BYTES, 4711, foldDown);
}

function payload(content: number): Uint8Array {
  return new Uint8Array(COPY_BYTES - 4).fill(content);
}

/** The content of the newest record, or -1; the pair is made anew, as after a reset. */
function contentOf(medium: RamMedium): number {
  const pair = pairOn(medium);
  if (!pair.load()) return -1;
  const bytes = pair.buffer.slice(pair.payloadOffset, pair.payloadOffset + pair.payloadBytes);
  assert.isTrue(bytes.every((byte) => byte === bytes[0]));
  return bytes[0]!;
}

/** The images that a store() of `content` can leave on a medium when it is cut: one for each number of bytes. */
function imagesOf(medium: RamMedium, content: number): Uint8Array[] {
  const before = medium.image.slice();
  pairOn(medium).store(payload(content));
  const after = medium.image.slice();
  const changed: number[] = [];
  for (let at = 0; at < after.length; at += 1) if (after[at] !== before[at]) changed.push(at);
  return [0, ...changed.map((_, index) => index + 1)].map((count) => {
    const image = before.slice();
    for (const at of changed.slice(0, count)) image[at] = after[at]!;
    return image;
  });
}

function mediumWith(records: number): RamMedium {
  const medium = new RamMedium(64);
  pairOn(medium).clear();
  for (let record = 1; record <= records; record += 1) pairOn(medium).store(payload(record & 0x7f));
  return medium;
}

describe('A record in two copies', () => {
  it('is empty after clear()', () => {
    assert.equal(contentOf(mediumWith(0)), -1);
  });

  it('gives back the newest of any number of records, over the wrap of its counter', () => {
    for (let records = 1; records < 600; records += 1)
      assert.equal(contentOf(mediumWith(records)), records & 0x7f);
  });

  it('is the old one or the new one after a cut at any byte, and takes the next', () => {
    for (const records of [0, 1, 2, 3, 254, 255, 256, 257]) {
      const old = records === 0 ? -1 : records & 0x7f;
      const images = imagesOf(mediumWith(records), 0x80);
      images.forEach((image, count) => {
        const expected = count === images.length - 1 ? 0x80 : old;
        const medium = new RamMedium(image);
        assert.equal(contentOf(medium), expected, `${records} records, ${count} bytes`);
        pairOn(medium).store(payload(0x99));
        assert.equal(contentOf(medium), 0x99);
      });
    }
  });

  it('is never lost by two cuts in a row', () => {
    for (const records of [1, 2, 3, 255, 256]) {
      for (const first of imagesOf(mediumWith(records), 0x80)) {
        const before = contentOf(new RamMedium(first.slice()));
        const seconds = imagesOf(new RamMedium(first), 0x90);
        seconds.forEach((second, count) => {
          const expected = count === seconds.length - 1 ? 0x90 : before;
          assert.equal(contentOf(new RamMedium(second)), expected);
        });
      }
    }
  });

  it('is the old one or the new one when a brown-out leaves a byte half-written', () => {
    for (const records of [1, 2, 3, 127, 128, 255, 256]) {
      const images = imagesOf(mediumWith(records), 0x80);
      for (let count = 1; count < images.length; count += 1) {
        const [before, after] = [images[count - 1]!, images[count]!];
        const at = after.findIndex((byte, address) => byte !== before[address]);
        const changing = after[at]! ^ before[at]!;
        for (let changed = (changing - 1) & changing; changed > 0; changed = (changed - 1) & changing) {
          const image = before.slice();
          image[at]! ^= changed;
          assert.equal(
            contentOf(new RamMedium(image)),
            records & 0x7f,
            `byte ${at}: ${changed} of ${changing}`,
          );
        }
      }
    }
  });

  it('says that a copy is damaged and uses the other', () => {
    for (let byte = 0; byte < 2 * COPY_BYTES; byte += 1) {
      for (let bit = 1; bit < 0x100; bit <<= 1) {
        const medium = mediumWith(5);
        medium.image[ADDRESS + byte]! ^= bit;
        const pair = pairOn(medium);
        assert.isTrue(pair.load());
        assert.isTrue(pair.damaged);
        assert.oneOf(contentOf(medium), [4, 5]);
      }
    }
  });

  it('has no record when both copies are damaged, and takes one all the same', () => {
    const medium = mediumWith(5);
    medium.image[ADDRESS + 3]! ^= 1;
    medium.image[ADDRESS + COPY_BYTES + 3]! ^= 1;
    assert.equal(contentOf(medium), -1);
    pairOn(medium).store(payload(9));
    assert.equal(contentOf(medium), 9);
  });

  it('takes no copy of another kind or place for its own', () => {
    const medium = mediumWith(2);
    const other = new RecordPair(medium, ADDRESS, COPY_BYTES, 4712, foldDown);
    assert.isFalse(other.load());
    const moved = mediumWith(1);
    moved.image.copyWithin(ADDRESS + COPY_BYTES, ADDRESS, ADDRESS + COPY_BYTES);
    moved.image.fill(0, ADDRESS, ADDRESS + COPY_BYTES);
    assert.equal(contentOf(moved), -1);
  });

  it('believes in no torn copy whose checksum happens to match', () => {
    // The commit is the mark, not the checksum: of all contents some pair collides, so go through many.
    const medium = mediumWith(2);
    const images = imagesOf(medium, 0x80);
    const torn = images.at(-2)!;
    for (let check = 0; check < 0x1_0000; check += 1) {
      const image = torn.slice();
      image[ADDRESS] = check;
      image[ADDRESS + 1] = check >> 8;
      const pair = pairOn(new RamMedium(image));
      if (!pair.load() || pair.buffer[pair.payloadOffset] !== 2) assert.fail(`checksum ${check}`);
    }
  });
});
