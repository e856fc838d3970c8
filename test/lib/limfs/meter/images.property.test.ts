import { assert } from 'chai';
import fc from 'fast-check';
import { SUPERBLOCK_ADDRESSES, SUPERBLOCK_BYTES } from '../../../../lib/limfs/areas/layout.js';
import { createReading, LimfsError, mountMeterStore } from '../../../../lib/limfs/index.js';
import { inspectMeter } from '../../../../lib/limfs/inspect/meter.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { formattedMedium, openPages, readAll, registerAt, START_SECONDS } from './stores.js';

/** The same images for everybody; fast-check prints seed and path of a failure, which replay it. */
const SEED = 20_240_602;
/** What mounting may say instead of mounting. */
const refusals = ['blank', 'formatting', 'foreign', 'damaged', 'version', 'role', 'medium-range'];

/** Counts what is written, and stops a program that reads for ever. */
class WatchedMedium extends RamMedium {
  written = 0;
  private reads = 0;

  override read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.reads += 1;
    if (this.reads > 100_000) throw new Error('the store reads for ever');
    super.read(address, into, offset, length);
  }

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.written += length;
    super.write(address, from, offset, length);
  }
}

/** Everything that a program may ask of an image ends, and changes nothing; true when it is mounted. */
function askEverything(image: Uint8Array): boolean {
  const medium = new WatchedMedium(image);
  try {
    const store = mountMeterStore(medium);
    const reading = createReading();
    readAll(store);
    store.newest(reading);
    for (const time of [0, START_SECONDS, START_SECONDS + 300 * 3600, 0xffff_ffff]) store.find(time, reading);
    store.range(0, 0xffff_ffff, () => undefined);
    store.lastCheckpointSeconds();
    inspectMeter(medium);
    return true;
  } catch (error) {
    if (!(error instanceof LimfsError)) throw error;
    assert.include(refusals, error.code);
    return false;
  } finally {
    assert.equal(medium.written, 0);
  }
}

/** A store in its third lap with a checkpoint. */
function livedIn(): { image: Uint8Array; count: number } {
  const medium = formattedMedium();
  const store = mountMeterStore(medium);
  const count = openPages(medium, store, 19);
  store.checkpoint(START_SECONDS + count * 3600);
  return { image: medium.image, count };
}

const lived = livedIn();
const anyAddress = fc.nat({ max: lived.image.length - 1 });

describe('An image that is damaged in any way', () => {
  it('with flipped bits is mounted or refused by name, and asked everything without a hang or a write', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyAddress, fc.nat({ max: 7 })), { minLength: 1, maxLength: 40 }),
        (flips) => {
          const image = lived.image.slice();
          for (const [address, bit] of flips) image[address]! ^= 1 << bit;
          askEverything(image);
        },
      ),
      { numRuns: 1500, seed: SEED },
    );
  });

  it('with stretches of noise, zeros or ones is treated the same', () => {
    const stretch = fc.record({
      address: anyAddress,
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 700 }).map((length) => new Uint8Array(length)),
        fc.integer({ min: 1, max: 700 }).map((length) => new Uint8Array(length).fill(0xff)),
      ),
    });
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 4 }), (stretches) => {
        const image = lived.image.slice();
        for (const { address, bytes } of stretches)
          image.set(bytes.subarray(0, image.length - address), address);
        askEverything(image);
      }),
      { numRuns: 800, seed: SEED },
    );
  });

  it('and with a whole superblock is mounted whatever follows', () => {
    const end = SUPERBLOCK_ADDRESSES[1] + SUPERBLOCK_BYTES;
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: lived.image.length, maxLength: lived.image.length }),
        (noise) => {
          noise.set(lived.image.subarray(0, end));
          askEverything(noise);
        },
      ),
      { numRuns: 200, seed: SEED },
    );
  });

  it('cut short at any length is refused by name or mounted', () => {
    for (let length = 1; length < lived.image.length; length += 3)
      askEverything(lived.image.slice(0, length));
  });

  it('that is no image at all is foreign', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (noise) => {
        assert.isFalse(askEverything(noise));
      }),
      { numRuns: 500, seed: SEED },
    );
  });

  it('by one bit loses at most one page, gives no wrong reading up to the checkpoint, and takes the next', () => {
    const genuine = new Map(
      readAll(mountMeterStore(new RamMedium(lived.image.slice()))).map((r) => [r.sequence, r]),
    );
    for (let address = SUPERBLOCK_BYTES * 2; address < lived.image.length; address += 1) {
      for (let bit = 0; bit < 8; bit += 3) {
        const medium = new RamMedium(lived.image.slice());
        medium.image[address]! ^= 1 << bit;
        const store = mountMeterStore(medium);
        const found = readAll(store);
        for (const { sequence, timeSeconds, values } of found) {
          // What ends the stream of the open page is behind the checkpoint: no check covers it.
          if (sequence >= lived.count) continue;
          const wanted = genuine.get(sequence);
          if (wanted?.timeSeconds !== timeSeconds || wanted.values[0] !== values[0])
            assert.fail(`address ${address}, bit ${bit}: reading ${sequence} is wrong`);
        }
        assert.isAtLeast(found.length, genuine.size - 75, `address ${address}, bit ${bit}`);
        if (found.length < genuine.size) assert.isNotEmpty(store.findings, `address ${address}, bit ${bit}`);
        const next = store.append(START_SECONDS + 10_000 * 3600, [registerAt(1)]);
        assert.isAtLeast((next - lived.count) | 0, 0, `address ${address}, bit ${bit}`);
      }
    }
  });
});
