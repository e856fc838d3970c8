import { createReading, type MeterStore, type Reading } from '../../lib/limfs/index.js';
import type { ConsoleMeter } from './consoleMeter.js';
import { parseTime, readingLines, storeIdText, timeText } from './text.js';

/** What a command may do with its console. */
export interface Session {
  readonly meter: ConsoleMeter;
  print(line: string): void;
  /** Lets the console send the readings from a sequence on, line by line. */
  startDump(store: MeterStore, firstSequence: number): void;
}

/** A command that was refused: the message names the cause and the cure. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

interface Command {
  readonly name: string;
  readonly argument: string;
  readonly help: string;
  readonly run: (session: Session, argument: string) => void;
}

/** Runs a command line; throws a `Refusal` or a `LimfsError` when it cannot be done. */
export function runCommand(line: string, session: Session): void {
  const space = line.indexOf(' ');
  const name = (space < 0 ? line : line.slice(0, space)).toLowerCase();
  const argument = space < 0 ? '' : line.slice(space + 1).trim();
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Refusal(`unknown command '${name}'; 'help' lists the commands`);
  if (command.argument === '' && argument !== '') throw new Refusal(`'${name}' takes nothing behind it`);
  command.run(session, argument);
}

function printHelp({ print }: Session): void {
  for (const { name, argument, help } of commands) print(`${`${name} ${argument}`.padEnd(16)} ${help}`);
}

function printStatus({ meter, print }: Session): void {
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

function printReading({ meter, print }: Session, argument: string): void {
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

function dump({ meter, startDump }: Session, argument: string): void {
  const store = mountedStore(meter);
  if (argument !== '' && !/^\d{1,10}$/.test(argument)) {
    throw new Refusal(`'${argument}' is no sequence number; say 'dump' or 'dump 123'`);
  }
  startDump(store, argument === '' ? store.oldestSequence : Number(argument) >>> 0);
}

function showOrSetTime({ meter, print }: Session, argument: string): void {
  if (argument !== '') meter.setClock(requiredTime(argument));
  print(clockText(meter));
}

function format({ meter, print }: Session, argument: string): void {
  if (meter.store !== undefined) {
    throw new Refusal('the store works; only a medium that does not mount is formatted');
  }
  if (argument !== 'erase-everything') {
    throw new Refusal("say 'format erase-everything' to lose what the medium holds");
  }
  meter.format();
  print(`store    ${storeIdText(mountedStore(meter).storeId)}`);
}

function mountedStore(meter: ConsoleMeter): MeterStore {
  if (meter.store === undefined) throw new Refusal(meter.fault ?? 'no store is mounted');
  return meter.store;
}

function clockText(meter: ConsoleMeter): string {
  const timeSeconds = meter.timeSeconds();
  if (meter.clockState === 'set') return timeText(timeSeconds, 0);
  if (meter.clockState === 'unset') return `not set, ${timeSeconds} s since boot`;
  return `${timeText(timeSeconds, 0)} at the least: not set since the power came back`;
}

function requiredTime(text: string): number {
  const timeSeconds = parseTime(text);
  if (timeSeconds === undefined) {
    throw new Refusal(`'${text}' is no time; write UTC as 2026-01-31T12:00:00Z`);
  }
  return timeSeconds;
}

function command(name: string, argument: string, help: string, run: Command['run']): Command {
  return Object.freeze({ name, argument, help, run });
}

const commands: readonly Command[] = Object.freeze([
  command('help', '', 'this list', printHelp),
  command('status', '', 'store, readings, clock and faults', printStatus),
  command('read', '[now|TIME]', 'newest reading; one taken now; the newest of TIME or before', printReading),
  command('dump', '[SEQUENCE]', 'all readings as CSV, or those from SEQUENCE on; Ctrl-C ends it', dump),
  command('time', '[TIME]', 'shows or sets the clock, UTC as 2026-01-31T12:00:00Z', showOrSetTime),
  command('format', 'CONFIRMATION', 'makes a new store on a medium that does not mount', format),
]);
