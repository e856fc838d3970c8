import type { StoreId } from '../../lib/limfs/index.js';
import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import { type Command, command, Refusal, type Session } from './commands.js';
import { type ConsoleDevice, clockText, deviceCommands, mountedStore } from './consoleDevice.js';
import { parseStoreId, storeIdText } from './text.js';

/** The local manager as its console sees it. */
export interface ConsoleManager extends ConsoleDevice {
  readonly store: ManagerStore | undefined;
  /** Where a meter speaks from; 0 while it has not been heard. */
  addressOf(place: number): number;
  /** Takes a meter under management, its readings from `firstSequence` on; throws when the store cannot take it. */
  enlist(storeId: StoreId, firstSequence: number, address: number): void;
  /** Lets a meter go; throws as `enlist`. */
  dismiss(place: number): void;
}

type ManagerSession = Session<ConsoleManager>;

function printStatus({ subject: manager, print }: ManagerSession): void {
  print(`time     ${clockText(manager)}`);
  const { store } = manager;
  if (store !== undefined) {
    const { meters, windowReadings } = store.settings;
    print(
      `store    ${storeIdText(store.storeId)}, at most ${meters} meters and ${windowReadings} readings a window`,
    );
    print(`pages    ${store.pages}, dropped unreported ${store.droppedPages}`);
    for (const { code } of store.findings) print(`finding  ${code}`);
  }
  print(`fault    ${manager.fault ?? 'none'}`);
}

function printMeters({ subject: manager, print }: ManagerSession): void {
  const store = mountedStore(manager);
  for (let place = 0; place < store.settings.meters; place += 1) {
    const meter = store.meterAt(place);
    if (meter === null) continue;
    const { storeHigh, storeLow, next, gaps } = meter;
    const address = manager.addressOf(place);
    print(
      `${storeIdText([storeHigh, storeLow])} address ${address}, next sequence ${next}, ${gaps.count} gaps`,
    );
  }
}

function add({ subject }: ManagerSession, argument: string): void {
  mountedStore(subject);
  const [name = '', address = '', first = '0', ...rest] = argument.split(/ +/);
  if (
    !isNumber(address, 0xffff) ||
    Number(address) === 0 ||
    !isNumber(first, 0xffff_ffff) ||
    rest.length > 0
  ) {
    throw new Refusal("say 'add STORE ADDRESS' or 'add STORE ADDRESS SEQUENCE'");
  }
  subject.enlist(requiredStoreId(name), Number(first), Number(address));
}

function remove({ subject }: ManagerSession, argument: string): void {
  const place = mountedStore(subject).placeOf(requiredStoreId(argument));
  if (place < 0) throw new Refusal(`no meter ${argument} is managed here; 'meters' lists them`);
  subject.dismiss(place);
}

function requiredStoreId(text: string): StoreId {
  const storeId = parseStoreId(text);
  if (storeId === undefined)
    throw new Refusal(`'${text}' names no store; the meter's 'status' shows its name`);
  return storeId;
}

function isNumber(text: string, most: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= most;
}

export const managerConsole: readonly Command<ConsoleManager>[] = Object.freeze([
  command<ConsoleManager>('status', '', 'store, clock and faults', printStatus),
  command<ConsoleManager>('meters', '', 'the meters that are managed here', printMeters),
  command<ConsoleManager>(
    'add',
    'STORE ADDRESS [SEQUENCE]',
    'manages a meter from now on, or from SEQUENCE on',
    add,
  ),
  command<ConsoleManager>('remove', 'STORE', 'manages a meter no longer', remove),
  ...deviceCommands,
]);
