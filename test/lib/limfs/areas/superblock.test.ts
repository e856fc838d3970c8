import { assert } from 'chai';
import { SUPERBLOCK_ADDRESSES, SUPERBLOCK_BYTES } from '../../../../lib/limfs/areas/layout.js';
import { identify, Role, storeSeed, writeSuperblock } from '../../../../lib/limfs/areas/superblock.js';
import { mountMeterStore } from '../../../../lib/limfs/index.js';
import { PowerCut } from '../../../../simulator/chips/powerCut.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { appendRegular, codesOf, format, formattedMedium, readAll } from '../meter/stores.js';

/** A medium whose power fails when so many bytes have been written. */
class FailingMedium extends RamMedium {
  left = Number.POSITIVE_INFINITY;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    const count = Math.min(length, this.left);
    super.write(address, from, offset, count);
    this.left -= count;
    if (count < length) throw new PowerCut('power lost');
  }
}

function kindOf(image: Uint8Array): string {
  return identify(new RamMedium(image)).kind;
}

/** Shows what each cut of a format() over `image` leaves, one after the other, and last the finished one. */
function cutFormats(image: Uint8Array, look: (left: Uint8Array, bytes: number) => void): void {
  for (let bytes = 0; ; bytes += 1) {
    const medium = new FailingMedium(image.slice());
    medium.left = bytes;
    let done = true;
    try {
      format(medium, { storeId: [7, 8] });
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      done = false;
    }
    look(medium.image, bytes);
    if (done) return;
  }
}

const SIZE_BYTES = 1032 + 4 * 76;

describe('format(), cut off at any byte', () => {
  for (const filling of [0x00, 0xff, 0x5a]) {
    it(`leaves a medium of ${filling} blank, foreign, formatting or ours`, () => {
      const kinds: string[] = [];
      cutFormats(new Uint8Array(SIZE_BYTES).fill(filling), (image, bytes) => {
        const kind = kindOf(image);
        assert.oneOf(kind, ['blank', 'foreign', 'formatting', 'ours'], `after ${bytes} bytes`);
        kinds.push(kind);
        format(new RamMedium(image));
        assert.equal(kindOf(image), 'ours', 'an operator can format again');
      });
      assert.equal(kinds.at(-1), 'ours');
      // Not ours before everything else is done: only the second copy may be missing.
      assert.isAtLeast(kinds.indexOf('ours'), kinds.length - 1 - SUPERBLOCK_BYTES);
    });
  }

  it('leaves the old store whole or none of it', () => {
    const old = formattedMedium({ pages: 4 });
    appendRegular(mountMeterStore(old), 0, 100);
    const before = JSON.stringify(readAll(mountMeterStore(old)));
    const seen = new Set<string>();
    cutFormats(old.image, (image) => {
      const identity = identify(new RamMedium(image));
      const name =
        identity.kind !== 'ours' ? identity.kind : identity.superblock.storeId[0] === 7 ? 'new' : 'old';
      seen.add(name);
      assert.oneOf(name, ['old', 'formatting', 'new']);
      if (name === 'formatting') return;
      const store = mountMeterStore(new RamMedium(image));
      if (name === 'old') assert.equal(JSON.stringify(readAll(store)), before);
      else assert.equal(store.count, 0);
    });
    assert.sameMembers([...seen], ['old', 'formatting', 'new']);
  });
});

describe('A superblock', () => {
  it('is used from its second copy when any bit of the first is wrong, and says so', () => {
    const medium = formattedMedium();
    for (let bit = 0; bit < 8 * SUPERBLOCK_BYTES; bit += 1) {
      medium.image[bit >> 3]! ^= 1 << (bit & 7);
      const store = mountMeterStore(medium);
      assert.deepEqual(store.storeId, [1, 2]);
      assert.deepEqual(codesOf(store), ['superblock-copy-damaged']);
      medium.image[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  it('is damaged when both copies are, and foreign when not even the name is there', () => {
    const medium = formattedMedium();
    for (const address of SUPERBLOCK_ADDRESSES) medium.image[address + 9]! ^= 1;
    assert.equal(identify(medium).kind, 'damaged');
    for (const address of SUPERBLOCK_ADDRESSES) medium.image[address + 3]! ^= 1;
    assert.equal(identify(medium).kind, 'foreign');
  });

  it('keeps every field', () => {
    const medium = new RamMedium(64);
    const geometry = { pageBytes: 4096, pages: 65_535, tableAddress: 1032, dataAddress: 0 };
    const superblock = {
      role: Role.meter,
      storeId: [0xffff_fffe, 0x8000_0001],
      geometry,
      firstSequence: 0xffff_ffff,
    } as const;
    writeSuperblock(medium, superblock);
    const identity = identify(medium);
    assert.equal(identity.kind, 'ours');
    if (identity.kind !== 'ours') return;
    assert.deepEqual(identity.superblock.storeId, superblock.storeId);
    assert.equal(identity.superblock.firstSequence, 0xffff_ffff);
    assert.equal(identity.superblock.geometry.pageBytes, 4096);
    assert.equal(identity.superblock.geometry.pages, 65_535);
    assert.equal(identity.damagedCopies, 0);
  });

  it('is looked for on media that are too small, and not found', () => {
    for (const sizeBytes of [1, 27, 28, 55]) {
      assert.oneOf(
        identify(new RamMedium(Uint8Array.from({ length: sizeBytes }, (_, index) => index))).kind,
        ['foreign'],
      );
    }
  });

  it('gives each store a seed of its own', () => {
    const seeds = new Set<number>();
    for (let id = 0; id < 500; id += 1) seeds.add(storeSeed([id, 0])).add(storeSeed([0, 100_000 + id * 3]));
    assert.isAbove(seeds.size, 900);
  });
});
