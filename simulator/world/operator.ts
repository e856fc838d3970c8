import type { StoreId } from '../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../src/commands/operation.js';
import { numbers } from '../../src/events/numbers.js';
import type { ManagerDevice } from '../devices/managerDevice.js';
import type { MeterDevice } from '../devices/meterDevice.js';
import { managerOf } from '../topology/topology.js';
import type { NetworkDevices } from './network.js';
import type { NetworkOptions } from './networkOptions.js';

/** A command of the operator may be carried out so long after it was given: what replaces devices must be at last. */
const usualSeconds = 2 * 86_400;
const longSeconds = 30 * 86_400;

interface Retired {
  readonly device: MeterDevice;
  readonly place: number;
  isRemoving: boolean;
}

/** The people at the server: they send commands, and do what has to be done when devices are replaced. */
export class Operator {
  readonly #options: NetworkOptions;
  readonly #devices: NetworkDevices;
  readonly #now: () => number;
  readonly #count: (what: string) => void;
  readonly #retired: Retired[] = [];

  constructor(
    options: NetworkOptions,
    devices: NetworkDevices,
    now: () => number,
    count: (what: string) => void,
  ) {
    this.#options = options;
    this.#devices = devices;
    this.#now = now;
    this.#count = count;
  }

  /** Sends a command to the device with this store, through the concentrator above a place. */
  command(
    place: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array,
    done: () => void = () => {},
    validSeconds = usualSeconds,
  ): void {
    const number = this.#devices.concentratorOf(place);
    const { place: address } = this.#devices.concentrators[number]!;
    const notAfterSeconds = Math.floor(this.#now() / 1000) + validSeconds;
    this.#devices.server.issue(number, address, storeId, operation, argument, notAfterSeconds, (result) => {
      this.#count(result?.code === ResultCode.done ? 'command carried out' : 'command not carried out');
      if (result === null) return;
      if (result.code !== ResultCode.repeated) {
        done();
        return;
      }
      // It was begun, and the power failed in it: nobody knows what came of it, so it is given once more.
      this.#count('command given once more');
      this.command(place, storeId, operation, argument, done, validSeconds);
    });
  }

  /** Every so many hours a local manager is to be asked for its report. */
  setReportInterval(place: number, hours: number): void {
    const concentrator = this.#devices.concentrators[this.#devices.concentratorOf(place)]!;
    this.command(place, concentrator.device.storeId, Operation.setReportInterval, numbers(place, hours));
  }

  /** A local manager is to take a meter under management, from a sequence on. */
  enlist(place: number, meter: MeterDevice, firstSequence: number): void {
    const { storeId } = this.#devices.managerAt(place);
    const argument = numbers(meter.storeId[0], meter.storeId[1], firstSequence, meter.address);
    this.command(place, storeId, Operation.addMeter, argument, undefined, longSeconds);
  }

  /** A meter was dismounted: it stays within reach until the server has everything that it took. */
  retire(place: number, device: MeterDevice): void {
    device.registerFails = true;
    this.#retired.push({ device, place, isRemoving: false });
  }

  /** A local manager is new, or has forgotten: it asks the meters for what the server does not have. */
  handOver(place: number, fresh: ManagerDevice): void {
    const { topology } = this.#options;
    for (const { device, place: at } of this.#devices.meters) {
      if (managerOf(topology, at) !== place || device.isGone) continue;
      const firstSequence = this.#devices.book.of(device.storeId).settle();
      const argument = numbers(device.storeId[0], device.storeId[1], firstSequence, device.address);
      this.command(place, fresh.storeId, Operation.addMeter, argument, undefined, longSeconds);
    }
  }

  /** From time to time: meters that have given everything are let go. */
  look(): void {
    for (const retired of this.#retired) {
      const { device, place } = retired;
      const isGiven = this.#devices.book.of(device.storeId).settle() >= device.witness.endSequence;
      if (!isGiven || retired.isRemoving) continue;
      const manager = this.#devices.managerAt(place);
      const at = manager.placeOf(device.storeId);
      if (at < 0) continue;
      retired.isRemoving = true;
      const remove = () => {
        if (device.hasPower) device.powerOff();
        device.isGone = true;
        this.#count('retired meter removed');
      };
      this.command(place, manager.storeId, Operation.removeMeter, numbers(at), remove, longSeconds);
    }
  }
}
