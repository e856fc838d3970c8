import type { ConcentratorDevice } from '../devices/concentratorDevice.js';
import type { Device } from '../devices/device.js';
import type { ManagerDevice } from '../devices/managerDevice.js';
import { MeterDevice } from '../devices/meterDevice.js';
import type { Random } from '../random/random.js';
import type { Agenda } from './agenda.js';
import { type FaultEvent, FaultPlan } from './faultPlan.js';
import type { NetworkDevices, Placed } from './network.js';
import type { NetworkOptions } from './networkOptions.js';
import { Operator } from './operator.js';
import { PowerCuts } from './powerCuts.js';

const hourSeconds = 3600;
const daySeconds = 86_400;
/** So long after a chip's image is copied, it comes back. */
const restoredHours = 20;
/** A meter's image may be older; putting it back, or a spare device in its place, takes some time without power. */
const meterImageHours = 48;
const longestWorkSeconds = 6 * hourSeconds;
const intervals: readonly number[] = [900, 1800, 3600, 7200];
const longestCampaignDays = 14;

/** Somebody looks after what the operator has to do so often. */
const lookSeconds = daySeconds / 4;
/** Before everything that devices do at the same time. */
const operatorIndex = -1;

/** What goes wrong in a world, and what people do there. */
export class Faults {
  readonly #options: NetworkOptions;
  readonly #devices: NetworkDevices;
  readonly #now: () => number;
  readonly #endSeconds: number;
  readonly #plan: FaultPlan;
  readonly #power: PowerCuts;
  /** By number of the concentrator. */
  readonly #operators: readonly Operator[];

  constructor(options: NetworkOptions, devices: NetworkDevices, now: () => number, endSeconds: number) {
    this.#options = options;
    this.#devices = devices;
    this.#now = now;
    this.#endSeconds = endSeconds;
    this.#plan = new FaultPlan(options, devices, now, endSeconds);
    this.#power = new PowerCuts(this.#plan, options.source.intervalSeconds, now);
    const count = (what: string) => this.#plan.count(what);
    this.#operators = devices.concentrators.map(() => new Operator(options, devices, now, count));
  }

  /** What struck, in the order in which it did. */
  get events(): readonly FaultEvent[] {
    // XS, on which worlds run too, has no toSorted().
    return [...this.#plan.events].sort((a, b) => a.timeSeconds - b.timeSeconds);
  }

  /** How often each thing happened. */
  get counts(): Readonly<Record<string, number>> {
    return this.#plan.counts;
  }

  /** Plans everything that is going to happen. */
  plan(): void {
    this.#operators.forEach((operator, number) => {
      this.#lookAfter(operator, this.#devices.agendas[number]!);
    });
    const { meters, managers, concentrators, routers } = this.#devices;
    for (const meter of meters) this.#planMeter(meter);
    for (const manager of managers) this.#planManager(manager);
    for (const router of routers) this.#planRouter(router);
    concentrators.forEach((concentrator, number) => {
      this.#power.plan('concentratorPower', concentrator.device);
      const { device } = concentrator;
      this.#plan.each('serverAway', device, (random) => this.#serverAway(device, number, random));
      this.#plan.each('concentratorRestored', device, (random) =>
        this.#restoreConcentrator(concentrator, number, random),
      );
    });
  }

  /** The power of a device has failed in the middle of what it did. */
  powerLost(device: Device): void {
    this.#power.lost(device);
  }

  /** The run is over: all power is back, nothing is jammed, and the server is there. */
  end(): void {
    this.#plan.hasEnded = true;
    const { air, meters, managers, routers, concentrators } = this.#devices;
    air.endFaults();
    this.#devices.connections.forEach((_, number) => {
      this.#connect(number);
    });
    for (const { device } of [...concentrators, ...managers, ...routers, ...meters]) {
      for (const chip of device.chips) if (device.hasPower) chip.powerOn();
      if (device instanceof MeterDevice) device.registerFails = false;
    }
    for (const { device, place } of routers) if (device === this.#devices.at(place)) device.isGone = false;
    for (const { device } of [...concentrators, ...managers, ...routers, ...meters]) device.powerOn();
  }

  /** Once an hour while the network drains. */
  look(): void {
    for (const operator of this.#operators) operator.look();
  }

  #lookAfter(operator: Operator, agenda: Agenda): void {
    const look = (timeMilliseconds: number) => {
      operator.look();
      const next = timeMilliseconds + 1000 * lookSeconds;
      if (next < 1000 * this.#endSeconds) agenda.at(next, operatorIndex, { happen: look });
    };
    agenda.at(1000 * this.#options.source.firstTimeSeconds, operatorIndex, { happen: look });
  }

  #operatorAt(place: number): Operator {
    return this.#operators[this.#devices.concentratorOf(place)]!;
  }

  #planMeter({ device, place }: Placed<MeterDevice>): void {
    this.#power.plan('meterPower', device);
    this.#plan.each('registerFails', device, (random) => this.#failRegister(device, random));
    this.#plan.each('readingInterval', device, (random) => this.#changeInterval(device, place, random));
    this.#plan.each('readNow', device, () => this.#operatorAt(place).readNow(place, device));
    this.#plan.each('meterReplaced', device, () => this.#replaceMeter(device, place));
    this.#plan.each('meterRestored', device, (random) => this.#restoreMeter(device, place, random));
  }

  #planManager({ device, place }: Placed<ManagerDevice>): void {
    this.#power.plan('managerPower', device);
    this.#plan.each('jam', device, (random) => this.#jam(device, random));
    this.#plan.each('reportInterval', device, (random) => {
      const hours = 1 + random.below(12);
      this.#plan.note(device, `report interval ${hours} h`);
      this.#operatorAt(place).setReportInterval(place, hours);
    });
    this.#plan.each('managerReplaced', device, () => this.#replaceManager(device, place));
    this.#plan.each('managerRestored', device, (random) => this.#restoreManager(device, place, random));
  }

  #planRouter({ device }: Placed): void {
    this.#plan.each('jam', device, (random) => this.#jam(device, random));
    this.#plan.each('routerDead', device, (random) => {
      if (!device.hasPower) return;
      const offSeconds = this.#plan.outageSeconds(random);
      const isNew = random.below(2) === 0;
      this.#plan.note(device, isNew ? 'router dead, replaced' : 'router dead', offSeconds);
      device.powerOff();
      device.isGone = true;
      this.#plan.after(offSeconds, device, () => {
        device.isGone = false;
        device.powerOn();
      });
    });
  }

  #failRegister(device: MeterDevice, random: Random): void {
    const seconds = hourSeconds * (1 + random.below(5));
    this.#plan.note(device, 'register fails', seconds);
    device.registerFails = true;
    this.#plan.after(seconds, device, () => {
      device.registerFails = false;
    });
  }

  /** Somebody wants to look closer, or to save a battery, for some days; then all is as before. */
  #changeInterval(device: MeterDevice, place: number, random: Random): void {
    const intervalSeconds = intervals[random.below(intervals.length)]!;
    const seconds = daySeconds * (1 + random.below(longestCampaignDays));
    this.#plan.note(device, `reading interval ${intervalSeconds} s`, seconds);
    this.#operatorAt(place).setInterval(place, device, intervalSeconds);
    this.#plan.after(seconds, device, () => {
      if (this.#plan.hasEnded || device.isGone) return;
      this.#operatorAt(place).setInterval(place, device, this.#options.source.intervalSeconds);
    });
  }

  #jam(device: Device, random: Random): void {
    const seconds = this.#plan.outageSeconds(random);
    this.#plan.note(device, 'jammed', seconds);
    this.#devices.air.jam(device.index, this.#now() + seconds * 1000);
  }

  #serverAway(device: Device, number: number, random: Random): void {
    const seconds = this.#plan.outageSeconds(random);
    this.#plan.note(device, 'server away', seconds);
    for (const link of this.#devices.connections[number]!) link.isUp = false;
    this.#plan.after(seconds, device, () => {
      if (random.below(2) === 0) this.#devices.server.restart(number);
      this.#connect(number);
    });
  }

  #connect(number: number): void {
    for (const link of this.#devices.connections[number]!) link.isUp = true;
    this.#devices.concentrators[number]!.device.connected();
  }

  #replaceMeter(device: MeterDevice, place: number): void {
    if (!device.hasPower) return;
    this.#plan.note(device, 'meter replaced');
    device.closeWitness();
    const fresh = this.#devices.replace(place) as MeterDevice;
    fresh.powerOn();
    this.#operatorAt(place).enlist(place, fresh, 0);
    this.#operatorAt(place).retire(place, device);
    this.#planMeter({ device: fresh, place });
  }

  /**
   * Every other image goes into a spare device in the same place, whose clock may not have been set. It may be older than
   * one that was put back since.
   */
  #restoreMeter(device: MeterDevice, place: number, random: Random): void {
    const image = device.backUp();
    this.#plan.after(hourSeconds * (1 + random.below(meterImageHours)), device, () => {
      if (this.#plan.hasEnded || device.isGone || this.#devices.at(place) !== device) return;
      const isSpare = random.below(2) === 0;
      const offSeconds = 1 + random.below(longestWorkSeconds);
      this.#plan.note(device, isSpare ? 'meter image in a spare' : 'meter image restored', offSeconds);
      const wasOn = device.hasPower;
      if (wasOn) device.powerOff();
      device.restore(image);
      if (wasOn && isSpare && random.below(3) === 0) device.spoilClock('stood');
      if (wasOn) this.#plan.after(offSeconds, device, () => device.powerOn());
    });
  }

  #replaceManager(device: ManagerDevice, place: number): void {
    this.#plan.note(device, 'local manager replaced');
    if (device.hasPower) device.powerOff();
    device.isGone = true;
    const fresh = this.#devices.replace(place) as ManagerDevice;
    fresh.powerOn();
    this.#operatorAt(place).handOver(place);
  }

  #restoreManager(device: ManagerDevice, place: number, random: Random): void {
    this.#restore(device, random, 'image restored', () => {
      // It has forgotten the meters that came since; those that it knows it does not take twice.
      this.#operatorAt(place).handOver(place);
    });
  }

  /** Every other time it had no connection since then: what it has taken over meanwhile is gone. */
  #restoreConcentrator({ device }: Placed<ConcentratorDevice>, number: number, random: Random): void {
    if (random.below(2) === 0) for (const link of this.#devices.connections[number]!) link.isUp = false;
    this.#restore(device, random, 'concentrator image restored', () => {
      this.#connect(number);
      this.#operators[number]!.setUpAgain(device.storeId);
    });
  }

  /** The image that is on the chip now is written to it some time later. */
  #restore(
    device: ManagerDevice | ConcentratorDevice,
    random: Random,
    what: string,
    isBack: () => void,
  ): void {
    const image = device.chip.image();
    this.#plan.after(hourSeconds * (1 + random.below(restoredHours)), device, () => {
      if (this.#plan.hasEnded || device.isGone) return;
      this.#plan.note(device, what);
      if (device.hasPower) device.powerOff();
      device.chip.restore(image);
      device.powerOn();
      isBack();
    });
  }
}
