import type { Batch } from '../../lib/limfs/index.js';
import { PacketError, type PacketReader, type PacketWriter } from './cursor.js';
import { advance } from './sequence.js';

/** Bits of the byte in front of each reading; what they do not announce is as in the reading before. */
const Flag = { hole: 1, time: 2, status: 4, absolute: 8 } as const;

/** The most channels of a reading. */
const maximumChannels = 8;

/**
 * Codes the readings of a batch from row `first` on: first sequence, interval, channels, then for each reading a byte
 * of flags and what is not as expected. Every packet can be decoded alone. Returns how many readings found room.
 */
export function writeReadings(
  writer: PacketWriter,
  batch: Batch,
  first: number,
  intervalSeconds: number,
): number {
  writer.u32(advance(batch.firstSequence, first));
  writer.integer(intervalSeconds);
  writer.u8(batch.channels);
  const countAt = writer.position;
  writer.u8(0);
  let count = 0;
  while (first + count < batch.count && count < 0xff) {
    const before = writer.position;
    writeReading(writer, batch, first, first + count, intervalSeconds);
    if (writer.room < 0) {
      writer.position = before;
      break;
    }
    count++;
  }
  writer.bytes[countAt] = count;
  return count;
}

/** Row `first` is the first of its packet and can lean on none before it. */
function writeReading(
  writer: PacketWriter,
  batch: Batch,
  first: number,
  row: number,
  intervalSeconds: number,
): void {
  const { times, statuses, valids, values, channels } = batch;
  const expectedTime = row === first ? 0 : times[row - 1]! + intervalSeconds;
  const expectedStatus = row === first ? 0 : statuses[row - 1]!;
  const reference = newestValid(batch, first, row);
  let flags = valids[row] === 1 ? 0 : Flag.hole;
  if (times[row] !== expectedTime) flags |= Flag.time;
  if (statuses[row] !== expectedStatus) flags |= Flag.status;
  if (reference < 0 || !hasSafeDifferences(batch, reference, row)) flags |= Flag.absolute;
  writer.u8(flags);
  if ((flags & Flag.time) !== 0) writer.integer(times[row]! - expectedTime);
  if ((flags & Flag.status) !== 0) writer.u8(statuses[row]!);
  if ((flags & Flag.hole) !== 0) return;
  for (let channel = 0; channel < channels; channel++) {
    const before = (flags & Flag.absolute) !== 0 ? 0 : values[reference * channels + channel]!;
    writer.integer(values[row * channels + channel]! - before);
  }
}

function hasSafeDifferences({ values, channels }: Batch, reference: number, row: number): boolean {
  for (let channel = 0; channel < channels; channel++) {
    const difference = values[row * channels + channel]! - values[reference * channels + channel]!;
    if (!Number.isSafeInteger(difference)) return false;
  }
  return true;
}

/** Decodes into the batch what `writeReadings` coded; throws PacketError when it makes no sense. */
export function readReadings(reader: PacketReader, batch: Batch): void {
  batch.firstSequence = reader.u32();
  const intervalSeconds = reader.integer();
  batch.channels = reader.u8();
  const count = reader.u8();
  if (batch.channels < 1 || batch.channels > maximumChannels) throw new PacketError('channels out of range');
  if (count > batch.capacity) throw new PacketError('more readings than a packet holds');
  batch.count = 0;
  for (let row = 0; row < count; row++) {
    readReading(reader, batch, row, intervalSeconds);
    batch.count++;
  }
}

function readReading(reader: PacketReader, batch: Batch, row: number, intervalSeconds: number): void {
  const { times, statuses, valids, values, channels } = batch;
  const flags = reader.u8();
  const expectedTime = row === 0 ? 0 : times[row - 1]! + intervalSeconds;
  const reference = newestValid(batch, 0, row);
  if (reference < 0 && (flags & (Flag.absolute | Flag.hole)) === 0)
    throw new PacketError('difference to nothing');
  times[row] = expectedTime + ((flags & Flag.time) !== 0 ? reader.integer() : 0);
  statuses[row] = (flags & Flag.status) !== 0 ? reader.u8() : row === 0 ? 0 : statuses[row - 1]!;
  valids[row] = (flags & Flag.hole) !== 0 ? 0 : 1;
  for (let channel = 0; channel < channels; channel++) {
    const before =
      (flags & Flag.absolute) !== 0 || reference < 0 ? 0 : values[reference * channels + channel]!;
    const value = valids[row] === 1 ? before + reader.integer() : 0;
    if (!Number.isSafeInteger(value)) throw new PacketError('value out of range');
    values[row * channels + channel] = value;
  }
}

/** The newest row of [first, row) that has values, or -1; a loop of at most 255 steps. */
function newestValid(batch: Batch, first: number, row: number): number {
  let candidate = row - 1;
  while (candidate >= first && batch.valids[candidate] !== 1) candidate--;
  return candidate < first ? -1 : candidate;
}
