import { assert } from 'chai';
import { COVERED_HEADER_BYTES, HEADER_BYTES } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';

const HEADER = HEADER_BYTES + 4;

describe('NullSeal', () => {
  for (const tagBytes of [8, 12] as const) {
    const seal = new NullSeal(tagBytes);

    function sealed(bodyBytes: number): Uint8Array {
      const packet = Uint8Array.from({ length: HEADER + bodyBytes + tagBytes }, (_, index) => 7 * index + 1);
      seal.seal(packet, HEADER, HEADER + bodyBytes);
      return packet;
    }

    it(`opens what it sealed, with a tag of ${tagBytes} bytes`, () => {
      for (const bodyBytes of [0, 1, 50]) {
        const packet = sealed(bodyBytes);
        assert.isTrue(seal.open(packet, HEADER, packet.length), `${bodyBytes} bytes`);
      }
    });

    it(`notices any one bit in the front of the header, the body and the tag of ${tagBytes} bytes`, () => {
      const packet = sealed(9);
      for (let bit = 0; bit < packet.length * 8; bit += 1) {
        const byte = bit >> 3;
        packet[byte]! ^= 1 << (bit & 7);
        const covered = byte < COVERED_HEADER_BYTES || byte >= HEADER;
        assert.equal(seal.open(packet, HEADER, packet.length), !covered, `bit ${bit}`);
        packet[byte]! ^= 1 << (bit & 7);
      }
    });

    it(`refuses a packet without room for a tag of ${tagBytes} bytes`, () => {
      const packet = sealed(0);
      for (let length = 0; length < packet.length; length += 1) {
        assert.isFalse(seal.open(packet, HEADER, length), `${length} bytes`);
      }
    });
  }
});
