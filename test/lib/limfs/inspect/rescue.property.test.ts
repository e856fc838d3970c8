import { assert } from 'chai';
import fc from 'fast-check';
import { SUPERBLOCK_BYTES } from '../../../../lib/limfs/areas/layout.js';
import { BufferMedium } from '../../../../lib/limfs/index.js';
import { readImage } from '../../../../lib/limfs/inspect/inspectImage.js';
import type { Rescue } from '../../../../lib/limfs/inspect/rescue/rescue.js';
import { rescueImage } from '../../../../lib/limfs/inspect/rescue/rescueImage.js';
import {
  concentratorImage,
  managerImage,
  meterImage,
  norImage,
  paperImage,
  type TestImage,
  wrongWith,
} from './images.js';

/** fast-check prints seed and path of a failure, which replay it. */
const SEED = 20_261_121;

const meter = meterImage(900, 8192);
const images: Readonly<Record<Rescue['role'], TestImage>> = {
  meter,
  'NOR meter': norImage(300),
  paper: paperImage(300),
  manager: managerImage(80),
  concentrator: concentratorImage(60),
};
const roles = Object.keys(images) as Rescue['role'][];

function without({ image }: TestImage, bytes: number): Uint8Array {
  const copy = image.slice();
  copy.fill(0xa7, 0, bytes);
  return copy;
}

/** Sequences by meter: a reading that stands in several windows counts once. */
function distinct(readings: Iterable<{ storeId: readonly number[]; sequence: number }>): number {
  return new Set([...readings].map(({ storeId, sequence }) => `${storeId.join()} ${sequence}`)).size;
}

function assertTrue(rescue: Rescue, test: TestImage): void {
  for (const reading of rescue.proven) assert.equal(wrongWith(reading, test), '');
}

describe('rescueImage', () => {
  it('needs no superblock: everything that has a checksum is given, reading for reading', () => {
    for (const role of roles) {
      const test = images[role];
      // On NOR flash both sectors of small records go.
      const image = without(test, role === 'NOR meter' ? 2048 : 2 * SUPERBLOCK_BYTES);
      const rescue = rescueImage(image)!;
      assert.equal(rescue.role, role);
      assertTrue(rescue, test);
      const stored = distinct(readImage(new BufferMedium(test.image)));
      assert.equal(distinct(rescue.proven) + rescue.unproven.length, stored, role);
      assert.isNull(rescue.storeId, role);
    }
  });

  it('finds the store id where a superblock has kept it, and the names of the channels', () => {
    const image = meter.image.slice();
    image[3]! ^= 0xff;
    image[SUPERBLOCK_BYTES]! ^= 0xff;
    const rescue = rescueImage(image)!;
    assert.deepEqual([...rescue.storeId!], [0xcafe_0001, 0x1234_5678]);
    assert.equal(rescue.channels[0]!.obis, '1.0.1.8.0.255');
  });

  it('proves readings of the open page up to the checkpoint, and calls the others not proven', () => {
    const image = meter.image.slice();
    image.fill(0xa7, 0, 2 * SUPERBLOCK_BYTES);
    const { proven, unproven } = rescueImage(image)!;
    assert.deepEqual(
      unproven.map(({ sequence }) => sequence),
      [898, 899],
    );
    assert.equal(proven.at(-1)!.sequence, 897);
  });

  it('reads on where the head of the image is gone with a part of the PVT', () => {
    for (const [role, bytes] of [
      ['meter', 1032 + 3 * 12],
      ['manager', 1500],
      ['concentrator', 1700],
      ['NOR meter', 5000],
    ] as const) {
      const rescue = rescueImage(without(images[role], bytes))!;
      assert.equal(rescue.role, role);
      assertTrue(rescue, images[role]);
      assert.isAbove(rescue.proven.length, 100, role);
    }
  });

  it('finds pages whose entries are gone from their neighbours', () => {
    const image = without(meter, 56);
    const whole = rescueImage(image)!.proven.length;
    image.fill(0, 1032 + 12 * 20, 1032 + 12 * 24);
    assert.equal(rescueImage(image)!.proven.length, whole);
  });

  it('places a cut-out, even one that begins at an odd byte', () => {
    for (const [role, from, to] of [
      ['meter', 1061, 8192],
      ['manager', 3001, 24_000],
      ['concentrator', 2501, 16_000],
    ] as const) {
      const rescue = rescueImage(images[role].image.slice(from, to))!;
      assert.equal(rescue.role, role);
      assertTrue(rescue, images[role]);
      assert.isAbove(rescue.proven.length, 100, role);
    }
  });

  it('never gives a reading that was not stored, whatever is damaged', () => {
    const stretch = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        fc.integer({ min: 1, max: 2000 }).map((length) => new Uint8Array(length)),
        fc.integer({ min: 1, max: 2000 }).map((length) => new Uint8Array(length).fill(0xff)),
      ),
    });
    const flips = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(
        fc.constantFrom(...roles),
        fc.array(stretch, { maxLength: 4 }),
        flips,
        fc.boolean(),
        (role, stretches, bits, headless) => {
          const test = images[role];
          const image = headless ? without(test, 56) : test.image.slice();
          for (const { share, bytes } of stretches) {
            const address = Math.floor(share * (image.length - 1));
            image.set(bytes.subarray(0, image.length - address), address);
          }
          for (const share of bits)
            image[Math.floor(share * (image.length - 1))]! ^= 1 << (Math.floor(share * 1e6) & 7);
          const before = image.slice();
          const rescue = rescueImage(image);
          if (rescue !== null) assertTrue(rescue, test);
          assert.deepEqual(image, before);
        },
      ),
      { numRuns: 60, seed: SEED },
    );
  });

  it('never gives one of a cut-out in a wrong place', () => {
    const role = fc.constantFrom(...roles);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(role, share, share, (of, from, length) => {
        const test = images[of];
        const start = Math.max(0, Math.floor((from * 0.7 - 0.2) * test.image.length));
        const image = test.image.slice(start, start + 500 + Math.floor(length * test.image.length));
        const rescue = rescueImage(image);
        if (rescue !== null) assertTrue(rescue, test);
      }),
      { numRuns: 80, seed: SEED },
    );
  });

  it('finds nothing in noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (noise) => {
        assert.isNull(rescueImage(noise));
      }),
      { numRuns: 30, seed: SEED },
    );
  });
});
