import { LimfsError } from '../../lib/limfs/index.js';

/** Writes integers, little-endian, into a buffer of its user. */
export class PacketWriter {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  restart(): void {
    this.position = 0;
  }

  u8(value: number): void {
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.u8(value);
    this.u8(value >>> 8);
  }

  u32(value: number): void {
    this.u16(value);
    this.u16(value >>> 16);
  }
}

/** Reads what a PacketWriter wrote; throws LimfsError `packet` at the end of the bytes. */
export class PacketReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;

  restart(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes;
    this.#position = 0;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get left(): number {
    return this.#end - this.#position;
  }

  u8(): number {
    if (this.#position >= this.#end) throw new LimfsError('packet', 'a packet that is too short');
    return this.#bytes[this.#position++]!;
  }

  u16(): number {
    const low = this.u8();
    return low | (this.u8() << 8);
  }

  u32(): number {
    const low = this.u16();
    return (low | (this.u16() << 16)) >>> 0;
  }
}
