/** What the benches of roles share: wires, other devices, a blank chip, and the measuring of a start and of work. */
import { LINE } from '../../../bench/line.js';
import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import type { Environment } from '../../../lib/limfs/index.js';
import type { Firmware, Port } from '../../../src/firmware.js';
import { MessageKind } from '../../../src/link/message.js';
import { NullSeal } from '../../../src/link/seal.js';
import { Node } from '../../../src/network/node.js';
import { blockOf } from '../../lib/limfs/manager/blocks.js';
import { type Bounds, growHeap, measureOnce, report } from './measure.js';

export const MANAGER = 0x0100;
export const ROUTER = 0x0201;
export const METER = 0x1000;
export const HOUR = 3600;
export const start = 1_736_121_600;
export const payloadBytes = 128;
export const windowReadings = 24;
export const seal = new NullSeal();
export const random = () => 7;
export const clock = { step: () => {}, slew: () => {} };
export const health = () => ({ rssiDbm: -80, batteryMillivolts: 3300 });

/** Packets on their way: a port does not call back while it sends. */
export class Wire implements Port {
  readonly waiting: Uint8Array[] = [];

  send(_neighbour: number, packet: Uint8Array, length: number): void {
    this.waiting.push(packet.slice(0, length));
  }

  /** Hands over what has been sent so far. */
  deliver(receive: (packet: Uint8Array, length: number) => void): void {
    for (const packet of this.waiting.splice(0)) receive(packet, packet.length);
  }
}

/** What the device under measurement sends to the field, and up to the server. */
export const sent = new Wire();
export const uplink = new Wire();

export function environment(address: number, route: number[]): Environment {
  const place = { networkId: 1, address, route, alternateRoute: [], windowReadings: 0, lastCommand: 0 };
  return { ...place, dutyCyclePermille: 1000 };
}

/** Another device of the network, at the end of a wire of its own. */
export function peer(address: number, route: number[], port: Port): Node {
  return new Node({ address, networkId: 1, payloadBytes, route, seal, firstCounter: 1, port, peers: 8 });
}

export function sendWindow(firmware: Firmware, meter: number, route: number[]): void {
  const wire = new Wire();
  const block = blockOf(0, meter, 0, windowReadings);
  const storeId = [9, meter] as const;
  const state = { storeId, line: LINE, oldestSequence: 0 };
  peer(METER + meter, route, wire).send(MANAGER, { kind: MessageKind.window, ...state, block });
  wire.deliver((packet, length) => firmware.receive(start + HOUR, packet, length));
}

export function newDriver(): FM24V10 {
  return new FM24V10({ memory: { io: xsHost.I2C } });
}

/** A chip as it comes from the factory. */
function clearChip(): void {
  const medium = newDriver();
  const zeros = new Uint8Array(256);
  for (let at = 0; at < medium.sizeBytes; at += zeros.length) medium.write(at, zeros, 0, zeros.length);
}

/** The device that was commissioned, and the one that is measured. */
const devices: Firmware[] = [];

/**
 * `limit`: bytes that the role may hold. `commission`: once, on the blank chip. Measured is what one start more takes, beside the device that is there
 * already: XS keeps the object that was made last alive, whoever it is.
 */
export function bench<Role extends Firmware>(
  name: string,
  limit: number,
  begin: () => Role,
  commission: (firmware: Role) => void,
  work: (firmware: Role) => void,
): void {
  clearChip();
  const first = begin();
  commission(first);
  devices.push(first);
  xsHost.gc();
  const slots = xsHost.slotsUsed();
  const chunkBytes = xsHost.chunkBytesUsed();
  const { instructions } = measureOnce(() => {
    devices.push(begin());
  });
  const measure = (when: string, bounds: Bounds) => {
    xsHost.gc();
    const chunks = xsHost.chunkBytesUsed() - chunkBytes;
    reportHeap(`${name}: XS heap ${when}`, xsHost.slotsUsed() - slots, chunks, bounds);
  };
  measure('when opened', {});
  report(`${name}: start`, instructions, 'instructions');
  work(devices[1] as Role);
  sent.waiting.length = 0;
  uplink.waiting.length = 0;
  measure('after a round of work', { limit });
  devices.length = 0;
}

function reportHeap(name: string, slots: number, chunkBytes: number, bounds: Bounds = {}): void {
  report(name, slots * 16 + chunkBytes, 'bytes', bounds);
  report('  of it chunks', chunkBytes, 'bytes');
}

/** Before anything is opened. */
export function reportEngine(): void {
  growHeap(5000, 49_152);
  xsHost.gc();
  reportHeap('engine, code and bench', xsHost.slotsUsed(), xsHost.chunkBytesUsed());
}

/** At the end: the bench's own calls are some of it. */
export function reportStack(): void {
  report('XS stack, peak', xsHost.stackSlotsPeak(), 'slots');
}
