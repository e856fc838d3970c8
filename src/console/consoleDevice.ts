import type { StoreId } from '../../lib/limfs/index.js';
import { type Command, command, Refusal, type Session } from './commands.js';
import { parseTime, storeIdText, timeText } from './text.js';

/** A device as its console sees it, whatever its role. */
export interface ConsoleDevice {
  /** The mounted store; undefined while nothing is mounted. */
  readonly store: { readonly storeId: StoreId } | undefined;
  /** Why it does not work or what failed last, with the cure; undefined when all is well. */
  readonly fault: string | undefined;
  /** False: the clock counts from power-up, because nobody has told the time yet. */
  readonly clockIsSet: boolean;
  /** UTC seconds, or seconds since power-up. */
  timeSeconds(): number;
  /** The true time is known: a small error is slewed, a large one stepped, as when the network tells it. */
  setClock(timeSeconds: number): void;
  /** Makes a new, empty store on a medium that does not mount; throws when it is not there. */
  format(): void;
}

export function clockText(device: ConsoleDevice): string {
  const timeSeconds = device.timeSeconds();
  return device.clockIsSet ? timeText(timeSeconds, 0) : `not set, ${timeSeconds} s since power-up`;
}

export function requiredTime(text: string): number {
  const timeSeconds = parseTime(text);
  if (timeSeconds === undefined) {
    throw new Refusal(`'${text}' is no time; write UTC as 2026-01-31T12:00:00Z`);
  }
  return timeSeconds;
}

/** Throws a `Refusal` that says why when there is none. */
export function mountedStore<Store>(device: { store: Store | undefined; fault: string | undefined }): Store {
  if (device.store === undefined) throw new Refusal(device.fault ?? 'no store is mounted');
  return device.store;
}

function showOrSetTime({ subject, print }: Session<ConsoleDevice>, argument: string): void {
  if (argument !== '') subject.setClock(requiredTime(argument));
  print(clockText(subject));
}

function format({ subject, print }: Session<ConsoleDevice>, argument: string): void {
  if (subject.store !== undefined) {
    throw new Refusal('the store works; only a medium that does not mount is formatted');
  }
  if (argument !== 'erase-everything') {
    throw new Refusal("say 'format erase-everything' to lose what the medium holds");
  }
  subject.format();
  print(`store    ${storeIdText(mountedStore(subject).storeId)}`);
}

/** The commands that every device with a store has. */
export const deviceCommands: readonly Command<ConsoleDevice>[] = Object.freeze([
  command<ConsoleDevice>(
    'time',
    '[TIME]',
    'shows or sets the clock, UTC as 2026-01-31T12:00:00Z',
    showOrSetTime,
  ),
  command<ConsoleDevice>(
    'format',
    'CONFIRMATION',
    'makes a new store on a medium that does not mount',
    format,
  ),
]);
