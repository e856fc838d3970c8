import { assert } from 'chai';
import fc from 'fast-check';
import { type Message, MessageKind } from '../../../src/link/message.js';
import {
  CONCENTRATOR_ADDRESS,
  createHeader,
  headerBytes,
  MAXIMUM_PACKET_BYTES,
  putHeader,
} from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { messages } from '../link/messages.js';
import { Air, type Sent } from './net.js';

const METERS = [0x1001, 0x1002];
const MANAGER = 0x0100;
const ROUTERS = [0x0200, 0x0201];

function network() {
  const air = new Air();
  const health = () => ({ rssiDbm: -50, batteryMillivolts: null, errors: 0 });
  const concentrator = air.add(CONCENTRATOR_ADDRESS, { peers: 8 });
  const manager = air.add(MANAGER, { route: [CONCENTRATOR_ADDRESS], health, peers: 8 });
  air.router(ROUTERS[0]!, [ROUTERS[1]!, MANAGER]);
  air.router(ROUTERS[1]!, [MANAGER]);
  const meters = METERS.map((address) => air.add(address, { route: [...ROUTERS, MANAGER] }));
  return { air, concentrator, manager, meters };
}

/** Messages that one radio packet or a few hold. */
const small = messages.filter((message) => message.kind !== MessageKind.reportPart);

describe('Node on a bad link', () => {
  it('delivers what nobody lost, and nothing twice or changed', () => {
    const fate = fc.constantFrom('pass', 'pass', 'pass', 'twice', 'lose', 'damage', 'late');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1), small), { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fate),
        fc.infiniteStream(fc.nat()),
        (sends, fates, random) => {
          const { air, manager, meters } = network();
          const held: Sent[] = [];
          let touched = false;
          const shuffle = (packets: Sent[]) => {
            const now = held.splice(0);
            for (const sent of packets) {
              const what = fates.next().value;
              touched ||= what === 'lose' || what === 'damage';
              if (what === 'late') held.push(sent);
              else if (what === 'damage') now.push(damaged(sent, random.next().value as number));
              else if (what !== 'lose') now.push(...(what === 'twice' ? [sent, sent] : [sent]));
            }
            return now;
          };
          const wanted: Message[] = [];
          for (const [meter, message] of sends) {
            meters[meter]!.node.send(MANAGER, message);
            wanted.push(message);
            air.settle(shuffle);
            if (held.length > 0) {
              // What came late comes now, behind everything else.
              const late = held.splice(0).reverse();
              for (const sent of late) air.broadcast(sent);
              air.settle();
            }
          }
          const got = manager.delivered.map(({ message }) => message);
          const left = [...wanted];
          for (const message of got) {
            const at = left.findIndex((each) => same(each, message));
            assert.isAtLeast(at, 0, 'a message that nobody sent, or one twice');
            left.splice(at, 1);
          }
          if (!touched) assert.lengthOf(left, 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('takes any packet without an error, and answers as before', () => {
    const address = fc.constantFrom(CONCENTRATOR_ADDRESS, MANAGER, ...ROUTERS, ...METERS, 0x7777);
    const headers = fc.record({
      down: fc.boolean(),
      piece: fc.boolean(),
      networkId: fc.constant(0x5678),
      destination: address,
      source: address,
      counter: fc.nat(50),
      receiver: address,
      hops: fc.nat(15),
      place: fc.nat(15),
    });
    const packet = fc
      .tuple(fc.option(headers), fc.uint8Array({ maxLength: MAXIMUM_PACKET_BYTES + 1 }), fc.boolean())
      .map(([header, bytes, sealed]) => {
        if (header === null || bytes.length < 14) return bytes;
        putHeader(bytes, { ...createHeader(), ...header });
        const start = headerBytes(header.down, header.hops);
        const end = bytes.length - 12;
        if (sealed && start <= end) new NullSeal().seal(bytes, start, end);
        return bytes;
      });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 10 }), (packets) => {
        const { air, manager, meters } = network();
        for (const each of packets) air.broadcast({ neighbour: 0, packet: each });
        air.settle();
        for (const { packet: sent } of air.log.slice(packets.length)) assert.isAtMost(sent.length, 128);
        const nonce = 0xfeedbeef;
        meters[0]!.node.send(MANAGER, { kind: MessageKind.timeRequest, nonce });
        air.settle();
        assert.deepEqual(manager.delivered.at(-1)?.message, { kind: MessageKind.timeRequest, nonce });
        manager.node.send(METERS[0]!, { kind: MessageKind.time, nonce, timeSeconds: 1 });
        air.settle();
        assert.equal(meters[0]!.delivered.at(-1)?.message.kind, MessageKind.time);
      }),
      { numRuns: 300 },
    );
  });
});

/** One bit wrong in what the tag covers. */
function damaged({ neighbour, packet }: Sent, bit: number): Sent {
  const changed = packet.slice();
  const at = changed.length - 1 - ((bit >> 3) % 20);
  changed[at]! ^= 1 << (bit & 7);
  return { neighbour, packet: changed };
}

function same(one: Message, other: Message): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
