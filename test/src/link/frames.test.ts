import { assert } from 'chai';
import { FrameReader, FrameWriter } from '../../../src/link/frames.js';

describe('a frame', () => {
  const packet = Uint8Array.of(0x20, 0, 0, 0x31);
  // CRC-16/X-25 of the packet, low byte first, behind it; then stuffed, between zeros.
  const frame = [0, 2, 0x20, 1, 4, 0x31, 0x87, 0x53, 0];

  it('has its bytes where they belong', () => {
    const writer = new FrameWriter(4);
    assert.deepEqual([...writer.bytes.slice(0, writer.build(packet, 4))], frame);
    assert.throws(() => writer.build(new Uint8Array(5), 5), /room/);
    assert.throws(() => writer.build(packet, 0), /room/);
  });

  it('is found a byte at a time, behind half a frame and behind noise without an end', () => {
    const found: number[][] = [];
    const reader = new FrameReader(4, (bytes, length) => found.push([...bytes.slice(0, length)]));
    const stream = [...frame, ...frame.slice(0, 5), ...frame, ...new Array(100).fill(0x55), ...frame];
    for (const byte of stream) reader.receive(Uint8Array.of(byte));
    assert.deepEqual(found, [[...packet], [...packet], [...packet]]);
    assert.equal(reader.damaged, 2);
  });

  it('with a packet that is too long for its reader, or with nothing but a check, is damaged', () => {
    const reader = new FrameReader(3, () => assert.fail('nothing to deliver'));
    reader.receive(Uint8Array.from(frame));
    reader.receive(Uint8Array.of(0, 1, 2, 0, 1, 0));
    assert.equal(reader.damaged, 3);
  });
});
