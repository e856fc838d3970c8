/** What packets cost a device: to make, to take, to send on; and the heap of a node. */
import { type Message, MessageKind } from '../../../src/link/message.js';
import { NullSeal } from '../../../src/link/seal.js';
import { Node } from '../../../src/network/node.js';
import { type Cost, measureOnce, report } from './measure.js';

const METER = 0x1001;
const ROUTER = 0x0201;
const MANAGER = 0x0100;
const seal = new NullSeal();

/** The last packet of any node. */
const sent = { packet: new Uint8Array(128), length: 0 };
const port = {
  send: (_: number, packet: Uint8Array, length: number) => {
    sent.packet.set(packet.subarray(0, length));
    sent.length = length;
  },
};

function node(address: number, route: number[], more: { peers?: number } = {}): Node {
  const health = () => ({ rssiDbm: -80, batteryMillivolts: 3300, errors: 3 });
  return new Node({
    address,
    networkId: 1,
    payloadBytes: 128,
    route,
    seal,
    firstCounter: 1,
    port,
    health,
    ...more,
  });
}

function reportLoad(name: string, { instructions, slots, chunkBytes }: Cost): void {
  report(name, instructions, 'instructions');
  report(`${name}, garbage`, slots * 16 + chunkBytes, 'bytes');
}

const meter = node(METER, [ROUTER, MANAGER]);
const router = node(ROUTER, [MANAGER]);
const manager = node(MANAGER, [0], { peers: 128 });
const nodes: Node[] = [];
const heap = measureOnce(() => {
  nodes.push(node(ROUTER + 1, [MANAGER]));
});
report('heap of a router', heap.slots * 16 + heap.chunkBytes, 'bytes');

const window: Message = {
  kind: MessageKind.window,
  storeId: [0x1234_5678, 0x9abc_def0],
  line: 0x89ab_cdef,
  oldestSequence: 100_000,
  block: new Uint8Array(64).fill(0x5a),
};
const request: Message = {
  kind: MessageKind.backfillRequest,
  storeId: window.storeId,
  firstSequence: 123_456,
  count: 24,
};

let delivered = 0;
manager.onMessage = () => {
  delivered += 1;
};
meter.onMessage = manager.onMessage;

interface Step {
  readonly name: string;
  readonly run: () => void;
}

/** A window on its way up and a request on its way down; a node drops what comes again, so each step takes a new packet. */
const steps: readonly Step[] = [
  { name: 'send a window with a block of 64 bytes', run: () => meter.send(MANAGER, window) },
  { name: 'forward a window', run: () => router.receive(0, sent.packet, sent.length) },
  { name: 'take a window', run: () => manager.receive(0, sent.packet, sent.length) },
  { name: 'send a request down', run: () => manager.send(METER, request) },
  { name: 'forward a request', run: () => router.receive(0, sent.packet, sent.length) },
  { name: 'take a request', run: () => meter.receive(0, sent.packet, sent.length) },
];
for (const { run } of steps) run();
for (const { name, run } of steps) {
  xsHost.gc();
  reportLoad(name, measureOnce(run));
}
if (delivered !== 4) throw new Error(`${delivered} messages were delivered, not 4`);
