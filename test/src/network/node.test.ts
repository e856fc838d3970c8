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
  return { kind: MessageKind.window, storeId, oldestSequence: 3, nextSequence: 0xffff_ffff, block };
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
});
