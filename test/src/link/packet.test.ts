import { assert } from 'chai';
import { LimfsError, type StoreId } from '../../../lib/limfs/index.js';
import { PacketReader } from '../../../src/link/cursor.js';
import {
  MAXIMUM_PACKET_BYTES,
  OutgoingPacket,
  openPacket,
  PacketKind,
  readStoreState,
} from '../../../src/link/packet.js';

const storeId: StoreId = [0xfedcba98, 0x01234567];

function examplePacket(): Uint8Array {
  const packet = new OutgoingPacket();
  packet.start(PacketKind.window, 0xabcd);
  packet.storeState(storeId, 0xffff_fff0, 3);
  packet.writer.u8(42);
  return packet.bytes.slice(0, packet.finish());
}

describe('packet', () => {
  it('comes out as it was put in', () => {
    const bytes = examplePacket();
    const reader = new PacketReader();
    assert.isTrue(openPacket(reader, bytes, bytes.length));
    assert.equal(reader.u8(), PacketKind.window);
    assert.equal(reader.u16(), 0xabcd);
    assert.deepEqual(readStoreState(reader), { storeId, oldestSequence: 0xffff_fff0, nextSequence: 3 });
    assert.equal(reader.u8(), 42);
    assert.throws(() => reader.u8(), LimfsError);
  });

  it('is refused with any one bit wrong', () => {
    const bytes = examplePacket();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = bytes.slice();
      copy[bit >> 3]! ^= 1 << (bit & 7);
      assert.isFalse(openPacket(new PacketReader(), copy, copy.length), `bit ${bit}`);
    }
  });

  it('is refused when cut short or too long', () => {
    const bytes = examplePacket();
    for (let length = 0; length < bytes.length; length++) {
      assert.isFalse(openPacket(new PacketReader(), bytes, length), `length ${length}`);
    }
    const long = new Uint8Array(MAXIMUM_PACKET_BYTES + 1);
    assert.isFalse(openPacket(new PacketReader(), long, long.length));
  });
});
