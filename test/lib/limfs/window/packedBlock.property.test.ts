import { assert } from 'chai';
import fc from 'fast-check';
import { createBatch, LimfsError } from '../../../../lib/limfs/index.js';
import { BlockPacker, BlockUnpacker, MAXIMUM_BLOCK_BYTES } from '../../../../lib/limfs/window/packedBlock.js';

const reading = fc.record({
  late: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
  ),
  status: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
  ),
  valid: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(0) }),
  values: fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 2000 }) },
      { weight: 1, arbitrary: fc.maxSafeInteger() },
    ),
    { minLength: 8, maxLength: 8 },
  ),
});

describe('packed block', () => {
  it('gives back as many readings as it took, with all fields, in no more room than it was given', () => {
    const packer = new BlockPacker();
    const unpacker = new BlockUnpacker();
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.constantFrom(1, 60, 900, 3600, 43_200, 77),
        fc.integer({ min: 1, max: MAXIMUM_BLOCK_BYTES }),
        (readings, channels, firstSequence, intervalSeconds, room) => {
          const batch = createBatch(40);
          batch.channels = channels;
          batch.count = readings.length;
          batch.firstSequence = firstSequence;
          let time = 1_000_000;
          readings.forEach((one, row) => {
            time += intervalSeconds + one.late;
            batch.times[row] = time;
            batch.statuses[row] = one.status;
            batch.valids[row] = one.valid;
            for (let channel = 0; channel < channels; channel += 1) {
              batch.values[row * channels + channel] = one.values[channel]!;
            }
          });
          const block = new Uint8Array(room + 2).fill(0x55);
          const length = packer.pack(batch, 0, intervalSeconds, block, 1, room);
          assert.isAtMost(length, room);
          assert.equal(block[0], 0x55);
          assert.equal(block[room + 1], 0x55);
          if (length === 0) return;
          const back = createBatch(40);
          unpacker.unpack(block, 1, length, back);
          assert.equal(back.count, packer.packed);
          assert.equal(back.firstSequence, firstSequence);
          for (let row = 0; row < back.count; row += 1) {
            assert.equal(back.times[row], batch.times[row]);
            assert.equal(back.statuses[row], batch.statuses[row]);
            assert.equal(back.valids[row], batch.valids[row]);
            if (batch.valids[row] === 0) continue;
            const own = batch.values.slice(row * channels, (row + 1) * channels);
            assert.deepEqual(back.values.slice(row * channels, (row + 1) * channels), own);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answers any bytes with readings or with a packet error, in bounded time', () => {
    const unpacker = new BlockUnpacker();
    const batch = createBatch(24);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), (bytes) => {
        try {
          unpacker.unpack(bytes, 0, bytes.length, batch);
          assert.isAtLeast(batch.count, 1);
        } catch (error) {
          assert.instanceOf(error, LimfsError);
          assert.equal((error as LimfsError).code, 'packet');
        }
      }),
      { numRuns: 5000 },
    );
  });
});
