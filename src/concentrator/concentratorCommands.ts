import type { InstallArea } from '../../lib/limfs/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import { SelfCheck } from '../meter/selfCheck.js';
import type { Concentrator } from './concentrator.js';

/** The paper's Table 1. */
const LONGEST_REPORT_HOURS = 12;
/** The paper's section 3.3: in general one hour. */
const usualReportHours = 1;

/** The operations of a concentrator, for its `CommandGate`. */
export function concentratorCommands(concentrator: Concentrator, install: InstallArea): Execute {
  return (operation, argument, timeSeconds) => {
    const values = readNumbers(argument);
    const { roster } = concentrator;
    switch (operation) {
      case Operation.setReportInterval: {
        const place = placeOf(concentrator, values[0]);
        const reportHours = between(values[1], 1, LONGEST_REPORT_HOURS);
        roster.put(place, { ...roster.at(place)!, reportHours });
        concentrator.rosterChanged(place, timeSeconds);
        return numbers();
      }
      case Operation.reportNow:
        concentrator.demand(placeOf(concentrator, values[0]), timeSeconds);
        return numbers();
      case Operation.addManager:
        add(concentrator, between(values[0], 1, 0xffff), timeSeconds);
        return numbers();
      case Operation.removeManager: {
        const place = placeOf(concentrator, values[0]);
        roster.put(place, null);
        concentrator.rosterChanged(place, timeSeconds);
        return numbers();
      }
      case Operation.selfCheck:
        return numbers(selfCheck(concentrator));
      case Operation.information:
        return information(install);
      default:
        throw new CommandError(ResultCode.unknown);
    }
  };
}

function placeOf({ roster }: Concentrator, address: number | undefined): number {
  const place = roster.placeOf(between(address, 1, 0xffff));
  if (place < 0) throw new CommandError(ResultCode.argument);
  return place;
}

function add(concentrator: Concentrator, address: number, timeSeconds: number): void {
  const { roster } = concentrator;
  if (roster.placeOf(address) >= 0) return;
  const place = roster.freePlace();
  if (place < 0) throw new CommandError(ResultCode.failed);
  roster.put(place, { address, reportHours: usualReportHours, silent: false });
  concentrator.rosterChanged(place, timeSeconds);
}

/** The bits of what fails now (D11). */
function selfCheck({ damaged, clockIsSet }: Concentrator): number {
  return (damaged > 0 ? SelfCheck.store : 0) | (clockIsSet ? 0 : SelfCheck.clock);
}
