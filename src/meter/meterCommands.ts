import type { Environment, EnvironmentArea, InstallArea } from '../../lib/limfs/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import type { MeterRole } from './meterRole.js';

/** A relay or a valve; false: it did not move. */
export type Output = (output: number, state: number) => boolean;

export interface MeterCommandParts {
  readonly meter: MeterRole;
  readonly environment: EnvironmentArea;
  readonly install: InstallArea;
  readonly output: Output;
}

const longestIntervalSeconds = 129_600;
const mostWindowReadings = 80;

/** The operations of a meter, for its `CommandGate`. */
export function meterCommands({ meter, environment, install, output }: MeterCommandParts): Execute {
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

/** The environment area is written as a whole; before commissioning there is nothing to change. */
function change(area: EnvironmentArea, changes: Partial<Environment>): void {
  const environment = area.load();
  if (environment === null) throw new CommandError(ResultCode.failed);
  area.store({ ...environment, ...changes });
}
