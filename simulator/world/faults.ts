import type { ConcentratorDevice } from '../devices/concentratorDevice.js';
import type { Device } from '../devices/device.js';
import { ManagerDevice } from '../devices/managerDevice.js';
import { MeterDevice } from '../devices/meterDevice.js';
import { createRandom, type Random } from '../random/random.js';
import type { NetworkDevices, Placed } from './network.js';
import type { FaultKind, NetworkOptions } from './networkOptions.js';
import { Operator } from './operator.js';
import { type PowerFault, powerFault } from './powerFault.js';

/** Something that struck, for the report. */
export interface FaultEvent {
  readonly timeSeconds: number;
  /** Name of the device. */
  readonly device: string;
  readonly place: number;
  readonly what: string;
  /** Until then; the same time where it does not last. */
  readonly toSeconds: number;
}

const hourSeconds = 3600;
const daySeconds = 86_400;
/** The network is commissioned before its first fault. */
const quietSeconds = 2 * hourSeconds;
/** So long after a chip's image is copied, it comes back. */
const restoredHours = 20;
/** A meter's image may be older; putting it back, or a spare device in its place, takes some time without power. */
const meterImageHours = 48;
const longestWorkSeconds = 6 * hourSeconds;
const intervals: readonly number[] = [900, 1800, 3600, 7200];
const longestCampaignDays = 14;

/**
 * What goes wrong in a world, and when: each kind of fault at each device draws from a generator of its own, so that
 * one fault more does not move the others.
 */
export class Faults {
  readonly events: FaultEvent[] = [];
  /** How often each thing happened. */
  readonly counts: Record<string, number> = {};
  readonly operator: Operator;
  readonly #options: NetworkOptions;
  readonly #devices: NetworkDevices;
  readonly #now: () => number;
  readonly #fromSeconds: number;
  readonly #toSeconds: number;
  /** By index of the device: the fault that its next power cut belongs to. */
  readonly #armed = new Map<number, PowerFault>();
  #hasEnded = false;

  constructor(options: NetworkOptions, devices: NetworkDevices, now: () => number, endSeconds: number) {
    this.#options = options;
    this.#devices = devices;
    this.#now = now;
    this.#fromSeconds = options.source.firstTimeSeconds + quietSeconds;
    this.#toSeconds = endSeconds;
    const count = (what: string) => this.count(what);
    this.operator = new Operator(options, devices, now, count);
  }

  /** Plans everything that is going to happen. */
  plan(): void {
    const { meters, managers, concentrators, routers } = this.#devices;
    for (const meter of meters) this.#planMeter(meter);
    for (const manager of managers) this.#planManager(manager);
    for (const router of routers) this.#planRouter(router);
    concentrators.forEach((concentrator, number) => {
      this.#planPower('concentratorPower', concentrator.device);
      const { device } = concentrator;
      this.#each('serverAway', device, (random) => this.#serverAway(device, number, random));
      this.#each('concentratorRestored', device, (random) =>
        this.#restoreConcentrator(concentrator, number, random),
      );
    });
  }

  /** The power of a device has failed in the middle of what it did. */
  powerLost(device: Device): void {
    const fault = this.#armed.get(device.index);
    if (fault === undefined) throw new Error(`the power of ${device.name} failed without a fault`);
    this.#powerIsOff(device, fault);
  }

  /** The run is over: all power is back, nothing is jammed, and the server is there. */
  end(): void {
    this.#hasEnded = true;
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
    this.operator.look();
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #planMeter({ device, place }: Placed<MeterDevice>): void {
    this.#planPower('meterPower', device);
    this.#each('registerFails', device, (random) => this.#failRegister(device, random));
    this.#each('readingInterval', device, (random) => this.#changeInterval(device, place, random));
    this.#each('readNow', device, () => this.operator.readNow(place, device));
    this.#each('meterReplaced', device, () => this.#replaceMeter(device, place));
    this.#each('meterRestored', device, (random) => this.#restoreMeter(device, place, random));
  }

  #planManager({ device, place }: Placed<ManagerDevice>): void {
    this.#planPower('managerPower', device);
    this.#each('jam', device, (random) => this.#jam(device, place, random));
    this.#each('reportInterval', device, (random) => {
      const hours = 1 + random.below(12);
      this.#note(device, place, `report interval ${hours} h`);
      this.operator.setReportInterval(place, hours);
    });
    this.#each('managerReplaced', device, () => this.#replaceManager(device, place));
    this.#each('managerRestored', device, (random) => this.#restoreManager(device, place, random));
  }

  #planRouter({ device, place }: Placed): void {
    this.#each('jam', device, (random) => this.#jam(device, place, random));
    this.#each('routerDead', device, (random) => {
      if (!device.hasPower) return;
      const offSeconds = this.#outageSeconds(random);
      const isNew = random.below(2) === 0;
      this.#note(device, place, isNew ? 'router dead, replaced' : 'router dead', offSeconds);
      device.powerOff();
      device.isGone = true;
      this.#after(offSeconds, device, () => {
        device.isGone = false;
        device.powerOn();
      });
    });
  }

  /** Plans the faults of a kind at a device: `strike` gets the generator from which the fault may draw on. */
  #each(kind: FaultKind, device: Device, strike: (random: Random) => void): void {
    const random = createRandom(this.#options.seed, 'fault', device.name, kind);
    // A device that replaces another has no faults from before it came.
    const fromSeconds = Math.max(this.#fromSeconds, Math.ceil(this.#now() / 1000));
    const spanSeconds = this.#toSeconds - fromSeconds;
    if (spanSeconds <= 0) return;
    const thousandths = (this.#options.faults[kind] * spanSeconds) / daySeconds;
    const times = Math.floor(thousandths / 1000) + (random.below(1000) < thousandths % 1000 ? 1 : 0);
    for (let time = 0; time < times; time += 1) {
      const seconds = fromSeconds + random.below(spanSeconds);
      this.#devices.agenda.at(seconds * 1000, device.index, {
        happen: () => {
          if (!this.#hasEnded && !device.isGone) strike(random);
        },
      });
    }
  }

  #planPower(kind: FaultKind, device: Device): void {
    const interval = this.#options.source.intervalSeconds;
    this.#each(kind, device, (random) => {
      const fault = powerFault(random, interval);
      // A cut in an append waits for the next reading that is due.
      const now = this.#now() / 1000;
      const waitSeconds = fault.inAppend ? interval - (now % interval) - 1 : 0;
      this.#after(waitSeconds, device, () => this.#failPower(device, fault));
    });
  }

  #failPower(device: Device, fault: PowerFault): void {
    if (this.#hasEnded || !device.hasPower) return;
    this.#armed.set(device.index, fault);
    if (fault.afterBytes !== undefined && device.chips.length > 0) {
      for (const chip of device.chips) chip.powerCutAfterBytes(fault.afterBytes);
      return;
    }
    if (device instanceof MeterDevice && fault.lastGasp) {
      this.count('last gasp');
      device.gasp();
    }
    device.powerOff();
    this.#powerIsOff(device, fault);
  }

  #powerIsOff(device: Device, fault: PowerFault): void {
    this.#note(device, this.#placeOf(device), `${whatWas(device)}: power cut`, fault.offSeconds);
    if (device instanceof MeterDevice) {
      this.count(`meter cut in ${device.cutIn}`);
    }
    this.#after(fault.offSeconds, device, () => {
      if (device.hasPower || device.isGone) return;
      if (device instanceof MeterDevice && fault.clockError !== undefined) {
        this.count(fault.clockError === 'stood' ? 'clock stood' : 'clock wrong');
        device.spoilClock(fault.clockError);
      }
      // It fails once more while the device starts.
      const again = this.#hasEnded ? undefined : fault.againAfterBytes;
      this.#armed.set(device.index, { ...fault, againAfterBytes: undefined, clockError: undefined });
      if (again !== undefined) this.count('power fails again while starting');
      device.powerOn(again);
    });
  }

  /** Half of the outages are short. */
  #outageSeconds(random: Random): number {
    const isShort = random.below(2) === 0;
    return hourSeconds + random.below(isShort ? 12 * hourSeconds : this.#options.longestOutageSeconds);
  }

  #failRegister(device: MeterDevice, random: Random): void {
    const seconds = hourSeconds * (1 + random.below(5));
    this.#note(device, this.#placeOf(device), 'register fails', seconds);
    device.registerFails = true;
    this.#after(seconds, device, () => {
      device.registerFails = false;
    });
  }

  /** Somebody wants to look closer, or to save a battery, for some days; then all is as before. */
  #changeInterval(device: MeterDevice, place: number, random: Random): void {
    const intervalSeconds = intervals[random.below(intervals.length)]!;
    const seconds = daySeconds * (1 + random.below(longestCampaignDays));
    this.#note(device, place, `reading interval ${intervalSeconds} s`, seconds);
    this.operator.setInterval(place, device, intervalSeconds);
    this.#after(seconds, device, () => {
      if (this.#hasEnded || device.isGone) return;
      this.operator.setInterval(place, device, this.#options.source.intervalSeconds);
    });
  }

  #jam(device: Device, place: number, random: Random): void {
    const seconds = this.#outageSeconds(random);
    this.#note(device, place, 'jammed', seconds);
    this.#devices.air.jam(device.index, this.#now() + seconds * 1000);
  }

  #serverAway(device: Device, number: number, random: Random): void {
    const seconds = this.#outageSeconds(random);
    this.#note(device, this.#placeOf(device), 'server away', seconds);
    for (const link of this.#devices.connections[number]!) link.isUp = false;
    this.#after(seconds, device, () => {
      if (random.below(2) === 0) this.#devices.server.restart();
      this.#connect(number);
    });
  }

  #connect(number: number): void {
    for (const link of this.#devices.connections[number]!) link.isUp = true;
    this.#devices.concentrators[number]!.device.connected();
  }

  #replaceMeter(device: MeterDevice, place: number): void {
    if (!device.hasPower) return;
    this.#note(device, place, 'meter replaced');
    device.closeWitness();
    const fresh = this.#devices.replace(place) as MeterDevice;
    fresh.powerOn();
    this.operator.enlist(place, fresh, 0);
    this.operator.retire(place, device);
    this.#planMeter({ device: fresh, place });
  }

  /** Every other image goes into a spare device in the same place, whose clock may not have been set. */
  #restoreMeter(device: MeterDevice, place: number, random: Random): void {
    const image = device.chip.image();
    const { restored } = device;
    this.#after(hourSeconds * (1 + random.below(meterImageHours)), device, () => {
      // An image that is older than another one that was put back since would make lines without order.
      const isLate = device.restored !== restored || this.#devices.at(place) !== device;
      if (this.#hasEnded || device.isGone || isLate) return;
      const isSpare = random.below(2) === 0;
      const offSeconds = 1 + random.below(longestWorkSeconds);
      this.#note(device, place, isSpare ? 'meter image in a spare' : 'meter image restored', offSeconds);
      const wasOn = device.hasPower;
      if (wasOn) device.powerOff();
      device.restore(image);
      if (wasOn && isSpare && random.below(3) === 0) device.spoilClock('stood');
      if (wasOn) this.#after(offSeconds, device, () => device.powerOn());
    });
  }

  #replaceManager(device: ManagerDevice, place: number): void {
    this.#note(device, place, 'local manager replaced');
    if (device.hasPower) device.powerOff();
    device.isGone = true;
    const fresh = this.#devices.replace(place) as ManagerDevice;
    fresh.powerOn();
    this.operator.handOver(place);
  }

  #restoreManager(device: ManagerDevice, place: number, random: Random): void {
    this.#restore(device, place, random, 'image restored', () => {
      // It has forgotten the meters that came since; those that it knows it does not take twice.
      this.operator.handOver(place);
    });
  }

  /** Every other time it had no connection since then: what it has taken over meanwhile is gone. */
  #restoreConcentrator({ device, place }: Placed<ConcentratorDevice>, number: number, random: Random): void {
    if (random.below(2) === 0) for (const link of this.#devices.connections[number]!) link.isUp = false;
    this.#restore(device, place, random, 'concentrator image restored', () => {
      this.#connect(number);
      this.operator.setUpAgain(device.storeId);
    });
  }

  /** The image that is on the chip now is written to it some time later. */
  #restore(
    device: ManagerDevice | ConcentratorDevice,
    place: number,
    random: Random,
    what: string,
    isBack: () => void,
  ): void {
    const image = device.chip.image();
    this.#after(hourSeconds * (1 + random.below(restoredHours)), device, () => {
      if (this.#hasEnded || device.isGone) return;
      this.#note(device, place, what);
      if (device.hasPower) device.powerOff();
      device.chip.restore(image);
      device.powerOn();
      isBack();
    });
  }

  #after(seconds: number, device: Device, happen: () => void): void {
    this.#devices.agenda.at(this.#now() + Math.floor(seconds * 1000), device.index, { happen });
  }

  #placeOf(device: Device): number {
    const { meters, managers, routers, concentrators } = this.#devices;
    const all: readonly Placed[] = [...concentrators, ...managers, ...routers, ...meters];
    return all.find((one) => one.device === device)?.place ?? -1;
  }

  #note(device: Device, place: number, what: string, lastsSeconds = 0): void {
    const timeSeconds = Math.floor(this.#now() / 1000);
    this.count(what.replace(/ \d+.*/, ''));
    this.events.push({
      timeSeconds,
      device: device.name,
      place,
      what,
      toSeconds: timeSeconds + lastsSeconds,
    });
  }
}

function whatWas(device: Device): string {
  if (device instanceof MeterDevice) return 'meter';
  return device instanceof ManagerDevice ? 'local manager' : 'concentrator';
}
