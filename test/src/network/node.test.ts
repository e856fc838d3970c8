import { assert } from 'chai';
import type { StoreId } from '../../../lib/limfs/index.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { Air } from './net.js';

const storeId: StoreId = [0xfedcba98, 0x01234567];
const METER = 0x1001;
const MANAGER = 0x0100;

function window(blockBytes: number): Message {
  const block = Uint8Array.from({ length: blockBytes }, (_, index) => index);
  return { kind: MessageKind.window, storeId, line: 0xffff_ffff, oldestSequence: 3, block };
}

const request: Message = { kind: MessageKind.backfillRequest, storeId, firstSequence: 7, count: 24 };

/** A meter behind so many routers, its local manager, and the concentrator. */
function chain(routers: number, payloadBytes = 128, tagBytes: 8 | 12 = 12) {
  const air = new Air();
  const seal = new NullSeal(tagBytes);
  const common = { payloadBytes, seal };
  const ways = Array.from({ length: routers }, (_, index) => 0x0200 + index);
  const meter = air.add(METER, { ...common, route: [...ways, MANAGER] });
  ways.forEach((address, index) => {
    const health = () => ({ rssiDbm: -60 - index, batteryMillivolts: 2280 + 120 * index, errors: index });
    air.add(address, { ...common, route: [...ways.slice(index + 1), MANAGER], health });
  });
  const health = () => ({ rssiDbm: null, batteryMillivolts: null, errors: 0 });
  const manager = air.add(MANAGER, { ...common, route: [CONCENTRATOR_ADDRESS], health, peers: 128 });
  const concentrator = air.add(CONCENTRATOR_ADDRESS, { ...common, peers: 128 });
  return { air, meter, manager, concentrator, ways };
}

describe('Node', () => {
  it('cuts what goes down to what the radio of the meters takes, and what goes up to what the wire takes', () => {
    const { air, meter, concentrator } = chain(0);
    const narrow = air.add(MANAGER + 1, { route: [CONCENTRATOR_ADDRESS], downPayloadBytes: 51, peers: 8 });
    narrow.node.send(CONCENTRATOR_ADDRESS, window(90));
    const data = Uint8Array.from({ length: 200 }, (_, index) => index);
    const command: Message = { kind: MessageKind.passThrough, storeId, bytes: data };
    narrow.node.send(METER, command);
    air.settle();
    const lengths = (neighbour: number) =>
      air.log.filter((one) => one.neighbour === neighbour).map(({ packet }) => packet.length);
    assert.isAbove(Math.max(...lengths(CONCENTRATOR_ADDRESS)), 90);
    assert.isAtMost(Math.max(...lengths(METER)), 51);
    assert.deepEqual(meter.delivered.at(-1)?.message, command);
    assert.lengthOf(concentrator.delivered, 1);
  });

  for (let routers = 0; routers <= 6; routers += 1) {
    it(`sends up and down over ${routers} routers`, () => {
      const { air, meter, manager, ways } = chain(routers);
      const sent = window(meter.node.largestBlockBytes(MANAGER));
      meter.node.send(MANAGER, sent);
      air.settle();
      assert.equal(air.log.length, routers + 1);
      assert.deepEqual(
        manager.delivered.map(({ source, message }) => ({ source, message })),
        [{ source: METER, message: sent }],
      );
      assert.deepEqual(
        manager.delivered[0]!.hops,
        ways.map((address, index) => ({
          address,
          rssiDbm: -60 - index,
          batteryMillivolts: 2280 + 120 * index,
          errors: index === 0 ? 0 : 2 ** Math.floor(Math.log2(index)),
        })),
      );
      manager.node.send(METER, request);
      air.settle();
      assert.deepEqual(meter.delivered[0]!.message, request);
      assert.equal(meter.delivered[0]!.source, MANAGER);
    });

    it(`sends from a concentrator through the local manager over ${routers} routers, and back`, () => {
      const { air, meter, concentrator, ways } = chain(routers);
      meter.node.send(MANAGER, window(10));
      air.settle();
      concentrator.node.send(METER, request, MANAGER);
      air.settle();
      assert.deepEqual(meter.delivered.at(-1)?.message, request);
      meter.node.send(CONCENTRATOR_ADDRESS, window(10));
      air.settle();
      assert.deepEqual(
        concentrator.delivered[0]!.hops.map((hop) => hop.address),
        [...ways, MANAGER],
      );
      concentrator.node.send(METER, request);
      air.settle();
      assert.lengthOf(meter.delivered, 2);
    });
  }

  it('takes as many packets as small radios need, and says how large a block may be', () => {
    for (const [payloadBytes, tagBytes] of [
      [51, 8],
      [51, 12],
      [64, 12],
      [100, 12],
      [128, 12],
      [128, 8],
    ] as const) {
      for (let routers = 0; routers <= 6; routers += 1) {
        const { air, meter, manager } = chain(routers, payloadBytes, tagBytes);
        const bytes = meter.node.largestBlockBytes(MANAGER);
        const text = `${payloadBytes} bytes, tag ${tagBytes}, ${routers} routers`;
        const backfill = (blockBytes: number): Message => ({
          kind: MessageKind.backfill,
          storeId,
          line: 0xffff_ffff,
          firstSequence: 0xffff_ffff,
          oldestSequence: 0xffff_ffff,
          nextSequence: 0xffff_ffff,
          block: new Uint8Array(blockBytes).fill(7),
        });
        if (bytes === 0) {
          // Six ways of four bytes leave one byte for a body beside a tag of 12.
          assert.deepEqual([payloadBytes, tagBytes, routers], [51, 12, 6]);
          meter.node.send(MANAGER, backfill(0));
          assert.equal(meter.node.counters.tooLong, 1);
          continue;
        }
        meter.node.send(MANAGER, backfill(bytes));
        const packets = meter.sent.length;
        air.settle();
        assert.deepEqual(manager.delivered.at(-1)?.message, backfill(bytes), text);
        assert.isAtMost(Math.max(...air.log.map(({ packet }) => packet.length)), payloadBytes, text);
        meter.node.send(MANAGER, backfill(bytes + 1));
        // One byte more takes more packets, or is more than there may be.
        assert.isTrue(meter.sent.length > packets || meter.node.counters.tooLong > 0, text);
      }
    }
  });

  it('delivers a packet once, however often the link repeats it', () => {
    const { air, meter, manager } = chain(2);
    for (let count = 1; count <= 40; count += 1) {
      meter.node.send(MANAGER, window(10));
      air.settle((packets) => packets.flatMap((packet) => [packet, packet]));
      assert.lengthOf(manager.delivered, count);
    }
    assert.equal(manager.node.counters.repeated, 40);
    assert.equal(air.stations.get(0x0200)!.node.counters.repeated, 40);
  });

  it('knows a packet again after 31 others, and not after 32', () => {
    const { air, meter, manager } = chain(0);
    for (let count = 0; count < 33; count += 1) meter.node.send(MANAGER, window(count));
    air.settle();
    const again = (index: number) => {
      const { packet } = air.log[index]!;
      manager.node.receive(0, packet, packet.length);
      return manager.delivered.length;
    };
    assert.equal(again(1), 33);
    assert.equal(again(0), 34);
  });

  it('drops what is damaged, foreign or for others, and counts it', () => {
    const { air, meter, manager } = chain(0);
    const stranger = air.add(0x2222, { networkId: 1 });
    meter.node.send(MANAGER, window(10));
    const { packet } = meter.sent.splice(0)[0]!;
    stranger.node.receive(0, packet, packet.length);
    assert.equal(stranger.node.counters.foreign, 1);
    meter.node.receive(0, packet, packet.length);
    assert.equal(meter.node.counters.overheard, 1);
    const damaged = packet.slice();
    damaged[20]! ^= 4;
    manager.node.receive(0, damaged, damaged.length);
    assert.equal(manager.node.counters.unsealed, 1);
    manager.node.receive(0, packet, 5);
    assert.equal(manager.node.counters.malformed, 1);
    assert.lengthOf(manager.delivered, 0);
    manager.node.receive(0, packet, packet.length);
    assert.lengthOf(manager.delivered, 1);
  });

  it('of a meter forwards nothing', () => {
    const { air, meter, concentrator } = chain(0);
    concentrator.node.keepWay(0x1002, [MANAGER, METER]);
    concentrator.node.send(0x1002, request);
    air.settle();
    assert.equal(meter.node.counters.noWay, 1);
  });

  it('takes another route when a router dies, and is answered along that', () => {
    const { air, meter, manager } = chain(2);
    air.router(0x0300, [MANAGER]);
    meter.node.send(MANAGER, window(10));
    air.settle();
    air.dead.add(0x0201);
    meter.node.send(MANAGER, window(11));
    air.settle();
    assert.lengthOf(manager.delivered, 1);
    manager.node.send(METER, request);
    air.settle();
    assert.lengthOf(meter.delivered, 0);
    meter.node.useRoute([0x0300, MANAGER]);
    assert.deepEqual(meter.node.route, [0x0300, MANAGER]);
    meter.node.send(MANAGER, window(12));
    air.settle();
    assert.deepEqual(
      manager.delivered.at(-1)?.hops.map(({ address }) => address),
      [0x0300],
    );
    manager.node.send(METER, request);
    air.settle();
    assert.lengthOf(meter.delivered, 1);
  });

  it('works at once with a router that was replaced by a new one of the same address', () => {
    const { air, meter, manager } = chain(2);
    meter.node.send(MANAGER, window(10));
    air.settle();
    air.router(0x0201, [MANAGER]);
    manager.node.send(METER, request);
    air.settle();
    assert.lengthOf(meter.delivered, 1);
    meter.node.send(MANAGER, window(11));
    air.settle();
    assert.lengthOf(manager.delivered, 2);
  });

  it('lets no packet go round in a circle', () => {
    const air = new Air();
    const meter = air.add(METER, { route: [0x0200, MANAGER] });
    air.router(0x0200, [0x0201]);
    air.router(0x0201, [0x0200]);
    meter.node.send(MANAGER, window(10));
    air.settle();
    assert.lengthOf(air.log, 3);
    assert.equal(air.stations.get(0x0200)!.node.counters.repeated, 1);
  });

  it('drops a packet that has passed more devices than a way may have', () => {
    const air = new Air();
    const meter = air.add(METER, { route: [0x0200, MANAGER] });
    for (let index = 0; index < 9; index += 1) air.router(0x0200 + index, [0x0201 + index]);
    meter.node.send(MANAGER, window(10));
    air.settle();
    assert.equal(air.stations.get(0x0207)!.node.counters.tooFar, 1);
    assert.lengthOf(air.log, 8);
  });

  it('brings a full packet over routers that its sender does not know of, without their ways', () => {
    const { air, meter, manager } = chain(1);
    const bytes = meter.node.largestBlockBytes(MANAGER);
    air.router(0x0200, [0x0300, MANAGER]);
    air.router(0x0300, [0x0301, MANAGER]);
    air.router(0x0301, [MANAGER]);
    manager.node.keepWay(METER, [0x0301, 0x0300, 0x0200]);
    meter.node.send(MANAGER, window(bytes + 16));
    air.settle();
    assert.deepEqual(manager.delivered[0]!.message, window(bytes + 16));
    assert.deepEqual(
      manager.delivered[0]!.hops.map(({ address }) => address),
      [0x0200],
    );
    // A way with devices missing is not learned.
    manager.node.send(METER, request);
    assert.equal(manager.sent[0]!.neighbour, 0x0301);
    air.settle();
    assert.lengthOf(meter.delivered, 1);
  });

  it('remembers the ways that were heard last, and those that must be kept', () => {
    const air = new Air();
    const health = () => ({ rssiDbm: null, batteryMillivolts: null, errors: 0 });
    const manager = air.add(MANAGER, { route: [CONCENTRATOR_ADDRESS], health, peers: 4 });
    air.router(0x0200, [MANAGER]);
    const meters = Array.from({ length: 6 }, (_, index) =>
      air.add(METER + index, { route: [0x0200, MANAGER] }),
    );
    manager.node.keepWay(METER, [0x0200]);
    for (const meter of meters) meter.node.send(MANAGER, window(10));
    air.settle();
    const through = meters.map((_, index) => {
      manager.node.send(METER + index, request);
      return manager.sent.at(-1)!.neighbour;
    });
    assert.deepEqual(through, [0x0200, METER + 1, METER + 2, 0x0200, 0x0200, 0x0200]);
  });

  it('counts a message that no number of packets holds, and one of a way that is too long', () => {
    const { meter, concentrator } = chain(4, 51);
    meter.node.send(MANAGER, window(200));
    assert.equal(meter.node.counters.tooLong, 1);
    assert.equal(meter.sent.length, 0);
    concentrator.node.keepWay(MANAGER, [1, 2, 3, 4, 5, 6, 7]);
    concentrator.node.send(METER, request, MANAGER);
    assert.equal(concentrator.node.counters.noWay, 1);
  });

  it('counts packets for which the rest of their way finds no room', () => {
    const { air, meter, concentrator, manager } = chain(6);
    meter.node.send(MANAGER, window(10));
    air.settle();
    // Sent as if the meter were in reach of the manager, and full.
    concentrator.node.keepWay(METER, [MANAGER]);
    const data = new Uint8Array(80);
    concentrator.node.send(METER, { kind: MessageKind.result, number: 1, storeId, code: 0, data });
    assert.lengthOf(concentrator.sent, 1);
    air.settle();
    assert.equal(manager.node.counters.noRoom, 1);
    assert.lengthOf(meter.delivered, 0);
  });

  it('brings long commands through a local manager in pieces that have room for the rest of the way', () => {
    const { air, meter, concentrator } = chain(6);
    meter.node.send(MANAGER, window(10));
    air.settle();
    const data = Uint8Array.from({ length: 500 }, (_, index) => index);
    const message: Message = { kind: MessageKind.result, number: 1, storeId, code: 0, data };
    concentrator.node.send(METER, message, MANAGER);
    air.settle();
    assert.deepEqual(
      meter.delivered.map((each) => each.message),
      [message],
    );
  });

  it('counts a message that does not decode', () => {
    const { meter, manager } = chain(0);
    meter.node.send(MANAGER, window(10));
    const { packet } = meter.sent[0]!;
    packet[14 + 2] = 99;
    new NullSeal().seal(packet, 14, packet.length - 12);
    manager.node.receive(0, packet, packet.length);
    assert.equal(manager.node.counters.undecoded, 1);
  });
});
