import type { StoreId } from '../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../src/commands/operation.js';
import { numbers } from '../../src/events/numbers.js';
import type { Result } from '../../src/link/message.js';
import type { MeterDevice } from '../devices/meterDevice.js';
import { hasAll } from '../ledger/delivery.js';
import { managerOf } from '../topology/topology.js';
import type { NetworkDevices } from './network.js';
import type { NetworkOptions } from './networkOptions.js';

/** A command may be carried out so long after it was given; the longest outage of a link is longer. */
const validSeconds = 2 * 86_400;
/** A command to add a meter has room for so many lines. */
const mostLines = 4;

/** What the operator deals with. */
export type OperatorDevices = Pick<
  NetworkDevices,
  'book' | 'concentratorOf' | 'concentrators' | 'managerAt' | 'meters'
> & { readonly server: Pick<NetworkDevices['server'], 'issue'> };

/** Something that the operator wants done. */
interface Order {
  /** Of the device that is to do it; the command goes through the concentrator above. */
  readonly place: number;
  readonly storeId: StoreId;
  readonly operation: number;
  readonly argument: Uint8Array;
  /** Whether it is given again when nobody answered in time, or when it was refused. */
  readonly isWanted: () => boolean;
  /** It was carried out; false: nobody wants it any more. */
  readonly ended?: (isDone: boolean) => void;
}

interface Retired {
  readonly device: MeterDevice;
  readonly place: number;
  isRemoving: boolean;
}

/** The people at the server: they send commands, and do what has to be done when devices are replaced. */
export class Operator {
  readonly #options: Pick<NetworkOptions, 'topology'>;
  readonly #devices: OperatorDevices;
  readonly #now: () => number;
  readonly #count: (what: string) => void;
  readonly #retired: Retired[] = [];
  /** By device and setting: the newest order for it, for an earlier one is wanted no more. */
  readonly #settings = new Map<string, Order>();
  /** They are given when somebody looks after things the next time. */
  #waiting: Order[] = [];

  constructor(
    options: Pick<NetworkOptions, 'topology'>,
    devices: OperatorDevices,
    now: () => number,
    count: (what: string) => void,
  ) {
    this.#options = options;
    this.#devices = devices;
    this.#now = now;
    this.#count = count;
  }

  /** A meter is to take a reading now: two days later nobody wants it any more. */
  readNow(place: number, { storeId }: MeterDevice): void {
    const operation = Operation.readNow;
    this.#give({ place, storeId, operation, argument: numbers(), isWanted: () => false });
  }

  /** Every so many seconds a meter is to take a reading. */
  setInterval(place: number, device: MeterDevice, seconds: number): void {
    const { storeId } = device;
    this.#set(place, storeId, Operation.setInterval, numbers(seconds), () => !device.isGone);
  }

  /** Every so many hours a local manager is to be asked for its report. */
  setReportInterval(place: number, hours: number): void {
    const { storeId } = this.#devices.concentrators[this.#devices.concentratorOf(place)]!.device;
    this.#set(place, storeId, Operation.setReportInterval, numbers(place, hours), () => true);
  }

  /** A device has forgotten its settings: the newest of each are given again. */
  setUpAgain(storeId: StoreId): void {
    for (const order of this.#settings.values()) if (order.storeId === storeId) this.#give(order);
  }

  /** A local manager is to take a meter under management, from a sequence on. */
  enlist(place: number, meter: MeterDevice, firstSequence: number, lines: readonly number[] = []): void {
    const manager = this.#devices.managerAt(place);
    this.#give({
      place,
      storeId: manager.storeId,
      operation: Operation.addMeter,
      argument: numbers(...meter.storeId, firstSequence, meter.address, ...lines),
      isWanted: () => !meter.isGone && !manager.isGone,
    });
  }

  /** A meter was dismounted: it stays within reach until the server has everything that it took. */
  retire(place: number, device: MeterDevice): void {
    device.registerFails = true;
    this.#retired.push({ device, place, isRemoving: false });
  }

  /** A local manager is new, or has forgotten: it asks the meters for what the server does not have. */
  handOver(place: number): void {
    const { topology } = this.#options;
    for (const { device, place: at } of this.#devices.meters) {
      if (managerOf(topology, at) !== place || device.isGone) continue;
      const book = this.#devices.book.of(device.storeId);
      const first = book.settle();
      const lines = book.lines.ancestry(first - 1, mostLines);
      this.enlist(
        at,
        device,
        first,
        lines.flatMap((line) => [line.name, line.first]),
      );
    }
  }

  /** From time to time: gives what waits, and lets meters go that have given everything. */
  look(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const order of waiting) this.#give(order);
    for (const retired of this.#retired) {
      const { device } = retired;
      const isGiven = hasAll(this.#devices.book.of(device.storeId), device.witness);
      if (isGiven && !device.isGone && !retired.isRemoving) this.#remove(retired);
    }
  }

  #remove(retired: Retired): void {
    const { device, place } = retired;
    const manager = this.#devices.managerAt(place);
    retired.isRemoving = true;
    this.#give({
      place,
      storeId: manager.storeId,
      operation: Operation.removeMeter,
      argument: numbers(...device.storeId),
      isWanted: () => !manager.isGone,
      ended: (isDone) => {
        retired.isRemoving = false;
        if (!isDone) return;
        if (device.hasPower) device.powerOff();
        device.isGone = true;
        this.#count('retired meter removed');
      },
    });
  }

  #set(
    place: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array,
    isThere: () => boolean,
  ): void {
    const setting = `${operation}/${place}/${storeId.join()}`;
    const isWanted = () => isThere() && this.#settings.get(setting) === order;
    const order: Order = { place, storeId, operation, argument, isWanted };
    this.#settings.set(setting, order);
    this.#give(order);
  }

  #give(order: Order): void {
    const { place, storeId, operation, argument } = order;
    const number = this.#devices.concentratorOf(place);
    const { place: address } = this.#devices.concentrators[number]!;
    const notAfterSeconds = Math.floor(this.#now() / 1000) + validSeconds;
    const answer = (result: Result | null) => this.#answered(order, result);
    const isOpen = this.#devices.server.issue(
      number,
      address,
      storeId,
      operation,
      argument,
      notAfterSeconds,
      answer,
    );
    if (!isOpen) this.#waiting.push(order);
  }

  #answered(order: Order, result: Result | null): void {
    if (result?.code === ResultCode.done) {
      this.#count('command carried out');
      order.ended?.(true);
    } else if (result?.code === ResultCode.repeated) {
      // It was begun, and the power failed in it: nobody knows what came of it.
      this.#count('command given once more');
      this.#give(order);
    } else {
      const isTooLate = result === null || result.code === ResultCode.late;
      this.#count(isTooLate ? 'command expired' : 'command refused');
      if (order.isWanted()) this.#waiting.push(order);
      else order.ended?.(false);
    }
  }
}
