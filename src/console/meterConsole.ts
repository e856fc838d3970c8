import { createReading, type MeterStore, type Reading } from '../../lib/limfs/index.js';
import { type Command, command, Refusal, type Session } from './commands.js';
import {
  type ConsoleDevice,
  clockText,
  deviceCommands,
  mountedStore,
  requiredTime,
} from './consoleDevice.js';
import { Dump } from './dump.js';
import { readingLines, storeIdText } from './text.js';

/** The meter as its console sees it. */
export interface ConsoleMeter extends ConsoleDevice {
  readonly store: MeterStore | undefined;
  secondsToNextReading(): number;
  /** Takes a reading now and stores it; throws when the store cannot take it. */
  takeReading(): void;
}

type MeterSession = Session<ConsoleMeter>;

function printStatus({ subject: meter, print }: MeterSession): void {
  print(`time     ${clockText(meter)}`);
  const { store } = meter;
  if (store !== undefined) {
    const last = (store.nextSequence - 1) >>> 0;
    print(`store    ${storeIdText(store.storeId)}`);
    print(`readings ${store.count}${store.count > 0 ? `, sequences ${store.oldestSequence}..${last}` : ''}`);
    print(`interval ${store.intervalSeconds} s, next reading in ${meter.secondsToNextReading()} s`);
    for (const { code, slot } of store.findings)
      print(`finding  ${code}${slot < 0 ? '' : ` in page slot ${slot}`}`);
  }
  print(`fault    ${meter.fault ?? 'none'}`);
}

function printReading({ subject: meter, print }: MeterSession, argument: string): void {
  const store = mountedStore(meter);
  const reading = createReading();
  if (argument === 'now') meter.takeReading();
  if (!fetchReading(store, argument, reading)) {
    throw new Refusal('the store holds no reading of that time or earlier');
  }
  for (const line of readingLines(reading, store.channels())) print(line);
}

function fetchReading(store: MeterStore, argument: string, into: Reading): boolean {
  if (argument === '' || argument === 'now') return store.newest(into);
  return store.find(requiredTime(argument), into);
}

function dump({ subject, follow }: MeterSession, argument: string): void {
  const store = mountedStore(subject);
  if (argument !== '' && !/^\d{1,10}$/.test(argument)) {
    throw new Refusal(`'${argument}' is no sequence number; say 'dump' or 'dump 123'`);
  }
  follow(new Dump(store, argument === '' ? store.oldestSequence : Number(argument) >>> 0));
}

export const meterConsole: readonly Command<ConsoleMeter>[] = Object.freeze([
  command<ConsoleMeter>('status', '', 'store, readings, clock and faults', printStatus),
  command<ConsoleMeter>(
    'read',
    '[now|TIME]',
    'newest reading; one taken now; the newest of TIME or before',
    printReading,
  ),
  command<ConsoleMeter>(
    'dump',
    '[SEQUENCE]',
    'all readings as CSV, or those from SEQUENCE on; Ctrl-C ends it',
    dump,
  ),
  ...deviceCommands,
]);
