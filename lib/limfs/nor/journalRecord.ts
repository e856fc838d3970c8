import { getUint32, putUint32 } from '../areas/bytes.js';
import type { Reading } from '../meter/reading.js';
import type { Frame } from './frame.js';
import { VALUE_BYTES } from './layout.js';

/** Payload of a record: first value, time, status, run, further values. */
const TIME_AT = 7;
const STATUS_AT = 11;
const RUN_AT = 12;
const MORE_VALUES_AT = 13;
/** A value has 54 bits; the first one's 55th says that there is none. */
const HOLE = 0x40;
const TWO_TO_32 = 0x1_0000_0000;

/** Puts a reading into the payload of a journal record (FORMAT.md, "NOR flash"); its sequence seeds the checksum instead. */
export function encodeRecord(reading: Reading, frame: Frame, channels: number): void {
  const { bytes } = frame;
  frame.clear();
  for (let channel = 0; channel < channels; channel += 1) {
    putValue(bytes, valueAt(channel), reading.valid ? reading.values[channel]! : 0);
  }
  if (!reading.valid) bytes[0] = bytes[0]! | HOLE;
  putUint32(bytes, TIME_AT, reading.timeSeconds);
  bytes[STATUS_AT] = reading.status;
  bytes[RUN_AT] = reading.run;
}

/** Takes all of a reading but its sequence from the payload of a journal record. */
export function decodeRecord(bytes: Uint8Array, channels: number, into: Reading): void {
  into.valid = (bytes[0]! & HOLE) === 0;
  for (let channel = 0; channel < channels; channel += 1) {
    into.values[channel] = getValue(bytes, valueAt(channel));
  }
  into.timeSeconds = getUint32(bytes, TIME_AT);
  into.status = bytes[STATUS_AT]!;
  into.run = bytes[RUN_AT]!;
}

function valueAt(channel: number): number {
  return channel === 0 ? 0 : MORE_VALUES_AT + (channel - 1) * VALUE_BYTES;
}

/** 54 bits in two's complement: 22 above the lower 32. */
function putValue(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / TWO_TO_32);
  bytes[at] = (high >> 16) & 0x3f;
  bytes[at + 1] = high >> 8;
  bytes[at + 2] = high;
  putUint32(bytes, at + 3, value >>> 0);
}

function getValue(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  return ((high << 10) >> 10) * TWO_TO_32 + getUint32(bytes, at + 3);
}
