import type { AirCounts, DayTraffic } from '../air/counts.js';
import type { MeterDevice } from '../devices/meterDevice.js';
import { closeBooks } from '../ledger/closeBooks.js';
import type { Closing, Schedule } from '../ledger/closing.js';
import { hasAll } from '../ledger/delivery.js';
import { devicesOf } from '../topology/topology.js';
import { type Coverage, coverageOf } from './coverage.js';
import type { FaultEvent } from './faultPlan.js';
import { Faults } from './faults.js';
import { NetworkDevices } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { ToldSetBacks } from './toldSetBacks.js';

export interface NetworkResult extends Closing {
  readonly options: NetworkOptions;
  readonly schedule: Schedule;
  readonly devices: NetworkDevices;
  /** What struck, in order of time. */
  readonly events: readonly FaultEvent[];
  readonly packets: AirCounts;
  readonly traffic: readonly DayTraffic[];
  readonly coverage: Coverage;
  /** Virtual time, from the first power-up to the last packet. */
  readonly simulatedSeconds: number;
  /** Of it, behind the last fault. */
  readonly drainSeconds: number;
  /** In that time everything has arrived, holes too. */
  readonly isDrained: boolean;
  /** Two runs with the same options have the same. */
  readonly traceHash: string;
}

const hourSeconds = 3600;
const daySeconds = 86_400;
/** Everything is installed and switched on so long before the first reading is due. */
const installSeconds = 600;
/** The run ends so long before the next reading would be due, whatever a clock shows. */
const marginSeconds = 90;
/** When the faults have ended, everything must have arrived in this time. */
const longestDrainSeconds = 60 * daySeconds;
/** Networks that have nothing to do with each other run for so long, one after the other. */
const windowSeconds = daySeconds;

/** Meters, routers, local managers, concentrators and a server in virtual time. One seed decides everything. */
export class NetworkWorld {
  readonly #options: NetworkOptions;
  readonly #schedule: Schedule;
  readonly #devices: NetworkDevices;
  readonly #faults: Faults;
  #nowMilliseconds: number;

  constructor(options: NetworkOptions) {
    this.#options = options;
    const { intervalSeconds, firstTimeSeconds } = options.source;
    this.#schedule = { intervalSeconds, firstTimeSeconds, slots: options.slots };
    this.#nowMilliseconds = (firstTimeSeconds - installSeconds) * 1000;
    const now = () => this.#nowMilliseconds;
    this.#devices = new NetworkDevices(options, {
      now,
      powerCut: (device) => this.#faults.powerLost(device),
    });
    this.#faults = new Faults(options, this.#devices, now, this.#endSeconds);
  }

  get #endSeconds(): number {
    const { firstTimeSeconds, intervalSeconds, slots } = this.#schedule;
    return firstTimeSeconds + slots * intervalSeconds - Math.min(marginSeconds, intervalSeconds >> 1);
  }

  /**
   * Runs to the end: the schedule with its faults, then without faults until nothing is under way. `onProgress` is told
   * the share of the schedule that is over; 1 when everything has arrived.
   */
  run(onProgress: (share: number) => void): NetworkResult {
    const { firstTimeSeconds } = this.#schedule;
    const endSeconds = this.#endSeconds;
    this.#install();
    this.#faults.plan();
    for (let seconds = firstTimeSeconds; seconds < endSeconds; seconds += windowSeconds) {
      const until = Math.min(seconds + windowSeconds, endSeconds);
      this.#runTo(until, (share) => {
        const done = seconds + share * (until - seconds) - firstTimeSeconds;
        onProgress(done / (endSeconds - firstTimeSeconds));
      });
    }
    this.#faults.end();
    for (const { device } of this.#devices.meters) device.closeWitness();
    const drainSeconds = this.#drain(endSeconds);
    for (const { device } of this.#devices.meters) device.activity.settle(this.#nowMilliseconds);
    onProgress(1);
    return this.#result(drainSeconds);
  }

  #install(): void {
    const { meters, managers, routers, concentrators } = this.#devices;
    const { reportHours } = this.#options;
    for (const { device } of [...concentrators, ...managers, ...routers, ...meters]) device.powerOn();
    for (const { device, place } of meters) {
      this.#devices.managerAt(place).enlist(device.storeId, 0, device.address);
    }
    for (const { device, place } of managers) {
      const number = this.#devices.concentratorOf(place);
      concentrators[number]!.device.addManager(device.address, reportHours);
    }
  }

  /**
   * One network after the other, so that what one of them touches stays in the processor's cache, however many there
   * are. `onNetwork` is told the share of them that has come so far.
   */
  #runTo(seconds: number, onNetwork: (share: number) => void = () => {}): void {
    const end = seconds * 1000;
    const { agendas } = this.#devices;
    agendas.forEach((agenda, number) => {
      onNetwork(number / agendas.length);
      for (let next = agenda.nextMilliseconds; next < end; next = agenda.nextMilliseconds) {
        this.#nowMilliseconds = next;
        agenda.step();
      }
    });
    this.#nowMilliseconds = end;
  }

  /** Faults have ended: everything goes on until the server has every reading, or knows that it is lost. */
  #drain(fromSeconds: number): number {
    let seconds = fromSeconds;
    while (seconds < fromSeconds + longestDrainSeconds && !this.#isDrained()) {
      seconds += hourSeconds;
      this.#runTo(seconds);
      this.#faults.look();
    }
    return seconds - fromSeconds;
  }

  #isDrained(): boolean {
    const { meters, book } = this.#devices;
    return meters.every(({ device }) => hasAll(book.of(device.storeId), device.witness));
  }

  #result(drainSeconds: number): NetworkResult {
    const { air, meters, book } = this.#devices;
    const { topology } = this.#options;
    const places = devicesOf(topology, 'meter');
    const toldSetBacks = new ToldSetBacks(topology, this.#devices, this.#faults.events);
    const ledgerMeters = meters.map(({ device, place }) => ({
      name: device.name,
      row: this.#devices.rowOf(place),
      witness: device.witness,
      book: book.of(device.storeId),
      openChip: () => device.readingsOnChip(),
      isSetBackTold: toldSetBacks.of(device.storeId, place),
    }));
    const closing = closeBooks(this.#schedule, ledgerMeters, places.length);
    const { firstTimeSeconds } = this.#schedule;
    return {
      ...closing,
      options: this.#options,
      schedule: this.#schedule,
      devices: this.#devices,
      events: this.#faults.events,
      packets: air.counts,
      traffic: air.traffic,
      coverage: coverageOf(this.#devices, this.#faults, closing.account),
      simulatedSeconds: this.#endSeconds + drainSeconds - firstTimeSeconds + installSeconds,
      drainSeconds,
      isDrained: this.#isDrained(),
      traceHash: traceOf(
        air.trace,
        meters.map(({ device }) => device),
      ),
    };
  }
}

/** Every packet and every byte of every meter's chip takes part. */
function traceOf(packets: number, meters: readonly MeterDevice[]): string {
  let word = packets;
  for (const { chip } of meters) {
    chip.forEachBlock((block) => {
      for (const byte of block) word = Math.imul(word ^ byte, 0x0100_0193);
    });
  }
  return (word >>> 0).toString(16).padStart(8, '0');
}
