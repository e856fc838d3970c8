import { assert, LimfsError } from '../../lib/limfs/errors.js';
import type { StoreId } from '../../lib/limfs/index.js';
import { CborReader, CborWriter, headBytes } from './cbor.js';
import type { Message } from './message.js';
import { type Field, fieldsOf } from './messageFields.js';

/** No message is longer. */
export const MAXIMUM_MESSAGE_BYTES = 1536;

const STORE_ID_BYTES = 8;
const KIND_KEY = 0;

type Value = number | boolean | Uint8Array | StoreId;
type Values = { [name: string]: Value };

/** Writes a message as a CBOR map into into[offset...], which must have room; returns its length. */
export function encodeMessage(message: Message, into: Uint8Array, offset: number): number {
  const fields = fieldsOf(message.kind)!;
  const values = message as unknown as Values;
  const writer = new CborWriter(into, offset);
  writer.map(fields.length + 1);
  writer.integer(KIND_KEY);
  writer.integer(message.kind);
  for (let index = 0; index < fields.length; index += 1) {
    writer.integer(index + 1);
    putField(writer, fields[index]!, values[fields[index]!.name]!);
  }
  return writer.position - offset;
}

/**
 * Reads the message in bytes[offset, offset + length); keys that this program does not know are passed over. Throws
 * LimfsError `packet` for anything that `encodeMessage` never writes.
 */
export function decodeMessage(bytes: Uint8Array, offset: number, length: number): Message {
  const reader = new CborReader(bytes, offset, length);
  let left = reader.map() - 1;
  if (left < 0 || reader.mapKey(-1) !== KIND_KEY) throw new LimfsError('packet', 'a message without a kind');
  const kind = reader.integer();
  const fields = fieldsOf(kind);
  if (fields === undefined) throw new LimfsError('packet', `a message of the unknown kind ${kind}`);
  const values: Values = { kind };
  let known = 0;
  let key = KIND_KEY;
  for (; left > 0; left -= 1) {
    key = reader.mapKey(key);
    const field = fields[key - 1];
    if (field === undefined) reader.skip();
    else {
      values[field.name] = getField(reader, field);
      known += 1;
    }
  }
  reader.end();
  if (known !== fields.length) throw new LimfsError('packet', 'a message that lacks a field');
  return values as unknown as Message;
}

/** How many bytes `encodeMessage` takes for a message. */
export function messageBytes(message: Message): number {
  const fields = fieldsOf(message.kind)!;
  const values = message as unknown as Values;
  let sum = 3; // The head of the map, the kind and its key.
  for (let index = 0; index < fields.length; index += 1) {
    sum += 1 + valueBytes(values[fields[index]!.name]!);
  }
  return sum;
}

function valueBytes(value: Value): number {
  if (typeof value === 'number') return headBytes(value);
  if (typeof value === 'boolean') return 1;
  return value instanceof Uint8Array ? headBytes(value.length) + value.length : 1 + STORE_ID_BYTES;
}

function putField(writer: CborWriter, { name, range }: Field, value: Value): void {
  if (range.type === 'integer') {
    const fits = Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= range.largest;
    // The sentence is made only when it is needed.
    if (!fits) assert(false, `${name} within 0..${range.largest}`);
    writer.integer(value as number);
  } else if (range.type === 'bytes') {
    const fits = (value as Uint8Array).length <= range.largest;
    if (!fits) assert(false, `${name} of at most ${range.largest} bytes`);
    writer.bytes(value as Uint8Array);
  } else if (range.type === 'boolean') writer.boolean(value as boolean);
  else writer.twoWords((value as StoreId)[0], (value as StoreId)[1]);
}

function getField(reader: CborReader, { name, range }: Field): Value {
  if (range.type === 'bytes') return reader.bytes(range.largest);
  if (range.type === 'boolean') return reader.boolean();
  if (range.type === 'storeId') return reader.twoWords();
  const value = reader.integer();
  if (value < 0 || value > range.largest) {
    throw new LimfsError('packet', `a message with ${name} outside of 0..${range.largest}`);
  }
  return value;
}
