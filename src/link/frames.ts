import { assert } from '../../lib/limfs/errors.js';
import { stuff, stuffedBytes, unstuff } from './cobs.js';
import { crc16 } from './crc16.js';

const CHECK_BYTES = 2;

/** Puts packets into frames for a stream: 0x00, the stuffed packet and its CRC-16/X-25, 0x00. */
export class FrameWriter {
  /** The frame that was built last. */
  readonly bytes: Uint8Array;
  readonly #plain: Uint8Array;

  /** For packets of at most `maximumBytes`. */
  constructor(maximumBytes: number) {
    this.#plain = new Uint8Array(maximumBytes + CHECK_BYTES);
    this.bytes = new Uint8Array(stuffedBytes(maximumBytes + CHECK_BYTES) + 2);
  }

  /** Builds the frame of packet[0, length) in `bytes` and returns its length. */
  build(packet: Uint8Array, length: number): number {
    const plain = this.#plain;
    assert(length > 0 && length + CHECK_BYTES <= plain.length, 'a packet that its frame has room for');
    plain.set(packet.subarray(0, length));
    const check = crc16(packet, 0, length);
    plain[length] = check;
    plain[length + 1] = check >>> 8;
    // The zero in front ends whatever noise the line has made since the last frame.
    this.bytes[0] = 0;
    const end = stuff(plain, length + CHECK_BYTES, this.bytes, 1);
    this.bytes[end] = 0;
    return end + 1;
  }
}

/** Takes the bytes of a stream, in pieces of any length, and gives the packets whose frames are whole. */
export class FrameReader {
  /** Frames that were damaged: wrong stuffing, a wrong check, too long or too short. */
  damaged = 0;
  readonly #bytes: Uint8Array;
  readonly #deliver: (packet: Uint8Array, length: number) => void;
  #filled = 0;

  /**
   * For packets of at most `maximumBytes`. `deliver` gets packet[0, length), which stays as it is only until `deliver`
   * returns.
   */
  constructor(maximumBytes: number, deliver: (packet: Uint8Array, length: number) => void) {
    this.#bytes = new Uint8Array(stuffedBytes(maximumBytes + CHECK_BYTES));
    this.#deliver = deliver;
  }

  receive(bytes: Uint8Array, length = bytes.length): void {
    const frame = this.#bytes;
    let filled = this.#filled;
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[index]!;
      if (byte === 0) {
        this.#filled = filled;
        this.#end();
        filled = 0;
      } else {
        // What is too long is counted on, and dropped at the next zero.
        if (filled < frame.length) frame[filled] = byte;
        if (filled <= frame.length) filled += 1;
      }
    }
    this.#filled = filled;
  }

  #end(): void {
    const filled = this.#filled;
    this.#filled = 0;
    if (filled === 0) return;
    const bytes = this.#bytes;
    const length = filled > bytes.length ? -1 : unstuff(bytes, filled) - CHECK_BYTES;
    if (length <= 0 || crc16(bytes, 0, length) !== (bytes[length]! | (bytes[length + 1]! << 8))) {
      this.damaged += 1;
      return;
    }
    this.#deliver(bytes, length);
  }
}
