import type { InstallArea, StoreId } from '../../lib/limfs/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import { SelfCheck } from '../meter/selfCheck.js';
import type { LocalManager } from './localManager.js';

const LARGEST_WORD = 0xffff_ffff;
const silentSeconds = 2 * 86_400;

/** The operations of a local manager, for its `CommandGate`. */
export function managerCommands(manager: LocalManager, install: InstallArea): Execute {
  return (operation, argument, timeSeconds) => {
    const values = readNumbers(argument);
    const { store } = manager;
    const place = () => between(values[0], 0, store.settings.meters - 1);
    switch (operation) {
      case Operation.addMeter:
        return numbers(enlist(manager, values, timeSeconds));
      case Operation.replaceMeter:
        return numbers(enlist(manager, values.slice(1), timeSeconds, place()));
      case Operation.removeMeter:
        manager.dismiss(place(), timeSeconds);
        return numbers();
      case Operation.rejoinMeter:
        store.rejoinMeter(place(), between(values[1], 0, LARGEST_WORD), timeSeconds);
        return numbers();
      case Operation.selfCheck:
        return numbers(selfCheck(manager, timeSeconds));
      case Operation.information:
        return information(install);
      default:
        throw new CommandError(ResultCode.unknown);
    }
  };
}

function enlist(
  manager: LocalManager,
  values: readonly number[],
  timeSeconds: number,
  replaced?: number,
): number {
  const [high, low] = [between(values[0], 0, LARGEST_WORD), between(values[1], 0, LARGEST_WORD)];
  const storeId: StoreId = [high, low];
  const first = between(values[2], 0, LARGEST_WORD);
  return manager.enlist(storeId, first, between(values[3], 1, 0xffff), timeSeconds, replaced);
}

/** The bits of what fails now (D11). */
function selfCheck(manager: LocalManager, timeSeconds: number): number {
  let failed = manager.store.findings.length > 0 ? SelfCheck.store : 0;
  if (!manager.time.isSet || timeSeconds - manager.time.toldSeconds > silentSeconds)
    failed |= SelfCheck.clock;
  return failed;
}
