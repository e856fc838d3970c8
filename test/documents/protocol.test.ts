import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { FrameWriter } from '../../src/link/frames.js';
import { MessageKind } from '../../src/link/message.js';
import { MAXIMUM_MESSAGE_BYTES } from '../../src/link/messageCodec.js';
import { type FieldType, fieldsOf } from '../../src/link/messageFields.js';
import { HEADER_BYTES, headerBytes, MAXIMUM_PACKET_BYTES } from '../../src/link/packetHeader.js';
import { Air } from '../src/network/net.js';

const text = readFileSync(new URL('../../src/link/PROTOCOL.md', import.meta.url), 'utf8');

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** The lines of an example, in the order of the document. */
const examples = text
  .slice(text.indexOf('\n## Example'))
  .split('\n')
  .filter((line) => /^ {4}[0-9a-f]{2} /.test(line))
  .map((line) => line.trim());

function typeText(range: FieldType): string {
  if (range.type === 'integer') return ` u${Math.log2(range.largest + 1)}`;
  if (range.type === 'bytes') return ` bytes(${range.largest})`;
  return range.type === 'boolean' ? ' boolean' : '';
}

describe('PROTOCOL.md', () => {
  it('shows the packets that the devices send', () => {
    const networkId = 0x4d31;
    const air = new Air();
    const meter = air.add(0x1001, { networkId, firstCounter: 123_456, route: [0x0201, 0x0100] });
    const health = () => ({ rssiDbm: -87, batteryMillivolts: 3350, errors: 5 });
    air.add(0x0201, { networkId, route: [0x0100], health });
    const manager = air.add(0x0100, { networkId, route: [0], peers: 8, firstCounter: 7 });
    const nonce = 0x1234_5678;
    meter.node.send(0x0100, { kind: MessageKind.timeRequest, nonce });
    air.settle();
    manager.node.send(0x1001, { kind: MessageKind.time, nonce, timeSeconds: 1_800_000_000 });
    air.settle();
    const packets = air.log.map(({ packet }) => packet);
    const writer = new FrameWriter(MAXIMUM_PACKET_BYTES);
    const frame = writer.bytes.slice(0, writer.build(packets[0]!, packets[0]!.length));
    const [first, ...others] = packets.map(hex);
    assert.deepEqual(examples, [first!, hex(frame), ...others]);
  });

  it('lists every kind of message with its keys', () => {
    const rows = Object.entries(MessageKind).map(([name, kind]) => {
      const keys = fieldsOf(kind)!.map(
        (field, index) => `${index + 1} ${field.name}${typeText(field.range)}`,
      );
      return `| ${kind} | ${name} | ${keys.join(', ')} |`;
    });
    const table = text.slice(text.indexOf('\n*(checked)*')).split('\n\n')[1]!;
    assert.deepEqual(table.split('\n').slice(2), rows);
    assert.include(text, `At most ${MAXIMUM_MESSAGE_BYTES.toLocaleString('en')} bytes.`);
  });

  it('says how much room there is', () => {
    assert.include(text, `\n| ${HEADER_BYTES}.. | the way |`);
    for (const [payload, tag] of [
      [128, 12],
      [51, 8],
      [51, 12],
    ] as const) {
      const rooms = Array.from({ length: 7 }, (_, routers) => payload - headerBytes(false, routers) - tag);
      assert.include(text, `\n| ${payload}, ${tag} | ${rooms.join(' | ')} |`);
    }
  });
});
