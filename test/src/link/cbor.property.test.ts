import { decode, encode } from 'cborg';
import { assert } from 'chai';
import fc from 'fast-check';
import { LimfsError } from '../../../lib/limfs/errors.js';
import { CborReader, CborWriter } from '../../../src/link/cbor.js';

type Value = number | boolean | Uint8Array | Value[] | Map<number, Value>;

const boundaries = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
const key = fc.oneof(fc.nat(30), fc.nat(), fc.constantFrom(...boundaries));
const integer = fc.oneof(
  key,
  fc.maxSafeInteger(),
  fc.constantFrom(...boundaries.slice(1).map((value) => -value)),
);

/** Values of so many levels; no map or array lies deeper than a reader goes. */
function values(depth: number): fc.Arbitrary<Value> {
  const leaf = fc.oneof(integer, fc.boolean(), fc.uint8Array({ maxLength: 300 }));
  if (depth === 0) return leaf;
  const inner = values(depth - 1);
  const map = fc
    .uniqueArray(fc.tuple(key, inner), { selector: ([each]) => each, maxLength: 6 })
    .map((entries) => new Map(entries.sort(([one], [other]) => one - other)));
  return fc.oneof(leaf, fc.array(inner, { maxLength: 6 }), map);
}

function write(writer: CborWriter, value: Value): void {
  if (typeof value === 'number') writer.integer(value);
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (value instanceof Uint8Array) writer.bytes(value);
  else if (Array.isArray(value)) {
    writer.array(value.length);
    for (const each of value) write(writer, each);
  } else {
    writer.map(value.size);
    for (const [name, each] of value) {
      writer.integer(name);
      write(writer, each);
    }
  }
}

function read(reader: CborReader, like: Value): Value {
  if (typeof like === 'number') return reader.integer();
  if (typeof like === 'boolean') return reader.boolean();
  if (like instanceof Uint8Array) return reader.bytes(300);
  if (Array.isArray(like)) {
    assert.equal(reader.array(), like.length);
    return like.map((each) => read(reader, each));
  }
  assert.equal(reader.map(), like.size);
  let previous = -1;
  const entries = [...like].map(([, each]): [number, Value] => {
    previous = reader.mapKey(previous);
    return [previous, read(reader, each)];
  });
  return new Map(entries);
}

function readerOf(bytes: Uint8Array): CborReader {
  return new CborReader(bytes, 0, bytes.length);
}

const space = new Uint8Array(1 << 20);

function written(value: Value): Uint8Array {
  const writer = new CborWriter(space, 3);
  write(writer, value);
  return space.slice(3, writer.position);
}

/** Whether the reader takes all of it as one value; anything but LimfsError `packet` fails. */
function accepts(bytes: Uint8Array): boolean {
  try {
    const reader = readerOf(bytes);
    reader.skip();
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof LimfsError && error.code === 'packet') return false;
    throw error;
  }
}

describe('CBOR', () => {
  it('is written byte for byte as another implementation writes it, and reads back', () => {
    fc.assert(
      fc.property(values(3), (value) => {
        const bytes = written(value);
        assert.deepEqual(bytes, encode(value));
        const reader = readerOf(bytes);
        assert.deepEqual(read(reader, value), value);
        reader.end();
        assert.isTrue(accepts(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('is accepted only in the one form that another implementation would write', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.tuple(values(2), fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
        const changed = written(value);
        changed[at % changed.length] = byte;
        return changed;
      }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(bytes, (each) => {
        if (!accepts(each)) return;
        accepted += 1;
        assert.deepEqual(encode(decode(each, { useMaps: true, strict: true })), each);
      }),
      { numRuns: 3000 },
    );
    assert.isAbove(accepted, 100);
  });

  const refused: readonly (readonly [what: string, bytes: readonly number[]])[] = [
    ['nothing', []],
    ['an integer longer than it need be', [0x18, 23]],
    ['a long integer with a small value', [0x1b, 0, 0, 0, 0, 1, 0, 0, 0]],
    ['2^53', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0]],
    ['-2^53', [0x3b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['bytes that are cut short', [0x43, 1, 2]],
    ['bytes without a length', [0x5f, 0x41, 1, 0xff]],
    ['an array without a length', [0x9f, 0xff]],
    ['an array of more values than bytes', [0x9b, 0, 0, 0, 1, 0, 0, 0, 0]],
    ['keys out of order', [0xa2, 2, 0, 1, 0]],
    ['a key twice', [0xa2, 1, 0, 1, 0]],
    ['a negative key', [0xa1, 0x20, 0]],
    ['text', [0x61, 0x61]],
    ['a tag', [0xc1, 0]],
    ['null', [0xf6]],
    ['a float', [0xf9, 0, 0]],
    ['a boolean in two bytes', [0xf8, 20]],
    ['five levels', [0x81, 0x81, 0x81, 0x81, 0x81, 0]],
    ['two values', [0, 0]],
  ];
  for (const [what, bytes] of refused) {
    it(`refuses ${what}`, () => {
      assert.isFalse(accepts(Uint8Array.from(bytes)));
    });
  }

  it('never writes beyond its buffer', () => {
    const writer = new CborWriter(new Uint8Array(4), 0);
    assert.throws(() => writer.integer(0x1_0000), /room/);
    assert.throws(() => writer.bytes(new Uint8Array(4)), /room/);
  });
});
