import type { Medium } from '../../lib/limfs/index.js';
import { CommandGate } from '../../src/commands/commandGate.js';
import { EnvironmentNumber } from '../../src/commands/environmentNumber.js';
import { Concentrator, type ConcentratorOptions } from '../../src/concentrator/concentrator.js';
import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import { concentratorCommands } from '../../src/concentrator/concentratorCommands.js';
import { EventSender } from '../../src/events/eventSender.js';
import type { Message } from '../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../src/link/packetHeader.js';
import { LocalManager, type LocalManagerOptions } from '../../src/manager/localManager.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { managerCommands } from '../../src/manager/managerCommands.js';
import { DeviceClock } from '../../src/time/deviceClock.js';

export const HOUR = 3600;
export const SERVER = 0xfffe;
export const MANAGER = 10;
export const CONCENTRATOR_FORMAT = { storeId: [3, 1], reportBytes: 600 } as const;

export interface DeviceOptions {
  readonly meters: number;
  readonly windowReadings?: number;
  readonly managerCells?: number;
  readonly manager?: Partial<LocalManagerOptions>;
  readonly concentrator?: Partial<ConcentratorOptions>;
  /** k; 0 for packed windows. */
  readonly readingBytes?: number;
}

export const DEFAULT_WINDOW_READINGS = 6;

interface Network {
  send(destination: number, message: Message): void;
  largestBlockBytes(): number;
}

/** What a device finds around itself when it boots. */
export interface Boot {
  readonly network: Network;
  readonly random: () => number;
  readonly nowSeconds: number;
}

/** A local manager on what its medium holds. */
export function bootManager(medium: Medium, options: DeviceOptions, boot: Boot): LocalManager {
  const { network, random, nowSeconds } = boot;
  const { meters, readingBytes = 0, windowReadings = DEFAULT_WINDOW_READINGS } = options;
  const blockBytes = readingBytes > 0 ? readingBytes * windowReadings : 70;
  const chip = openManagerChip(medium, {
    storeId: [2, 1],
    meters,
    windowReadings,
    ...(readingBytes > 0 ? { readingBytes } : {}),
    blockBytes,
    dataBytes: (options.managerCells ?? 60) * blockBytes,
  });
  commission(chip.environment, MANAGER);
  const { store, roster } = chip;
  const events = chip.events && new EventSender(chip.events, network, CONCENTRATOR_ADDRESS, [2, 1], random);
  const manager = new LocalManager(
    { store, roster, network, random, events, clock: stillClock() },
    {
      intervalSeconds: HOUR,
      questionsPerMinute: 20,
      answerSeconds: 2,
      jitterSeconds: 2,
      silentIntervals: 3,
      ...options.manager,
    },
    nowSeconds,
  );
  const execute = managerCommands(manager, chip.install);
  manager.useCommands(new CommandGate([2, 1], new EnvironmentNumber(chip.environment), execute));
  return manager;
}

/** A concentrator on what its medium holds; `server` is its way up. */
export function bootConcentrator(
  medium: Medium,
  options: DeviceOptions,
  server: Network,
  boot: Boot,
): Concentrator {
  const chip = openConcentratorChip(medium, CONCENTRATOR_FORMAT);
  commission(chip.environment, 1);
  const { reports, notices, roster, events } = chip;
  const { network, random, nowSeconds } = boot;
  const concentrator = new Concentrator(
    { reports, notices, roster, events, network, server, clock: stillClock(), random },
    {
      answerSeconds: 20,
      serverAddress: SERVER,
      partBytes: 200,
      partsPerSecond: 16,
      ...options.concentrator,
    },
    nowSeconds,
  );
  const execute = concentratorCommands(concentrator, chip.install);
  concentrator.useCommands(new CommandGate([3, 1], new EnvironmentNumber(chip.environment), execute));
  return concentrator;
}

function stillClock(): DeviceClock {
  return new DeviceClock({ step: () => {}, slew: () => {} }, true);
}

function commission(area: { load(): unknown; store(environment: never): void }, address: number): void {
  if (area.load() !== null) return;
  const environment = {
    networkId: 1,
    address,
    route: [CONCENTRATOR_ADDRESS],
    alternateRoute: [],
    dutyCyclePermille: 1000,
    windowReadings: 0,
    lastCommand: 0,
  };
  area.store(environment as never);
}
