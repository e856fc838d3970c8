import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { LimfsError } from '../errors.js';
import type { Batch } from '../meter/reading.js';

/** Newest sequence, newest time, interval, channels and bytes a reading, in front of the readings. */
const HEAD_BYTES = 12;
/** Bytes of a value that holds every safe integer. */
const VALUE_BYTES = 7;
/** Smallest reading with a status, and with a time of its own. */
const WITH_STATUS_BYTES = VALUE_BYTES + 1;
const WITH_TIME_BYTES = WITH_STATUS_BYTES + 4;

/**
 * The paper's own coding of an accumulated block Bk = (Di, Di-1, ... ) (section 3.1, ADSS): k bytes a reading, newest
 * first. A reading is its value; from 8 bytes on its status follows, from 12 bytes on its time, and the rest is left to
 * device-specific information, zero here. With less than 7 bytes the value is cut to k bytes and must fit; without a
 * time of its own a reading lies one interval before the next newer one.
 */
export interface RawShape {
  /** k: bytes a reading and channel 0, 1..80. More channels take 7 bytes more each. */
  readonly readingBytes: number;
  readonly channels: number;
}

function strideOf(readingBytes: number, channels: number): number {
  return readingBytes + VALUE_BYTES * (channels - 1);
}

/** Bytes of a raw block of n readings. */
export function rawBlockBytes(shape: RawShape, readings: number): number {
  return HEAD_BYTES + readings * strideOf(shape.readingBytes, shape.channels);
}

/** Writes all readings of a batch as one raw block; returns its length. Errors: `parameter-range`, `value-range`. */
export function writeRawBlock(
  batch: Batch,
  shape: RawShape,
  intervalSeconds: number,
  into: Uint8Array,
  offset: number,
): number {
  if (shape.readingBytes < 1 || shape.readingBytes > 80) {
    throw new LimfsError('parameter-range', `a raw reading has 1 to 80 bytes, not ${shape.readingBytes}`);
  }
  const length = rawBlockBytes(shape, batch.count);
  if (batch.count === 0 || offset + length > into.length) {
    throw new LimfsError('parameter-range', `a raw block of ${batch.count} readings takes ${length} bytes`);
  }
  const newest = batch.count - 1;
  putUint32(into, offset, batch.firstSequence + newest);
  putUint32(into, offset + 4, batch.times[newest]!);
  putUint16(into, offset + 8, Math.min(intervalSeconds, 0xffff));
  into[offset + 10] = shape.channels;
  into[offset + 11] = shape.readingBytes;
  for (let age = 0; age < batch.count; age += 1) {
    writeReading(
      batch,
      newest - age,
      shape,
      into,
      offset + HEAD_BYTES + age * strideOf(shape.readingBytes, shape.channels),
    );
  }
  return length;
}

/** Writes one row of a batch as a reading of a raw block. Errors: `value-range`. */
export function writeReading(batch: Batch, row: number, shape: RawShape, into: Uint8Array, at: number): void {
  const { readingBytes, channels } = shape;
  into.fill(0, at, at + strideOf(shape.readingBytes, shape.channels));
  putValue(into, at, Math.min(readingBytes, VALUE_BYTES), batch.values[row * channels]!);
  if (readingBytes >= WITH_STATUS_BYTES) {
    // A hole is a reading with the null-data bit; there is no room for more in the paper's block.
    into[at + VALUE_BYTES] = batch.statuses[row]! | (batch.valids[row] === 1 ? 0 : NULL_DATA);
  }
  if (readingBytes >= WITH_TIME_BYTES) putUint32(into, at + WITH_STATUS_BYTES, batch.times[row]!);
  for (let channel = 1; channel < channels; channel += 1) {
    const place = at + readingBytes + (channel - 1) * VALUE_BYTES;
    putValue(into, place, VALUE_BYTES, batch.values[row * channels + channel]!);
  }
}

/** `Status.nullData`. */
const NULL_DATA = 4;

/** Reads a raw block into `batch`, oldest first. Errors: `packet`. */
export function readRawBlock(bytes: Uint8Array, offset: number, length: number, batch: Batch): void {
  const shape = { readingBytes: bytes[offset + 11]!, channels: bytes[offset + 10]! };
  const readings = countReadings(shape.readingBytes, shape.channels, length);
  if (readings > batch.capacity) throw new LimfsError('packet', `a raw block of ${readings} readings`);
  const newestTime = getUint32(bytes, offset + 4);
  const interval = getUint16(bytes, offset + 8);
  batch.count = readings;
  batch.channels = shape.channels;
  batch.firstSequence = (getUint32(bytes, offset) - readings + 1) >>> 0;
  for (let age = 0; age < readings; age += 1) {
    const row = readings - 1 - age;
    batch.times[row] = newestTime - age * interval;
    readReading(
      bytes,
      offset + HEAD_BYTES + age * strideOf(shape.readingBytes, shape.channels),
      shape,
      batch,
      row,
    );
  }
}

/** Only counts a raw block's readings and collects the bits of all their statuses, 65,536 times. Errors: `packet`. */
export function scanRawBlock(bytes: Uint8Array, offset: number, length: number): number {
  const readingBytes = bytes[offset + 11]!;
  const channels = bytes[offset + 10]!;
  const readings = countReadings(readingBytes, channels, length);
  let statuses = 0;
  if (readingBytes >= WITH_STATUS_BYTES) {
    const stride = strideOf(readingBytes, channels);
    for (let at = offset + HEAD_BYTES + VALUE_BYTES; at < offset + length; at += stride) {
      statuses |= bytes[at]!;
    }
  }
  return readings | (statuses << 16);
}

function countReadings(readingBytes: number, channels: number, length: number): number {
  const readings = (length - HEAD_BYTES) / strideOf(readingBytes, channels);
  const good = length > HEAD_BYTES && readingBytes >= 1 && channels >= 1 && channels <= 8;
  if (!good || !Number.isInteger(readings)) throw new LimfsError('packet', `no raw block: ${length} bytes`);
  return readings;
}

/** Reads one reading of a raw block into a row of a batch; a time only if it has one of its own. */
export function readReading(bytes: Uint8Array, at: number, shape: RawShape, batch: Batch, row: number): void {
  const { readingBytes, channels } = shape;
  const status = readingBytes >= WITH_STATUS_BYTES ? bytes[at + VALUE_BYTES]! : 0;
  batch.statuses[row] = status;
  batch.valids[row] = (status & NULL_DATA) === 0 ? 1 : 0;
  if (readingBytes >= WITH_TIME_BYTES) batch.times[row] = getUint32(bytes, at + WITH_STATUS_BYTES);
  batch.values[row * channels] = getValue(bytes, at, Math.min(readingBytes, VALUE_BYTES));
  for (let channel = 1; channel < channels; channel += 1) {
    const place = at + readingBytes + (channel - 1) * VALUE_BYTES;
    batch.values[row * channels + channel] = getValue(bytes, place, VALUE_BYTES);
  }
}

/** A signed little-endian integer of 1..7 bytes. Errors: `value-range`. */
function putValue(into: Uint8Array, at: number, size: number, value: number): void {
  const half = 2 ** (8 * size - 1);
  if (value < -half || value >= half)
    throw new LimfsError('value-range', `${value} does not fit ${size} bytes`);
  let rest = value;
  for (let index = 0; index < size; index += 1) {
    const next = Math.floor(rest / 256);
    into[at + index] = rest - next * 256;
    rest = next;
  }
}

function getValue(bytes: Uint8Array, at: number, size: number): number {
  // The sign comes with the highest byte, so that no intermediate is larger than a safe integer.
  let value = (bytes[at + size - 1]! << 24) >> 24;
  for (let index = size - 2; index >= 0; index -= 1) value = value * 256 + bytes[at + index]!;
  return value;
}
