import type { InstallArea, StoreId } from '../../lib/limfs/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import { SelfCheck } from '../meter/selfCheck.js';
import type { LocalManager } from './localManager.js';
import { nobody } from './meterIntake.js';

const LARGEST_WORD = 0xffff_ffff;
const silentSeconds = 2 * 86_400;

/** The operations of a local manager, for its `CommandGate`. */
export function managerCommands(manager: LocalManager, install: InstallArea): Execute {
  return (operation, argument, timeSeconds) => {
    const values = readNumbers(argument);
    switch (operation) {
      case Operation.addMeter:
        return numbers(enlist(manager, values, timeSeconds));
      case Operation.replaceMeter:
        return numbers(replace(manager, values, timeSeconds));
      case Operation.removeMeter:
        remove(manager, values, timeSeconds);
        return numbers();
      case Operation.rejoinMeter: {
        const firstSequence = between(values[2], 0, LARGEST_WORD);
        manager.store.rejoinMeter(placeOf(manager, values), firstSequence, timeSeconds);
        return numbers();
      }
      case Operation.askAgain: {
        const [first, end] = [between(values[2], 0, LARGEST_WORD), between(values[3], 0, LARGEST_WORD)];
        return numbers(manager.askAgain(placeOf(manager, values), first, end));
      }
      case Operation.selfCheck:
        return numbers(selfCheck(manager, timeSeconds));
      case Operation.information:
        return information(install);
      default:
        throw new CommandError(ResultCode.unknown);
    }
  };
}

function storeIdOf(values: readonly number[]): StoreId {
  return [between(values[0], 0, LARGEST_WORD), between(values[1], 0, LARGEST_WORD)];
}

/** The place of the meter that the first arguments name. */
function placeOf({ store }: LocalManager, values: readonly number[]): number {
  const place = store.placeOf(storeIdOf(values));
  if (place === nobody) throw new CommandError(ResultCode.argument);
  return place;
}

function enlist(
  manager: LocalManager,
  values: readonly number[],
  timeSeconds: number,
  replaced = nobody,
): number {
  const storeId = storeIdOf(values);
  const firstSequence = between(values[2], 0, LARGEST_WORD);
  const address = between(values[3], 1, 0xffff);
  // Left out by those that know nothing of the meter's readings.
  const newestSeconds = between(values[4] ?? 0, 0, LARGEST_WORD);
  const known = manager.store.placeOf(storeId);
  if (known === nobody) {
    return manager.enlist(storeId, firstSequence, address, timeSeconds, replaced, newestSeconds);
  }
  // It is managed here already, but the one that it replaces still is, too.
  if (replaced !== nobody) throw new CommandError(ResultCode.failed);
  return known;
}

function replace(manager: LocalManager, values: readonly number[], timeSeconds: number): number {
  const replaced = manager.store.placeOf(storeIdOf(values));
  const successor = values.slice(2);
  // Without the earlier meter this can only be done already.
  if (replaced === nobody) return placeOf(manager, successor);
  return enlist(manager, successor, timeSeconds, replaced);
}

function remove(manager: LocalManager, values: readonly number[], timeSeconds: number): void {
  const place = manager.store.placeOf(storeIdOf(values));
  if (place !== nobody) manager.dismiss(place, timeSeconds);
}

/** The bits of what fails now (D11). */
function selfCheck(manager: LocalManager, timeSeconds: number): number {
  let failed = manager.store.findings.length > 0 ? SelfCheck.store : 0;
  if (!manager.time.isSet || timeSeconds - manager.time.toldSeconds > silentSeconds)
    failed |= SelfCheck.clock;
  return failed;
}
