import type { InstallArea } from '../../lib/limfs/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import { SelfCheck } from '../meter/selfCheck.js';
import type { Concentrator } from './concentrator.js';
import { LONGEST_SESSION_SECONDS } from './passThroughSession.js';

const LARGEST_WORD = 0xffff_ffff;
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
        concentrator.poller.demand(placeOf(concentrator, values[0]), timeSeconds);
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
      case Operation.passThrough:
        openPassThrough(concentrator, values, timeSeconds);
        return numbers();
      case Operation.transferTimes: {
        const { lastSeconds, longestSeconds } = concentrator.poller.timesOf(placeOf(concentrator, values[0]));
        return numbers(lastSeconds, longestSeconds);
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

function openPassThrough(concentrator: Concentrator, values: readonly number[], timeSeconds: number): void {
  const [high, low] = [between(values[0], 0, LARGEST_WORD), between(values[1], 0, LARGEST_WORD)];
  const manager = concentrator.roster.at(placeOf(concentrator, values[2]))!;
  const seconds = between(values[3], 0, LONGEST_SESSION_SECONDS);
  concentrator.passThrough.open([high, low], manager.address, timeSeconds + seconds);
}

/** The bits of what fails now (D11). */
function selfCheck({ damaged, clockIsSet }: Concentrator): number {
  return (damaged > 0 ? SelfCheck.store : 0) | (clockIsSet ? 0 : SelfCheck.clock);
}
