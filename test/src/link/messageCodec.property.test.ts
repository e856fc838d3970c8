import { decode, encode } from 'cborg';
import { assert } from 'chai';
import fc from 'fast-check';
import { LimfsError } from '../../../lib/limfs/errors.js';
import { MAXIMUM_BLOCK_BYTES as LARGEST_OF_A_STORE } from '../../../lib/limfs/window/packedBlock.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import {
  decodeMessage,
  encodeMessage,
  MAXIMUM_MESSAGE_BYTES,
  messageBytes,
} from '../../../src/link/messageCodec.js';
import { fieldsOf, MAXIMUM_BLOCK_BYTES } from '../../../src/link/messageFields.js';
import { messages, messagesOf } from './messages.js';

function encoded(message: Message): Uint8Array {
  const into = new Uint8Array(MAXIMUM_MESSAGE_BYTES + 5);
  return into.slice(5, 5 + encodeMessage(message, into, 5));
}

/** The message, or undefined where it is refused; any other error fails. */
function decoded(bytes: Uint8Array): Message | undefined {
  try {
    return decodeMessage(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof LimfsError && error.code === 'packet') return undefined;
    throw error;
  }
}

function keysOf(message: Message): Map<number, unknown> {
  return decode(encoded(message), { useMaps: true, strict: true });
}

describe('messages', () => {
  for (const [name, kind] of Object.entries(MessageKind)) {
    it(`come back as they were: ${name}`, () => {
      fc.assert(
        fc.property(messagesOf(kind), (message) => {
          const bytes = encoded(message);
          assert.equal(messageBytes(message), bytes.length);
          assert.isAtMost(bytes.length, MAXIMUM_MESSAGE_BYTES);
          assert.deepEqual(decodeMessage(bytes, 0, bytes.length), message);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('are maps with a key for every field', () => {
    assert.deepEqual(
      keysOf({
        kind: MessageKind.event,
        storeId: [1, 0xff00_0002],
        sequence: 3,
        code: 4,
        timeSeconds: 5,
        folded: 6,
        payload: Uint8Array.of(7),
      }),
      new Map<number, unknown>([
        [0, 11],
        [1, Uint8Array.of(0, 0, 0, 1, 0xff, 0, 0, 2)],
        [2, 3],
        [3, 4],
        [4, 5],
        [5, 6],
        [6, Uint8Array.of(7)],
      ]),
    );
  });

  it('of a newer program are read without the keys that are unknown here', () => {
    fc.assert(
      fc.property(
        messages,
        fc.constantFrom<unknown>(1, false, new Uint8Array(9), [1, [2]]),
        (message, extra) => {
          const keys = keysOf(message);
          for (const key of [30, 31, 70_000]) keys.set(key, extra);
          assert.deepEqual(decoded(encode(keys)), message);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that lack a field, or have one of another type or out of range, are refused', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, pick) => {
        const fields = fieldsOf(message.kind)!;
        const index = pick % fields.length;
        const { range } = fields[index]!;
        const keys = keysOf(message);
        assert.deepEqual(decoded(encode(keys)), message);
        const wrong: unknown[] = [-1, [1]];
        if (range.type === 'integer') wrong.push(range.largest + 1, false, new Uint8Array(1));
        else if (range.type === 'bytes') wrong.push(new Uint8Array(range.largest + 1), 1);
        else if (range.type === 'boolean') wrong.push(1, new Uint8Array(1));
        else wrong.push(new Uint8Array(7), new Uint8Array(9), 1);
        for (const value of wrong) assert.isUndefined(decoded(encode(new Map(keys).set(index + 1, value))));
        keys.delete(index + 1);
        assert.isUndefined(decoded(encode(keys)));
      }),
      { numRuns: 200 },
    );
  });

  it('of an unknown kind or of none are refused', () => {
    for (const kind of [0, 99, 2 ** 40, -1]) assert.isUndefined(decoded(encode(new Map([[0, kind]]))));
    assert.isUndefined(decoded(encode(new Map())));
    assert.isUndefined(decoded(encode(new Map([[1, 1]]))));
    assert.isUndefined(decoded(encode([1, 2])));
  });

  it('with any damage are refused or read as another good message', () => {
    const hits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(messages, hits, fc.nat(), (message, changes, cut) => {
        const bytes = encoded(message);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const read = decoded(bytes);
        // What is read can be sent again: all of it is in range.
        if (read !== undefined) assert.deepEqual(decoded(encoded(read)), read);
        assert.isUndefined(decoded(encoded(message).slice(0, cut % bytes.length)));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void decoded(bytes)),
      { numRuns: 1000 },
    );
  });

  it('have room for the largest block that a store packs', () => {
    assert.equal(MAXIMUM_BLOCK_BYTES, LARGEST_OF_A_STORE);
  });

  it('with a value out of range are not written', () => {
    const message = { kind: MessageKind.timeRequest, nonce: 2 ** 32 } as const;
    assert.throws(() => encoded(message), /nonce within 0..4294967295/);
  });
});
