import type { StoreId } from '../../lib/limfs/index.js';
import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import { Console } from '../../src/console/console.js';
import { type ConsoleManager, managerConsole } from '../../src/console/managerConsole.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { ManagerFirmware, usualManagerOptions } from '../../src/manager/managerFirmware.js';
import type { MeterRoster } from '../../src/manager/meterRoster.js';
import { ConsoleHost, mounted } from './consoleHost.js';
import type { Host } from './host.js';
import { numberOf } from './settings.js';

/** Of a window, unless the environment says how many. */
const usualWindowReadings = 24;

/** A local manager on a board. */
class ManagerHost extends ConsoleHost<ManagerFirmware> implements ConsoleManager {
  #roster: MeterRoster | undefined;

  get store(): ManagerStore | undefined {
    return this.device.role?.role.store;
  }

  addressOf(place: number): number {
    return this.#roster!.address(place);
  }

  enlist(storeId: StoreId, firstSequence: number, address: number): void {
    this.device.run(({ role }, timeSeconds) => role.enlist({ storeId, firstSequence, address }, timeSeconds));
  }

  dismiss(place: number): void {
    this.device.run(({ role }, timeSeconds) => role.dismiss(place, timeSeconds));
  }

  protected override open(timeSeconds: number): ManagerFirmware {
    const { host } = this;
    const { settings, clock, seal, payloadBytes, random } = host;
    const environment = host.environment();
    const chip = mounted(() =>
      openManagerChip(host.medium(), {
        storeId: host.newStoreId(),
        meters: numberOf(settings, 'meters'),
        windowReadings: environment.windowReadings === 0 ? usualWindowReadings : environment.windowReadings,
      }),
    );
    this.#roster = chip.roster;
    const parts = {
      port: this.link,
      seal,
      payloadBytes,
      radio: { payloadBytes, bitsPerSecond: numberOf(settings, 'linkBaud'), isUplinkWired: false },
      clock,
      clockIsSet: clock.isSet,
      random,
      health: () => ({ rssiDbm: null, batteryMillivolts: null }),
    };
    const options = { ...usualManagerOptions, intervalSeconds: numberOf(settings, 'intervalSeconds') };
    return new ManagerFirmware(chip, parts, environment, timeSeconds, options);
  }

  protected override setTime({ role }: ManagerFirmware, timeSeconds: number, trueSeconds: number): void {
    role.setTime(timeSeconds, trueSeconds);
  }
}

export function startRole(host: Host): void {
  const manager = new ManagerHost(host);
  manager.start('local manager', new Console(managerConsole, manager));
}
