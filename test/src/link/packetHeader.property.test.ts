import { assert } from 'chai';
import fc from 'fast-check';
import {
  createHeader,
  downHop,
  getHeader,
  headerBytes,
  MAXIMUM_PACKET_BYTES,
  MAXIMUM_WAY,
  type PacketHeader,
  putDownHop,
  putHeader,
  putUpHop,
  upHop,
} from '../../../src/link/packetHeader.js';

const u16 = fc.nat(0xffff);
const headers: fc.Arbitrary<PacketHeader> = fc
  .record({
    down: fc.boolean(),
    piece: fc.boolean(),
    networkId: u16,
    destination: u16,
    source: u16,
    counter: fc.integer({ min: 0, max: 0xffff_ffff }),
    receiver: u16,
    hops: fc.nat(MAXIMUM_WAY),
    place: fc.nat(MAXIMUM_WAY),
  })
  .filter(({ down, hops, place }) => (down ? place <= hops : hops + place <= MAXIMUM_WAY));

describe('packet header', () => {
  it('comes out as it was put in, and is refused when cut short', () => {
    fc.assert(
      fc.property(headers, (header) => {
        const bytes = new Uint8Array(MAXIMUM_PACKET_BYTES);
        putHeader(bytes, header);
        const length = headerBytes(header.down, header.hops);
        const read = createHeader();
        assert.isTrue(getHeader(bytes, length, read));
        assert.deepEqual(read, header);
        assert.isFalse(getHeader(bytes, length - 1, read));
      }),
    );
  });

  it('of any bytes is refused, or has a way that can be', () => {
    // Every other one begins with the right version, or nearly nothing would be read.
    const first = fc.oneof(fc.nat(255), fc.constantFrom(0x20, 0x28, 0x30, 0x38));
    const rest = fc.uint8Array({ maxLength: MAXIMUM_PACKET_BYTES + 1 });
    const bytes = fc.tuple(first, rest).map(([version, others]) => Uint8Array.of(version, ...others));
    fc.assert(
      fc.property(bytes, (each) => {
        const read = createHeader();
        if (!getHeader(each, each.length, read)) return;
        assert.isAtMost(headerBytes(read.down, read.hops), each.length);
        assert.isAtMost(read.hops, MAXIMUM_WAY);
        if (read.down) assert.isAtMost(read.place, read.hops);
        else assert.isAtMost(read.hops + read.place, MAXIMUM_WAY);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps a way up and a way down', () => {
    const bytes = new Uint8Array(MAXIMUM_PACKET_BYTES);
    for (let index = 0; index < MAXIMUM_WAY; index += 1) {
      const health = { rssiDbm: index - 90, batteryMillivolts: null, errors: 1 };
      putUpHop(bytes, index, 0xff00 + index, health);
      assert.deepEqual(upHop(bytes, index), { address: 0xff00 + index, ...health });
    }
    for (let index = 0; index < MAXIMUM_WAY; index += 1) putDownHop(bytes, index, 0xfe00 + index);
    for (let index = 0; index < MAXIMUM_WAY; index += 1) assert.equal(downHop(bytes, index), 0xfe00 + index);
  });
});
