import { assert } from 'chai';
import { type Batch, createBatch, type LimfsError, Status } from '../../../../lib/limfs/index.js';
import { rawBlockBytes, readRawBlock, writeRawBlock } from '../../../../lib/limfs/window/rawBlock.js';

function batchOf(readings: number, channels: number): Batch {
  const batch = createBatch(80);
  batch.count = readings;
  batch.channels = channels;
  batch.firstSequence = 0xffff_fffe;
  for (let row = 0; row < readings; row += 1) {
    batch.times[row] = 1_000_000 + 3600 * row;
    batch.statuses[row] = row % 3 === 0 ? Status.readingError : 0;
    batch.valids[row] = 1;
    for (let channel = 0; channel < channels; channel += 1)
      batch.values[row * channels + channel] = row - 60 + channel;
  }
  return batch;
}

describe('raw block', () => {
  for (const readingBytes of [1, 2, 6, 7, 8, 11, 12, 20, 80]) {
    for (const [readings, channels] of [
      [1, 1],
      [5, 1],
      [80, 1],
      [5, 8],
    ] as const) {
      it(`round trip of ${readings} readings of ${readingBytes} bytes on ${channels} channels`, () => {
        const batch = batchOf(readings, channels);
        const shape = { readingBytes, channels };
        const block = new Uint8Array(rawBlockBytes(shape, readings) + 3);
        assert.equal(writeRawBlock(batch, shape, 3600, block, 3), block.length - 3);
        const back = createBatch(80);
        readRawBlock(block, 3, block.length - 3, back);
        assert.equal(back.count, readings);
        assert.equal(back.firstSequence, batch.firstSequence);
        assert.deepEqual(
          back.values.slice(0, readings * channels),
          batch.values.slice(0, readings * channels),
        );
        assert.deepEqual(back.times.slice(0, readings), batch.times.slice(0, readings));
        const statuses = readingBytes < 8 ? new Array(readings).fill(0) : batch.statuses.slice(0, readings);
        assert.deepEqual(back.statuses.slice(0, readings), statuses);
      });
    }
  }

  it('has the newest reading first, as the paper writes Bk', () => {
    const block = new Uint8Array(100);
    writeRawBlock(batchOf(3, 1), { readingBytes: 1, channels: 1 }, 3600, block, 0);
    assert.deepEqual([...block.subarray(12, 15)], [-58 & 0xff, -59 & 0xff, -60 & 0xff]);
  });

  it('marks a hole as null data', () => {
    const batch = batchOf(2, 1);
    batch.valids[0] = 0;
    const block = new Uint8Array(100);
    const length = writeRawBlock(batch, { readingBytes: 8, channels: 1 }, 3600, block, 0);
    const back = createBatch(5);
    readRawBlock(block, 0, length, back);
    assert.deepEqual(back.valids.slice(0, 2), [0, 1]);
    assert.equal(back.statuses[0], Status.nullData | Status.readingError);
  });

  it('refuses a value that does not fit, a reading of 0 or 81 bytes, and a block that makes no sense', () => {
    const batch = batchOf(1, 1);
    batch.values[0] = 128;
    const block = new Uint8Array(200);
    const refuses = (code: string, action: () => void) => {
      try {
        action();
      } catch (error) {
        assert.equal((error as LimfsError).code, code);
        return;
      }
      assert.fail(`${code} was not thrown`);
    };
    refuses('value-range', () => writeRawBlock(batch, { readingBytes: 1, channels: 1 }, 60, block, 0));
    refuses('parameter-range', () => writeRawBlock(batch, { readingBytes: 0, channels: 1 }, 60, block, 0));
    refuses('parameter-range', () => writeRawBlock(batch, { readingBytes: 81, channels: 1 }, 60, block, 0));
    for (const length of [0, 11, 12, 13])
      refuses('packet', () => readRawBlock(new Uint8Array(20), 0, length, createBatch(5)));
  });
});
