import type { ConcentratorDevice } from '../devices/concentratorDevice.js';
import type { Device } from '../devices/device.js';
import { ManagerDevice } from '../devices/managerDevice.js';
import { MeterDevice } from '../devices/meterDevice.js';
import type { FaultPlan } from './faultPlan.js';
import { type PowerFault, powerFault } from './powerFault.js';

/** Devices whose power fails, mostly in the middle of what they store. */
type Powered = MeterDevice | ManagerDevice | ConcentratorDevice;

/** Lets the power of devices fail, and come back. */
export class PowerCuts {
  readonly #plan: FaultPlan;
  readonly #intervalSeconds: number;
  readonly #now: () => number;
  /** By index of the device: the fault that its next power cut belongs to. */
  readonly #armed = new Map<number, PowerFault>();

  constructor(plan: FaultPlan, intervalSeconds: number, now: () => number) {
    this.#plan = plan;
    this.#intervalSeconds = intervalSeconds;
    this.#now = now;
  }

  plan(kind: 'meterPower' | 'managerPower' | 'concentratorPower', device: Powered): void {
    const interval = this.#intervalSeconds;
    this.#plan.each(kind, device, (random) => {
      const fault = powerFault(random, interval);
      // A cut in an append waits for the next reading that is due.
      const now = this.#now() / 1000;
      const waitSeconds = fault.inAppend ? interval - (now % interval) - 1 : 0;
      this.#plan.after(waitSeconds, device, () => this.#fail(device, fault));
    });
  }

  /** The power of a device has failed in the middle of what it did. */
  lost(device: Device): void {
    const fault = this.#armed.get(device.index);
    if (fault === undefined) throw new Error(`the power of ${device.name} failed without a fault`);
    this.#isOff(device, fault);
  }

  #fail(device: Powered, fault: PowerFault): void {
    if (this.#plan.hasEnded || !device.hasPower) return;
    this.#armed.set(device.index, fault);
    if (fault.afterBytes !== undefined) {
      for (const chip of device.chips) chip.powerCutAfterBytes(fault.afterBytes);
      return;
    }
    if (device instanceof MeterDevice && fault.lastGasp) {
      this.#plan.count('last gasp');
      device.gasp();
    }
    device.powerOff();
    this.#isOff(device, fault);
  }

  #isOff(device: Device, fault: PowerFault): void {
    this.#plan.note(device, `${whatWas(device)}: power cut`, fault.offSeconds);
    if (device instanceof MeterDevice) this.#plan.count(`meter cut in ${device.cutIn}`);
    this.#plan.after(fault.offSeconds, device, () => this.#return(device, fault));
  }

  #return(device: Device, fault: PowerFault): void {
    if (device.hasPower || device.isGone) return;
    if (device instanceof MeterDevice && fault.clockError !== undefined) {
      this.#plan.count(fault.clockError === 'stood' ? 'clock stood' : 'clock wrong');
      device.spoilClock(fault.clockError);
    }
    // It fails once more while the device starts.
    const again = this.#plan.hasEnded ? undefined : fault.againAfterBytes;
    this.#armed.set(device.index, { ...fault, againAfterBytes: undefined, clockError: undefined });
    if (again !== undefined) this.#plan.count('power fails again while starting');
    device.powerOn(again);
  }
}

function whatWas(device: Device): string {
  if (device instanceof MeterDevice) return 'meter';
  return device instanceof ManagerDevice ? 'local manager' : 'concentrator';
}
