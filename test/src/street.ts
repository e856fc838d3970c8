import { assert } from 'chai';
import type { DeviceHeader } from '../../lib/limfs/concentrator/index.js';
import type { Channel, Environment, StoreId } from '../../lib/limfs/index.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { ServerBook } from '../../simulator/ledger/serverBook.js';
import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import { ConcentratorFirmware, SERVER_ADDRESS } from '../../src/concentrator/concentratorFirmware.js';
import type { Firmware, Port } from '../../src/firmware.js';
import { type Command, MessageKind, type Result } from '../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../src/link/packetHeader.js';
import { NullSeal } from '../../src/link/seal.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { ManagerFirmware } from '../../src/manager/managerFirmware.js';
import { openMeterChip } from '../../src/meter/meterChip.js';
import { MeterFirmware } from '../../src/meter/meterFirmware.js';
import type { RoleStore } from '../../src/meter/roleStore.js';
import { Node } from '../../src/network/node.js';
import { ReportReceiver } from '../../src/receiver/reportReceiver.js';
import { RouterFirmware } from '../../src/router/routerFirmware.js';

export const HOUR = 3600;
export const start = 1_700_000_000 - (1_700_000_000 % HOUR);
export const METER = 30;
export const ROUTER = 20;
export const MANAGER = 10;
const UPLINK = 7;
const MOST_SEQUENCES = 10_000;
export const meterId: StoreId = [1, 30];

function at(address: number, route: readonly number[]): Environment {
  return {
    networkId: 5,
    address,
    route,
    alternateRoute: [],
    dutyCyclePermille: 1000,
    windowReadings: 0,
    lastCommand: 0,
  };
}

/** Devices as they are flashed, and the packets between them; a packet arrives at once. */
export class Street {
  readonly devices = new Map<number, Firmware>();
  readonly queue: (() => void)[] = [];
  /** What carries packets to a neighbour in place of the air, by its address. */
  readonly wires = new Map<number, Port>();
  /** The connection between concentrator and server: as each of them sends into it. */
  uplink: Port = this.port((_, packet) => this.server.receive(this.nowSeconds, packet, packet.length));
  downlink: Port = this.port((_, packet) =>
    this.concentrator.receiveFromServer(this.nowSeconds, packet, packet.length),
  );
  readonly book = new ServerBook(MOST_SEQUENCES);
  readonly passed: (readonly DeviceHeader[])[] = [];
  readonly results: Result[] = [];
  nowSeconds = start;
  concentrator!: ConcentratorFirmware;
  server!: Node;
  #random = 12_345;

  host(payloadBytes: number) {
    const random = () => {
      this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
      return this.#random;
    };
    return {
      seal: new NullSeal(),
      payloadBytes,
      bitsPerSecond: 50_000,
      clock: { step: () => {}, slew: () => {} },
      clockIsSet: true,
      random,
      health: () => ({ rssiDbm: -70, batteryMillivolts: 3600 }),
      port: this.port((neighbour, packet) => {
        if (neighbour === CONCENTRATOR_ADDRESS)
          this.concentrator.receive(this.nowSeconds, packet, packet.length);
        else this.devices.get(neighbour)?.receive(this.nowSeconds, packet, packet.length);
      }),
    };
  }

  port(deliver: (neighbour: number, packet: Uint8Array) => void) {
    return {
      send: (neighbour: number, packet: Uint8Array, length: number) => {
        const wire = this.wires.get(neighbour);
        if (wire !== undefined) {
          wire.send(neighbour, packet, length);
          return;
        }
        const copy = packet.slice(0, length);
        this.queue.push(() => deliver(neighbour, copy));
      },
    };
  }

  /** What the server sends to a device, until its result is there. */
  command(
    number: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array = new Uint8Array(0),
    notAfterSeconds = this.nowSeconds + HOUR,
  ): Result | undefined {
    const kind = MessageKind.command;
    const command: Command = { kind, number, storeId, notAfterSeconds, operation, argument };
    this.server.send(UPLINK, command);
    this.run(120);
    return this.results.find((result) => result.number === number);
  }

  run(seconds: number): void {
    const end = this.nowSeconds + seconds;
    for (;;) {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
      const all = [this.concentrator, ...this.devices.values()];
      const due = all.reduce((least, one) => (one.wakeSeconds < least.wakeSeconds ? one : least));
      if (due.wakeSeconds > end) break;
      this.nowSeconds = Math.max(this.nowSeconds, due.wakeSeconds);
      due.wake(this.nowSeconds);
    }
    this.nowSeconds = end;
  }
}

/** What the meter measures, and what its register shows at the reading with a number. */
export interface Measured {
  readonly channels: readonly Channel[];
  readonly values: (reading: number) => readonly number[];
  /** What its store holds before it starts. */
  readonly before?: (store: RoleStore) => void;
}

export const energy: Measured = {
  channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
  values: (reading) => [1007 + 7 * reading],
};

/** A meter, a router, a local manager, a concentrator and a server. */
export function build(payloadBytes: number, measured = energy): Street {
  const street = new Street();
  const field = street.host(payloadBytes);
  const uplinkPort: Port = { send: (...packet) => street.uplink.send(...packet) };
  const concentratorChip = openConcentratorChip(new RamMedium(65_536), { storeId: [3, 1], reportBytes: 600 });
  concentratorChip.roster.put(0, { address: MANAGER, reportHours: 1, silent: false });
  const uplink = { seal: new NullSeal(), payloadBytes: 128, port: uplinkPort };
  const host = { ...field, field, uplink };
  street.concentrator = new ConcentratorFirmware(concentratorChip, host, at(UPLINK, []), start);
  street.server = new Node({
    address: SERVER_ADDRESS,
    networkId: 5,
    route: [],
    payloadBytes: 128,
    seal: new NullSeal(),
    firstCounter: 1,
    peers: 8,
    port: { send: (...packet) => street.downlink.send(...packet) },
  });
  const receiver = new ReportReceiver(street.server, street.book, {
    passed: (headers) => street.passed.push(headers),
    reported: () => {},
    parted: () => {},
    event: () => {},
    result: (result) => street.results.push(result),
    passThrough: () => {},
    quarantine: () => assert.fail('nothing is strange here'),
  });
  street.server.onMessage = (source, message, _, now) => receiver.take(source, message, now);
  const managerChip = openManagerChip(new RamMedium(65_536), {
    storeId: [2, 1],
    meters: 4,
    windowReadings: 24,
  });
  const manager = new ManagerFirmware(managerChip, field, at(MANAGER, [CONCENTRATOR_ADDRESS]), start);
  street.devices.set(MANAGER, manager);
  manager.role.enlist({ storeId: meterId, firstSequence: 0, address: METER }, start);
  street.devices.set(ROUTER, new RouterFirmware(at(ROUTER, [MANAGER]), field));
  let count = 0;
  const register = {
    read: (_: number, values: number[]) => {
      measured.values(count).forEach((value, channel) => {
        values[channel] = value;
      });
      count += 1;
      return true;
    },
  };
  const meterChip = openMeterChip(new RamMedium(65_536), {
    storeId: meterId,
    channels: measured.channels,
    intervalSeconds: HOUR,
  });
  measured.before?.(meterChip.store);
  const meterHost = {
    ...field,
    register,
    output: () => true,
    batteryMillivolts: () => null,
  };
  const settings = { environment: at(METER, [ROUTER, MANAGER]), thresholds: [] };
  street.devices.set(METER, new MeterFirmware(meterChip, meterHost, settings, start));
  return street;
}
