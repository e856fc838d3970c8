import type { Environment, EnvironmentArea, InstallArea, Threshold } from '../../lib/limfs/index.js';
import { LIST_BYTES, writeList } from '../../lib/limfs/meter/channels.js';
import { MAXIMUM_CHANNELS } from '../../lib/limfs/meter/reading.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import type { MeterRole } from './meterRole.js';
import type { RoleStore } from './roleStore.js';

/** A relay or a valve; false: it did not move. */
export type Output = (output: number, state: number) => boolean;

export interface MeterCommandParts {
  readonly meter: MeterRole;
  readonly store: RoleStore;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
  readonly output: Output;
}

const longestIntervalSeconds = 129_600;
const mostWindowReadings = 80;
const LEAST_LIMIT = -0x8000_0000;

/** The operations of a meter, for its `CommandGate`. */
export function meterCommands({ meter, store, environment, install, output }: MeterCommandParts): Execute {
  return (operation, argument, timeSeconds) => {
    const values = readNumbers(argument);
    switch (operation) {
      case Operation.readNow:
        return numbers(meter.takeReading(timeSeconds, false));
      case Operation.setInterval:
        meter.setInterval(between(values[0], 1, longestIntervalSeconds), timeSeconds);
        return numbers();
      case Operation.setWindow:
        meter.windowReadings = between(values[0], 1, mostWindowReadings);
        change(environment, { windowReadings: meter.windowReadings });
        return numbers();
      case Operation.selfCheck:
        return numbers(meter.checkSelf(timeSeconds));
      case Operation.information:
        return information(install);
      case Operation.channels:
        return channelList(store);
      case Operation.setThresholds: {
        const thresholds = thresholdsOf(values, store.channelCount);
        change(environment, { thresholds });
        meter.useThresholds(thresholds, timeSeconds);
        return numbers();
      }
      case Operation.setRoute:
        change(environment, { route: values.map((value) => between(value, 0, 0xffff)) });
        return numbers();
      case Operation.setOutput:
        if (!output(between(values[0], 0, 255), between(values[1], 0, 255))) {
          throw new CommandError(ResultCode.failed);
        }
        return numbers();
      default:
        throw new CommandError(ResultCode.unknown);
    }
  };
}

function channelList(store: RoleStore): Uint8Array {
  const channels = store.channels();
  const bytes = new Uint8Array(LIST_BYTES);
  writeList(bytes, 0, 0, channels);
  return bytes.slice(0, 2 + ((LIST_BYTES - 2) / MAXIMUM_CHANNELS) * channels.length);
}

/** Four numbers a limit. */
function thresholdsOf(values: readonly number[], channels: number): Threshold[] {
  const thresholds: Threshold[] = [];
  for (let at = 0; at < values.length; at += 4) {
    thresholds.push({
      channel: between(values[at], 0, channels - 1),
      of: between(values[at + 1], 0, 1) === 1 ? 'growth' : 'value',
      raise: between(values[at + 2], LEAST_LIMIT, -1 - LEAST_LIMIT),
      clear: between(values[at + 3], LEAST_LIMIT, -1 - LEAST_LIMIT),
    });
  }
  return thresholds;
}

/** The environment area is written as a whole; before commissioning there is nothing to change. */
function change(area: EnvironmentArea, changes: Partial<Environment>): void {
  const environment = area.load();
  if (environment === null) throw new CommandError(ResultCode.failed);
  area.store({ ...environment, ...changes });
}
