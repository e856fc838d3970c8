import { assert, LimfsError } from '../../lib/limfs/errors.js';

/** The part of CBOR (RFC 8949) that messages use, in its deterministic form (section 4.2.1): one value, one coding. */
const Major = Object.freeze({ unsigned: 0, negative: 1, bytes: 2, array: 4, map: 5, simple: 7 } as const);
const FALSE = 20;
const TRUE = 21;
const WORD = 0x1_0000_0000;
/** Arrays and maps within each other. */
const MAXIMUM_DEPTH = 4;
const TWO_WORDS_BYTES = 8;

/** Bytes of a head: of an unsigned integer, or in front of so many bytes or elements. */
export function headBytes(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x1_0000) return 3;
  return value < WORD ? 5 : 9;
}

/** Writes CBOR into a buffer of its user, which must have room. */
export class CborWriter {
  readonly #bytes: Uint8Array;
  #position: number;

  /** Writes into bytes[offset...]. */
  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#position = offset;
  }

  get position(): number {
    return this.#position;
  }

  /** Within +-(2^53 - 1). */
  integer(value: number): void {
    assert(Number.isSafeInteger(value), 'an integer within +-(2^53 - 1)');
    if (value < 0) this.#head(Major.negative, -1 - value);
    else this.#head(Major.unsigned, value);
  }

  bytes(value: Uint8Array): void {
    this.#head(Major.bytes, value.length);
    assert(this.#position + value.length <= this.#bytes.length, 'a message that its buffer has room for');
    this.#bytes.set(value, this.#position);
    this.#position += value.length;
  }

  /** Eight bytes of two u32, the higher one first, as a person reads them. */
  twoWords(high: number, low: number): void {
    this.#head(Major.bytes, TWO_WORDS_BYTES);
    assert(this.#position + TWO_WORDS_BYTES <= this.#bytes.length, 'a message that its buffer has room for');
    this.#put(high, 4);
    this.#put(low, 4);
  }

  boolean(value: boolean): void {
    this.#head(Major.simple, value ? TRUE : FALSE);
  }

  /** `count` values follow. */
  array(count: number): void {
    this.#head(Major.array, count);
  }

  /** `count` keys, each an integer, in ascending order and with its value, follow. */
  map(count: number): void {
    this.#head(Major.map, count);
  }

  #head(major: number, value: number): void {
    const size = headBytes(value);
    assert(this.#position + size <= this.#bytes.length, 'a message that its buffer has room for');
    const first = major << 5;
    if (size === 1) this.#put(first | value, 1);
    else {
      this.#put(first | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27), 1);
      if (size === 9) {
        this.#put(Math.floor(value / WORD), 4);
        this.#put(value % WORD, 4);
      } else this.#put(value, size - 1);
    }
  }

  #put(value: number, size: number): void {
    const bytes = this.#bytes;
    let at = this.#position;
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      bytes[at] = value >>> shift;
      at += 1;
    }
    this.#position = at;
  }
}

/** Reads what a `CborWriter` wrote. Every method throws LimfsError `packet` for anything else. */
export class CborReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  /** Reads bytes[offset, offset + length). */
  constructor(bytes: Uint8Array, offset: number, length: number) {
    this.#bytes = bytes;
    this.#position = offset;
    this.#end = offset + length;
  }

  get position(): number {
    return this.#position;
  }

  integer(): number {
    const first = this.#peek();
    if (first >> 5 === Major.negative) return -1 - this.#head(Major.negative);
    return this.#head(Major.unsigned);
  }

  /** A copy of the bytes, which are at most `maximum`. */
  bytes(maximum: number): Uint8Array {
    const length = this.#head(Major.bytes);
    if (length > maximum || length > this.#end - this.#position) throw refused('too many bytes');
    this.#position += length;
    return this.#bytes.slice(this.#position - length, this.#position);
  }

  /** Two u32, as `CborWriter.twoWords` wrote them. */
  twoWords(): readonly [high: number, low: number] {
    const length = this.#head(Major.bytes);
    if (length !== TWO_WORDS_BYTES) throw refused('other than eight bytes for two words');
    if (length > this.#end - this.#position) throw refused('too many bytes');
    this.#position += length;
    return [this.#word(this.#position - 8), this.#word(this.#position - 4)];
  }

  boolean(): boolean {
    const value = this.#head(Major.simple);
    if (value !== TRUE && value !== FALSE) throw refused('a simple value that is no boolean');
    return value === TRUE;
  }

  /** How many values follow. */
  array(): number {
    return this.#count(Major.array, 1);
  }

  /** How many keys, each with its value, follow; `mapKey` reads a key. */
  map(): number {
    return this.#count(Major.map, 2);
  }

  /** The next key of a map, which is greater than the one before; `previous` is -1 for the first. */
  mapKey(previous: number): number {
    const key = this.#head(Major.unsigned);
    if (key <= previous) throw refused('keys that are not in order');
    return key;
  }

  /** Passes over one value of any kind. */
  skip(depth = MAXIMUM_DEPTH): void {
    const major = this.#peek() >> 5;
    if (major === Major.unsigned || major === Major.negative) this.integer();
    else if (major === Major.bytes) this.#skipBytes();
    else if (major === Major.simple) this.boolean();
    else if (depth === 0) throw refused('too many levels');
    else if (major === Major.array) {
      for (let left = this.array(); left > 0; left -= 1) this.skip(depth - 1);
    } else {
      let key = -1;
      for (let left = this.map(); left > 0; left -= 1) {
        key = this.mapKey(key);
        this.skip(depth - 1);
      }
    }
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#position !== this.#end) throw refused('bytes behind its end');
  }

  #skipBytes(): void {
    const length = this.#head(Major.bytes);
    if (length > this.#end - this.#position) throw refused('too many bytes');
    this.#position += length;
  }

  /** High byte first. */
  #word(at: number): number {
    const bytes = this.#bytes;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  #peek(): number {
    if (this.#position >= this.#end) throw refused('an early end');
    return this.#bytes[this.#position]!;
  }

  #count(major: number, bytesEach: number): number {
    const count = this.#head(major);
    // No more than there are bytes for, so that a loop over them is bounded.
    if (count > (this.#end - this.#position) / bytesEach) throw refused('an early end');
    return count;
  }

  #head(major: number): number {
    const first = this.#peek();
    if (first >> 5 !== major) throw refused('another type than expected');
    this.#position += 1;
    const short = first & 31;
    if (short < 24) return short;
    if (short > 27 || major === Major.simple) throw refused('a length that is not in use');
    const size = 1 << (short - 24);
    if (size > this.#end - this.#position) throw refused('an early end');
    let value = 0;
    for (let index = 0; index < size; index += 1) value = value * 256 + this.#bytes[this.#position + index]!;
    this.#position += size;
    const largest = major === Major.negative ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
    if (value > largest || headBytes(value) !== size + 1)
      throw refused('an integer that is not in its shortest form');
    return value;
  }
}

function refused(what: string): LimfsError {
  return new LimfsError('packet', `a message with ${what}`);
}
