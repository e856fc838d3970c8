import fc from 'fast-check';
import type { StoreId } from '../../../lib/limfs/index.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { type FieldType, fieldsOf } from '../../../src/link/messageFields.js';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

function valuesOf(range: FieldType): fc.Arbitrary<unknown> {
  if (range.type === 'boolean') return fc.boolean();
  if (range.type === 'storeId') return fc.tuple(u32, u32) as fc.Arbitrary<StoreId>;
  if (range.type === 'bytes') return fc.uint8Array({ maxLength: range.largest, size: 'max' });
  const { largest } = range;
  const boundaries = [0, 23, 24, 255, 256, 65_535, 65_536, largest].filter((value) => value <= largest);
  return fc.oneof(fc.integer({ min: 0, max: largest }), fc.constantFrom(...boundaries));
}

/** Messages of one kind, with every field anywhere in its range. */
export function messagesOf(kind: number): fc.Arbitrary<Message> {
  const entries = fieldsOf(kind)!.map(({ name, range }) => [name, valuesOf(range)]);
  return fc.record({ kind: fc.constant(kind), ...Object.fromEntries(entries) }) as fc.Arbitrary<Message>;
}

export const messages: fc.Arbitrary<Message> = fc.oneof(...Object.values(MessageKind).map(messagesOf));
