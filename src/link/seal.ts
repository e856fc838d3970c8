import { getUint32, putUint32 } from '../../lib/limfs/areas/bytes.js';
import { crc32 } from './crc32.js';
import { COVERED_HEADER_BYTES } from './packetHeader.js';

/**
 * Protects a packet from its source to its destination: the first `COVERED_HEADER_BYTES` of the header and the body.
 * The rest of the header changes from hop to hop and is not covered.
 */
export interface Seal {
  /** Bytes of the tag behind the body: 12, or 8 on the smallest radios. */
  readonly tagBytes: number;
  /** Seals packet[0, length), whose body begins at `headerLength`, in place; puts the tag behind it. */
  seal(packet: Uint8Array, headerLength: number, length: number): void;
  /** Checks packet[0, length), tag included, and opens its body in place; false when it is not what was sealed. */
  open(packet: Uint8Array, headerLength: number, length: number): boolean;
}

/**
 * The seal of links without keys: nothing is hidden, and whoever wants to may forge. Its tag, of the size that a
 * cipher's has, is a CRC-32 and zeros, so that damage on the way is noticed.
 */
export class NullSeal implements Seal {
  readonly tagBytes: number;

  constructor(tagBytes: 8 | 12 = 12) {
    this.tagBytes = tagBytes;
  }

  seal(packet: Uint8Array, headerLength: number, length: number): void {
    packet.fill(0, length, length + this.tagBytes);
    putUint32(packet, length, check(packet, headerLength, length));
  }

  open(packet: Uint8Array, headerLength: number, length: number): boolean {
    const end = length - this.tagBytes;
    if (end < headerLength || getUint32(packet, end) !== check(packet, headerLength, end)) return false;
    for (let index = end + 4; index < length; index += 1) if (packet[index] !== 0) return false;
    return true;
  }
}

function check(packet: Uint8Array, headerLength: number, end: number): number {
  return crc32(packet, headerLength, end - headerLength, crc32(packet, 0, COVERED_HEADER_BYTES));
}
