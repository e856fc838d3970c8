import { assert } from 'chai';
import type { Environment } from '../../../lib/limfs/index.js';
import { LINES_BYTES } from '../../../lib/limfs/lines/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { EventCode } from '../../../src/events/eventCode.js';
import { EVENT_LOG_BYTES } from '../../../src/events/openEventLog.js';
import type { Port } from '../../../src/firmware.js';
import { listenSeconds } from '../../../src/link/listening.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS, type Hop } from '../../../src/link/packetHeader.js';
import { NullSeal } from '../../../src/link/seal.js';
import { openMeterChip } from '../../../src/meter/meterChip.js';
import { MeterFirmware } from '../../../src/meter/meterFirmware.js';
import { Node } from '../../../src/network/node.js';
import { RouterFirmware } from '../../../src/router/routerFirmware.js';
import { format, hour, noon, timesOf } from './rig.js';

const addresses = { meter: 5, router: 7, otherRouter: 8, manager: 100 };
const environment: Environment = {
  networkId: 0x1234,
  address: addresses.meter,
  route: [addresses.router, addresses.manager],
  alternateRoute: [addresses.otherRouter, addresses.manager],
  dutyCyclePermille: 10,
  windowReadings: 0,
  lastCommand: 0,
};

/** A meter, two routers and a bare local manager on one air that loses nothing; `dead` devices do not hear. */
class Street {
  now = noon;
  readonly dead = new Set<number>();
  readonly arrived: { message: Message; hops: readonly Hop[] }[] = [];
  readonly medium: RamMedium;
  readonly manager: Node;
  meter: MeterFirmware;
  readonly #takers = new Map<number, (packet: Uint8Array) => void>();

  constructor(medium = new RamMedium(65_536)) {
    this.medium = medium;
    const host = {
      port: this.#port(),
      seal: new NullSeal(12),
      payloadBytes: 128,
      bitsPerSecond: 4800,
      clock: { step: () => {}, slew: () => {} },
      clockIsSet: true,
      random: () => 12_345,
      register: {
        read: (_now: number, values: number[]) => {
          values[0] = 7;
          return true;
        },
      },
      output: () => true,
      batteryMillivolts: () => 3600,
    };
    const chip = openMeterChip(medium, format);
    this.meter = new MeterFirmware(chip, host, { environment, thresholds: [] }, this.now);
    this.#takers.set(addresses.meter, (packet) => this.meter.receive(this.now, packet, packet.length));
    for (const address of [addresses.router, addresses.otherRouter]) {
      const health = () => ({ rssiDbm: -70, batteryMillivolts: null });
      const route = [addresses.manager];
      const router = new RouterFirmware({ ...environment, address, route }, { ...host, health });
      this.#takers.set(address, (packet) => router.receive(this.now, packet, packet.length));
    }
    this.manager = new Node({
      address: addresses.manager,
      networkId: environment.networkId,
      payloadBytes: 128,
      route: [CONCENTRATOR_ADDRESS],
      seal: host.seal,
      firstCounter: 1,
      port: host.port,
      peers: 128,
    });
    this.manager.onMessage = (_source, message, hops) => this.arrived.push({ message, hops });
    this.#takers.set(addresses.manager, (packet) => this.manager.receive(this.now, packet, packet.length));
  }

  runUntil(timeSeconds: number): void {
    while (this.meter.wakeSeconds <= timeSeconds) {
      this.now = this.meter.wakeSeconds;
      this.meter.wake(this.now);
    }
  }

  #port(): Port {
    return {
      send: (neighbour, packet, length) => {
        if (!this.dead.has(neighbour)) this.#takers.get(neighbour)?.(packet.slice(0, length));
      },
    };
  }
}

describe('meter firmware', () => {
  it('sends windows through its router, which tells about itself', () => {
    const street = new Street();
    street.runUntil(noon + 2 * hour + 60);
    const windows = street.arrived.filter(({ message }) => message.kind === MessageKind.window);
    assert.lengthOf(windows, 3);
    const { message, hops } = windows[2]!;
    if (message.kind !== MessageKind.window) throw new Error('no window');
    assert.deepEqual(timesOf(message.block), [noon, noon + hour, noon + 2 * hour]);
    assert.deepEqual(
      hops.map(({ address }) => address),
      [addresses.router],
    );
  });

  it('answers what its local manager asks, along the way its windows came', () => {
    const street = new Street();
    street.runUntil(noon + 2 * hour + 60);
    street.manager.send(addresses.meter, {
      kind: MessageKind.backfillRequest,
      storeId: format.storeId,
      firstSequence: 1,
      count: 1,
    });
    const { message } = street.arrived.at(-1)!;
    if (message.kind !== MessageKind.backfill) throw new Error('no backfill');
    assert.deepEqual(timesOf(message.block), [noon + hour]);
  });

  it('finds its way around a dead router', () => {
    const street = new Street();
    street.dead.add(addresses.router);
    street.runUntil(noon + 3 * hour);
    assert.isEmpty(street.arrived);
    street.runUntil(noon + 6 * hour);
    const windows = street.arrived.filter(({ message }) => message.kind === MessageKind.window);
    assert.isAtLeast(windows.length, 1);
    assert.equal(windows[0]!.hops[0]!.address, addresses.otherRouter);
  });

  it('has its receiver on behind each packet of its own, and else off', () => {
    const street = new Street();
    assert.isFalse(street.meter.isListening(noon), 'nothing was sent yet');
    while (street.arrived.length === 0) street.runUntil(street.meter.wakeSeconds);
    const sent = street.now;
    assert.isTrue(street.meter.isListening(sent));
    assert.isTrue(street.meter.isListening(sent + listenSeconds));
    assert.isFalse(street.meter.isListening(sent + listenSeconds + 1));
    assert.isFalse(street.meter.isListening(sent - 1), 'a clock that was set back');
  });

  it('keeps its events over a power cut, and its place in the network', () => {
    const first = new Street();
    first.dead.add(addresses.router).add(addresses.otherRouter);
    first.meter.role.noteInput(EventCode.magnet, noon);
    const chip = openMeterChip(first.medium, format);
    assert.equal(chip.events!.read(0)!.code, EventCode.magnet);
    assert.deepEqual(chip.environment.load(), environment);
    assert.isFalse(chip.firstStart);
  });

  it('measures on when its event log is damaged, which it never formats', () => {
    const medium = new RamMedium(65_536);
    openMeterChip(medium, format);
    const end = medium.image.length - LINES_BYTES;
    const log = end - EVENT_LOG_BYTES;
    medium.image.fill(0, log + 10, log + 14);
    medium.image.fill(0, log + 38, log + 42);
    const before = medium.image.slice(log, end);
    const street = new Street(medium);
    street.meter.role.noteInput(EventCode.magnet, noon);
    street.runUntil(noon + hour + 60);
    assert.equal(
      street.arrived.filter(({ message }) => message.kind === MessageKind.window).length > 0,
      true,
    );
    assert.deepEqual(medium.image.slice(log, end), before);
  });
});
