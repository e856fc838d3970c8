import type { Channel, Environment, StoreId } from '../../lib/limfs/index.js';
import { CONCENTRATOR_ADDRESS } from '../../src/link/packetHeader.js';
import { Air, type Link } from '../air/air.js';
import type { LinkClass } from '../air/linkClass.js';
import { ConcentratorDevice } from '../devices/concentratorDevice.js';
import type { Device, DeviceContext } from '../devices/device.js';
import { ManagerDevice } from '../devices/managerDevice.js';
import { MeterDevice } from '../devices/meterDevice.js';
import { RouterDevice } from '../devices/routerDevice.js';
import { Server } from '../devices/server.js';
import { ServerBook } from '../ledger/serverBook.js';
import { createRandom } from '../random/random.js';
import { devicesOf, managerOf, type Role, type TopologyDevice, wayUp } from '../topology/topology.js';
import { Agenda } from './agenda.js';
import type { NetworkOptions } from './networkOptions.js';

/** A device with its place in the topology. */
export interface Placed<D extends Device = Device> {
  readonly device: D;
  /** Index of the place; devices that replace each other share it. */
  readonly place: number;
}

/** Active energy, import and export, and reactive energy in and out, in all tariffs and in the first two; see IEC 62056-61. */
const registers: readonly Channel[] = Object.freeze(
  [
    ['1.0.1.8.0.255', 30],
    ['1.0.2.8.0.255', 30],
    ['1.0.3.8.0.255', 32],
    ['1.0.4.8.0.255', 32],
    ['1.0.1.8.1.255', 30],
    ['1.0.1.8.2.255', 30],
    ['1.0.2.8.1.255', 30],
    ['1.0.2.8.2.255', 30],
  ].map(([obis, unit]) => Object.freeze({ obis: String(obis), unit: Number(unit), scale: 0 })),
);
const reportBytes = 1600;
const largestClockErrorMilliseconds = 1500;
/** No store of a world gets more readings than this. */
const mostSequences = 5_000_000;

/** All devices of a world and the links between them; who is dead, new or elsewhere is up to the faults. */
export class NetworkDevices {
  readonly air: Air;
  readonly book = new ServerBook(mostSequences);
  readonly server: Server;
  readonly meters: Placed<MeterDevice>[] = [];
  readonly managers: Placed<ManagerDevice>[] = [];
  readonly concentrators: Placed<ConcentratorDevice>[] = [];
  readonly routers: Placed<RouterDevice>[] = [];
  /** Each direction of each link, those of devices that are gone too. */
  readonly links: Link[] = [];
  /** Both directions of each concentrator's connection to the server. */
  readonly connections: (readonly [up: Link, down: Link])[] = [];
  readonly #options: NetworkOptions;
  readonly #context: Omit<DeviceContext, 'agenda'>;
  /** By place of the concentrator. */
  readonly #agendas = new Map<number, Agenda>();
  /** By place: the device that is there now. */
  readonly #at: (Device | undefined)[] = [];
  /** By index of the device: its place. */
  readonly #places: number[] = [];
  /** The row of the source that a meter's place reads, and how many meters a local manager's place has. */
  readonly #rows = new Map<number, number>();
  readonly #metersOf = new Map<number, number>();
  #nextIndex: number;

  constructor(options: NetworkOptions, context: Omit<DeviceContext, 'agenda' | 'seed'>) {
    const { topology, source, seed, serverAsksAgain } = options;
    this.#options = options;
    this.#context = { ...context, seed };
    this.air = new Air(seed, source.firstTimeSeconds);
    this.#nextIndex = topology.devices.length;
    devicesOf(topology, 'meter').forEach((place, row) => {
      const manager = managerOf(topology, place);
      this.#rows.set(place, row);
      this.#metersOf.set(manager, (this.#metersOf.get(manager) ?? 0) + 1);
    });
    for (const place of devicesOf(topology, 'concentrator')) this.#agendas.set(place, new Agenda());
    const { book } = this;
    this.server = new Server(devicesOf(topology, 'server')[0]!, {
      book,
      asksAgain: serverAsksAgain,
      seed,
      now: context.now,
    });
    topology.devices.forEach(({ role }, place) => {
      if (role !== 'server') this.#put(place, place, role);
    });
  }

  /** What is to happen, a network each: what stands below one concentrator never speaks with what stands below another. */
  get agendas(): readonly Agenda[] {
    return [...this.#agendas.values()];
  }

  /** The row of the source that the meters at a place read. */
  rowOf(place: number): number {
    return this.#rows.get(place)!;
  }

  /** The newest device at a place. */
  at(place: number): Device | undefined {
    return this.#at[place];
  }

  placeOf({ index }: Device): number {
    return this.#places[index]!;
  }

  /** The local manager that a meter's or router's place belongs to, and the concentrator of a local manager's. */
  managerAt(place: number): ManagerDevice {
    return this.#at[managerOf(this.#options.topology, place)] as ManagerDevice;
  }

  /** Number of the concentrator, as the server counts them, above a place. */
  concentratorOf(place: number): number {
    const network = this.#networkOf(place);
    return this.concentrators.findIndex((one) => one.place === network);
  }

  /** Puts a new device of the same kind at a place. A meter gets an address of its own, the others take one over. */
  replace(place: number): Device {
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    return this.#put(place, index, this.#options.topology.devices[place]!.role);
  }

  #put(place: number, index: number, role: Role): Device {
    const device = this.#create(place, index, role);
    this.#at[place] = device;
    this.#places[index] = place;
    const shape = this.#options.topology.devices[place]!;
    const neighbours = [shape.parent, shape.otherParent].filter((parent) => parent >= 0);
    for (const parent of role === 'concentrator' ? [] : neighbours)
      this.#link(device, this.#at[parent], shape);
    if (role === 'meter') return device;
    // What stands below has to find a new device above it; a meter that was dismounted is still within reach.
    const placed: readonly Placed[] = [...this.meters, ...this.routers, ...this.managers];
    for (const { device: lower, place: at } of placed) {
      const below = this.#options.topology.devices[at]!;
      if (below.parent === place || below.otherParent === place) this.#link(lower, device, below);
    }
    return device;
  }

  #link(lower: Device, upper: Device | undefined, { link }: TopologyDevice): void {
    if (upper === undefined || link === undefined) return;
    const up = this.air.connect(lower.agenda, lower, upper, link);
    const down = this.air.connect(lower.agenda, upper, lower, link);
    lower.connect(upper.address, up);
    upper.connect(lower.address, down);
    this.links.push(up, down);
  }

  #create(place: number, index: number, role: Role): Device {
    if (role === 'meter') return this.#createMeter(place, index);
    if (role === 'router') return this.#createRouter(place, index);
    if (role === 'localManager') return this.#createManager(place, index);
    return this.#createConcentrator(place, index);
  }

  #createMeter(place: number, index: number): MeterDevice {
    const { source, channels, windowReadings, meterChipBytes, driftMillionths, topology } = this.#options;
    const meter = this.rowOf(place);
    const { firstTimeSeconds, intervalSeconds, slots } = source;
    const register = (milliseconds: number) => {
      const slot = Math.round((milliseconds / 1000 - firstTimeSeconds) / intervalSeconds);
      const value = source.value(meter, Math.max(0, Math.min(slot, slots - 1)));
      if (value === undefined) return undefined;
      return Array.from({ length: channels }, (_, channel) => Math.floor(value / (channel + 1)));
    };
    const environment = { ...this.#environment(place, index), windowReadings };
    const format = { storeId: this.#storeId(index), channels: registers.slice(0, channels), intervalSeconds };
    const link = topology.devices[place]!.link!;
    const options = { format, environment, chipBytes: meterChipBytes, link, register };
    const device = new MeterDevice(this.#contextAt(place), index, this.#name(place, index), options);
    this.#wind(device, driftMillionths);
    this.meters.push({ device, place });
    return device;
  }

  #createRouter(place: number, index: number): RouterDevice {
    const link = this.#options.topology.devices[place]!.link!;
    const environment = this.#environment(place, place);
    const device = new RouterDevice(
      this.#contextAt(place),
      index,
      this.#name(place, index),
      environment,
      link,
    );
    this.routers.push({ device, place });
    return device;
  }

  #createManager(place: number, index: number): ManagerDevice {
    const { windowReadings, managerChipBytes, source, roll } = this.#options;
    const meters = this.#metersOf.get(place) ?? 0;
    // A few places more, for meters that are replaced.
    const most = Math.min(100, meters + Math.max(4, meters >> 2));
    const device = new ManagerDevice(this.#contextAt(place), index, this.#name(place, index), {
      format: { storeId: this.#storeId(index), meters: most, windowReadings, roll },
      environment: this.#environment(place, place),
      chipBytes: managerChipBytes,
      uplink: this.#options.topology.devices[place]!.link!,
      radio: this.#radioAt(place),
      intervalSeconds: source.intervalSeconds,
    });
    this.#wind(device, this.#options.driftMillionths);
    this.managers.push({ device, place });
    return device;
  }

  #createConcentrator(place: number, index: number): ConcentratorDevice {
    const { concentratorChipBytes, partBytes, topology } = this.#options;
    const { parent, link } = topology.devices[place]!;
    const name = this.#name(place, index);
    const environment = this.#environment(place, place);
    const context = this.#contextAt(place);
    const device = new ConcentratorDevice(context, index, name, CONCENTRATOR_ADDRESS, {
      format: { storeId: this.#storeId(index), reportBytes },
      environment,
      chipBytes: concentratorChipBytes,
      payloadBytes: 128,
      partBytes,
      serverIndex: parent,
    });
    const up = this.air.connect(context.agenda, device, this.server, link!);
    const down = this.air.connect(context.agenda, this.server, device, link!);
    device.uplink = up;
    this.server.accept(context.agenda, down, environment.networkId, environment.address);
    this.connections.push([up, down]);
    this.links.push(up, down);
    this.#wind(device, this.#options.driftMillionths);
    this.concentrators.push({ device, place });
    return device;
  }

  /** A clock is never quite right. */
  #wind(device: Device, driftMillionths: number): void {
    const random = createRandom(this.#options.seed, 'device', device.name, 'clock');
    device.clock.drift(random.below(2 * driftMillionths + 1) - driftMillionths);
    device.clock.shift(random.below(2 * largestClockErrorMilliseconds) - largestClockErrorMilliseconds);
  }

  #environment(place: number, address: number): Environment {
    const { topology } = this.#options;
    const { otherParent } = topology.devices[place]!;
    return {
      networkId: 1 + this.#networkOf(place),
      address,
      route: this.#addresses(wayUp(topology, place)),
      alternateRoute: otherParent < 0 ? [] : this.#addresses(wayUp(topology, place, 'otherParent')),
      dutyCyclePermille: this.#radioAt(place).dutyCyclePermille,
      windowReadings: 0,
      lastCommand: 0,
    };
  }

  /** What a device speaks with: a local manager with its meters, all others with whom they belong to. */
  #radioAt(place: number): LinkClass {
    const { devices } = this.#options.topology;
    const below = devices.find(({ parent, link }) => parent === place && link?.kind === 'radio');
    const isManager = devices[place]!.role === 'localManager';
    return (isManager ? below?.link : undefined) ?? devices[place]!.link!;
  }

  #addresses(way: readonly number[]): number[] {
    const { devices } = this.#options.topology;
    return way.flatMap((place) => {
      const { role } = devices[place]!;
      if (role === 'server') return [];
      return role === 'concentrator' ? [CONCENTRATOR_ADDRESS] : [place];
    });
  }

  #contextAt(place: number): DeviceContext {
    return { ...this.#context, agenda: this.#agendas.get(this.#networkOf(place))! };
  }

  /** The place of the concentrator above a place. */
  #networkOf(place: number): number {
    const { devices } = this.#options.topology;
    let at = place;
    while (devices[at]!.role !== 'concentrator') at = devices[at]!.parent;
    return at;
  }

  #name(place: number, index: number): string {
    const { name } = this.#options.topology.devices[place]!;
    return index === place ? name : `${name} (new ${index})`;
  }

  #storeId(index: number): StoreId {
    const random = createRandom(this.#options.seed, 'device', index, 'store id');
    return [random.nextUint32(), random.nextUint32()];
  }
}
