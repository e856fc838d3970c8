import { assert } from 'chai';
import { SerialLink } from '../../../hosts/xs/serialLink.js';
import { FakePort } from './bench.js';

const maximumBytes = 128;

function createLink() {
  const packets: number[][] = [];
  let port: FakePort | undefined;
  const link = new SerialLink(
    maximumBytes,
    (events) => {
      port = new FakePort(events);
      return port;
    },
    (packet, length) => packets.push([...packet.subarray(0, length)]),
  );
  return { link: link.port, port: port!, packets };
}

function packetOf(byte: number, length = maximumBytes): Uint8Array {
  return new Uint8Array(length).fill(byte);
}

describe('a serial port as a link', () => {
  it('brings packets from one port to another, longer ones than the port holds at a time', () => {
    const [from, to] = [createLink(), createLink()];
    const sent = [packetOf(1), packetOf(0), packetOf(3, 1), packetOf(255)];
    for (const packet of sent) from.link.send(0, packet, packet.length);
    for (let turn = 0; turn < 100; turn += 1) to.port.receive(from.port.drain(7 + turn));
    assert.deepEqual(
      to.packets,
      sent.map((packet) => [...packet]),
    );
  });

  it('drops a packet that was damaged, and takes the next one', () => {
    const [from, to] = [createLink(), createLink()];
    from.link.send(0, packetOf(1, 20), 20);
    const bytes = from.port.drainAll();
    bytes[9]! ^= 4;
    to.port.receive(bytes);
    from.link.send(0, packetOf(2, 20), 20);
    to.port.receive(from.port.drainAll());
    assert.deepEqual(to.packets, [[...packetOf(2, 20)]]);
  });

  it('drops the oldest packets while the port takes nothing, never a part of one', () => {
    const [from, to] = [createLink(), createLink()];
    for (let byte = 1; byte <= 100; byte += 1) from.link.send(0, packetOf(byte), maximumBytes);
    to.port.receive(from.port.drainAll());
    const first = to.packets.map((packet) => packet[0]!);
    assert.deepEqual(first, [1, ...Array.from({ length: 16 }, (_, index) => 85 + index)]);
    assert.isTrue(to.packets.every((packet) => packet.length === maximumBytes));
  });

  it('sends on when the port had promised more room than it had', () => {
    const { link, port, packets } = createLink();
    port.drainAll();
    port.write(new ArrayBuffer(100));
    link.send(0, packetOf(7, 50), 50);
    const bytes = port.drainAll();
    port.receive(bytes.slice(100));
    assert.deepEqual(packets, [[...packetOf(7, 50)]]);
  });
});
