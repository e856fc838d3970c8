import { assert } from 'chai';
import fc from 'fast-check';
import { type Batch, createBatch } from '../../../lib/limfs/index.js';
import { PacketError, PacketReader, PacketWriter } from '../../../src/link/cursor.js';
import { readReadings, writeReadings } from '../../../src/link/readingCode.js';

interface Row {
  readonly time: number;
  readonly status: number;
  readonly valid: boolean;
  readonly values: readonly number[];
}

const channels = 3;
const value = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5000, max: 5000 }));
const row: fc.Arbitrary<Row> = fc.record({
  time: fc.oneof(
    fc.integer({ min: 0, max: 20 }).map((n) => n * 900),
    fc.integer({ min: 0, max: 0xffff_ffff }),
  ),
  status: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })),
  valid: fc.boolean(),
  values: fc.array(value, { minLength: channels, maxLength: channels }),
});
const rows = fc.array(row, { maxLength: 60 });
const sequence = fc.integer({ min: 0, max: 0xffff_ffff });

function batchOf(content: readonly Row[], firstSequence: number): Batch {
  const batch = createBatch(content.length);
  batch.firstSequence = firstSequence;
  batch.channels = channels;
  for (const { time, status, valid, values } of content) {
    batch.times[batch.count] = time;
    batch.statuses[batch.count] = status;
    batch.valids[batch.count] = valid ? 1 : 0;
    values.forEach((cell, channel) => {
      batch.values[batch.count * channels + channel] = cell;
    });
    batch.count++;
  }
  return batch;
}

function rowsOf(batch: Batch): Row[] {
  return Array.from({ length: batch.count }, (_, index) => ({
    time: batch.times[index]!,
    status: batch.statuses[index]!,
    valid: batch.valids[index] === 1,
    values: batch.values.slice(index * channels, (index + 1) * channels),
  }));
}

function withoutValuesOfHoles(content: readonly Row[]): Row[] {
  return content.map((each) => (each.valid ? each : { ...each, values: [0, 0, 0] }));
}

describe('readingCode', () => {
  it('brings any readings through, as many as it says', () => {
    fc.assert(
      fc.property(
        rows,
        sequence,
        fc.integer({ min: 20, max: 2000 }),
        fc.nat(5),
        (content, first, limit, from) => {
          const skipped = Math.min(from, content.length);
          const writer = new PacketWriter(new Uint8Array(limit));
          writer.restart(limit);
          const count = writeReadings(writer, batchOf(content, first), skipped, 900);
          assert.isAtMost(writer.position, limit);
          const reader = new PacketReader();
          reader.restart(writer.bytes, writer.position);
          const batch = createBatch(100);
          readReadings(reader, batch);
          assert.equal(reader.left, 0);
          assert.equal(batch.firstSequence, (first + skipped) >>> 0);
          assert.deepEqual(rowsOf(batch), withoutValuesOfHoles(content.slice(skipped, skipped + count)));
        },
      ),
    );
  });

  it('holds a day of an hourly register in a packet', () => {
    const content = Array.from({ length: 24 }, (_, hour) => ({
      time: 1_700_000_000 + hour * 3600,
      status: 0,
      valid: true,
      values: [12_345_678 + hour * 480],
    }));
    const batch = batchOf(content, 7);
    batch.channels = 1;
    content.forEach(({ values }, index) => {
      batch.values[index] = values[0]!;
    });
    const writer = new PacketWriter(new Uint8Array(105));
    writer.restart(105);
    assert.equal(writeReadings(writer, batch, 0, 3600), 24);
  });

  it('throws PacketError or decodes, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const reader = new PacketReader();
        reader.restart(bytes, bytes.length);
        const batch = createBatch(40);
        try {
          readReadings(reader, batch);
        } catch (error) {
          assert.instanceOf(error, PacketError);
        }
        assert.isAtMost(batch.count, batch.capacity);
      }),
      { numRuns: 2000 },
    );
  });
});
