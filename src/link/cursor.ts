/** Raised when a packet is shorter than what it says it holds. Its receiver counts the packet and drops it. */
export class PacketError extends Error {
  override readonly name = 'PacketError';
}

/**
 * Writes integers, little-endian, into a buffer of its user. Writing past the limit does no harm: it leaves `room`
 * negative, and the writer then sets `position` back.
 */
export class PacketWriter {
  readonly bytes: Uint8Array;
  position = 0;
  #limit = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Starts anew; at most `limit` bytes may be written. */
  restart(limit: number): void {
    this.position = 0;
    this.#limit = limit;
  }

  get room(): number {
    return this.#limit - this.position;
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

  /** A signed integer of at most 2^53 - 1: its sign and six bits, then groups of seven, the smallest first. */
  integer(value: number): void {
    let rest = value < 0 ? -value : value;
    const sign = value < 0 ? 0x40 : 0;
    this.u8((rest >= 64 ? 0x80 : 0) | sign | (rest % 64));
    rest = Math.floor(rest / 64);
    while (rest > 0) {
      this.u8((rest >= 128 ? 0x80 : 0) | (rest % 128));
      rest = Math.floor(rest / 128);
    }
  }
}

/** The most bytes that `PacketWriter.integer` needs. */
const MAXIMUM_INTEGER_BYTES = 8;

/** Reads what a PacketWriter wrote; throws PacketError at the end of the bytes. */
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
    if (this.#position >= this.#end) throw new PacketError('packet too short');
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

  integer(): number {
    const first = this.u8();
    let magnitude = first & 0x3f;
    let weight = 64;
    let more = first >= 0x80;
    for (let count = 1; more; count++) {
      if (count === MAXIMUM_INTEGER_BYTES) throw new PacketError('integer too long');
      const byte = this.u8();
      magnitude += (byte & 0x7f) * weight;
      weight *= 128;
      more = byte >= 0x80;
    }
    if (magnitude > Number.MAX_SAFE_INTEGER) throw new PacketError('integer too large');
    return (first & 0x40) !== 0 ? -magnitude : magnitude;
  }
}
