import type { InstallArea, StoreId } from '../../lib/limfs/index.js';
import { LineList } from '../../lib/limfs/lines/index.js';
import { between, information } from '../commands/arguments.js';
import { CommandError, type Execute } from '../commands/commandGate.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers, readNumbers } from '../events/numbers.js';
import { SelfCheck } from '../meter/selfCheck.js';
import type { LocalManager, NewMeter } from './localManager.js';
import { nobody } from './meterIntake.js';

const LARGEST_WORD = 0xffff_ffff;
const MOST_LINES = 4;
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
        return numbers(manager.store.missAgain(placeOf(manager, values), first, end));
      }
      case Operation.tellLines:
        manager.store.tellLines(placeOf(manager, values));
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

function storeIdOf(values: readonly number[]): StoreId {
  return [between(values[0], 0, LARGEST_WORD), between(values[1], 0, LARGEST_WORD)];
}

/** The place of the meter that the first arguments name. */
function placeOf({ store }: LocalManager, values: readonly number[]): number {
  const place = store.placeOf(storeIdOf(values));
  if (place === nobody) throw new CommandError(ResultCode.argument);
  return place;
}

function enlist(manager: LocalManager, values: readonly number[], timeSeconds: number): number {
  const meter = newMeter(values);
  const known = manager.store.placeOf(meter.storeId);
  return known === nobody ? manager.enlist(meter, timeSeconds) : known;
}

function replace(manager: LocalManager, values: readonly number[], timeSeconds: number): number {
  const replaced = manager.store.placeOf(storeIdOf(values));
  const successor = values.slice(2);
  // Without the earlier meter this can only be done already.
  if (replaced === nobody) return placeOf(manager, successor);
  const meter = newMeter(successor);
  // It is managed here already, but the one that it replaces still is, too.
  if (manager.store.placeOf(meter.storeId) !== nobody) throw new CommandError(ResultCode.failed);
  manager.replace(replaced, meter, timeSeconds);
  return replaced;
}

/** Store id, first sequence, address, and two numbers a line. */
function newMeter(values: readonly number[]): NewMeter {
  const lines = new LineList(MOST_LINES);
  for (let at = 4; at < values.length; at += 2) {
    lines.add(between(values[at], 1, LARGEST_WORD), between(values[at + 1], 0, LARGEST_WORD));
  }
  return {
    storeId: storeIdOf(values),
    firstSequence: between(values[2], 0, LARGEST_WORD),
    address: between(values[3], 1, 0xffff),
    lines,
  };
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
