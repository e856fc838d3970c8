import { createReading, LimfsError, type MeterStore, type Reading } from '../../lib/limfs/index.js';
import { Dump } from './dump.js';
import { LineReader, MAXIMUM_LINE_CHARACTERS } from './lineReader.js';
import { parseTime, readingLines, storeIdText, timeText } from './text.js';

/**
 * What the meter's clock is worth: `set` after a power-up, `resumed` from the time that the store kept last (late by
 * the time without power), or `unset`: seconds since boot.
 */
export type ClockState = 'set' | 'resumed' | 'unset';

/** The meter as its console sees it. */
export interface ConsoleMeter {
  /** The mounted store; undefined while nothing is mounted. */
  readonly store: MeterStore | undefined;
  /** Why nothing is mounted or what failed last, with the cure; undefined when all is well. */
  readonly fault: string | undefined;
  readonly clockState: ClockState;
  /** UTC seconds, or seconds since boot while the clock is unset. */
  timeSeconds(): number;
  setClock(timeSeconds: number): void;
  secondsToNextReading(): number;
  /** Takes a reading now and stores it; throws when the store cannot take it. */
  takeReading(): void;
  /** Makes a new, empty store on a medium that does not mount. */
  format(): void;
}

/** Commands that may wait while an answer is still going out. */
const maximumPending = 4;
/** Lines that may wait to be sent before an announcement is dropped. */
const maximumLines = 32;
const controlC = 0x03;

interface Command {
  readonly usage: string;
  readonly help: string;
  run(session: Session, argument: string): void;
}

/** What a command may do with its console. */
interface Session {
  readonly meter: ConsoleMeter;
  print(line: string): void;
  startDump(store: MeterStore, firstSequence: number): void;
  listCommands(): void;
}

/** A command that was refused: the message names the cause and the cure. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

/**
 * The technician's console: bytes in, lines out, the same by hand and by a script. Every answer ends with a line
 * `ok` or `error: ...`. Lines are made when the port asks for them, so a long dump neither blocks the meter nor fills
 * its memory; Ctrl-C ends it.
 */
export class Console {
  readonly #session: Session;
  readonly #reader = new LineReader();
  readonly #pending: string[] = [];
  readonly #lines: string[] = [];
  #dump: Dump | undefined;

  constructor(meter: ConsoleMeter) {
    this.#session = {
      meter,
      print: (line) => this.#lines.push(line),
      startDump: (store, firstSequence) => {
        this.#dump = new Dump(store, firstSequence);
      },
      listCommands: () => this.#listCommands(),
    };
  }

  /** Takes one byte from the port. */
  receive(byte: number): void {
    if (byte === controlC) {
      this.#cancel();
      return;
    }
    const event = this.#reader.receive(byte);
    if (event === undefined) return;
    if (event === 'too-long') this.#refuse(`a line holds at most ${MAXIMUM_LINE_CHARACTERS} characters`);
    else if (this.#pending.length === maximumPending)
      this.#refuse('busy: wait for the answer, or press Ctrl-C');
    else this.#pending.push(event.line);
  }

  /** Says something unasked: a line that begins with `#`, so that a script can skip it. */
  announce(text: string): void {
    if (this.#lines.length < maximumLines) this.#lines.push(`# ${text}`);
  }

  /** The next line to send, without its end; undefined when there is nothing to say. */
  nextLine(): string | undefined {
    if (this.#lines.length === 0 && this.#dump !== undefined) this.#continueDump(this.#dump);
    if (this.#lines.length === 0) {
      const command = this.#pending.shift();
      if (command !== undefined) this.#run(command);
      if (this.#dump !== undefined) return this.nextLine();
    }
    return this.#lines.shift();
  }

  #run(line: string): void {
    const space = line.indexOf(' ');
    const name = (space < 0 ? line : line.slice(0, space)).toLowerCase();
    const argument = space < 0 ? '' : line.slice(space + 1).trim();
    this.#answer(() => {
      const command = commandOf(name);
      if (command === undefined) throw new Refusal(`unknown command '${name}'; 'help' lists the commands`);
      command.run(this.#session, argument);
    });
  }

  #continueDump(dump: Dump): void {
    let line: string | undefined;
    this.#answer(() => {
      this.#dump = undefined;
      line = dump.nextLine();
      if (line === undefined) return;
      this.#lines.push(line);
      this.#dump = dump;
    });
  }

  /** Runs one step of a command and closes its answer, unless a dump goes on. */
  #answer(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof LimfsError)) throw error;
      this.#dump = undefined;
      this.#refuse(error.message);
      return;
    }
    if (this.#dump === undefined) this.#lines.push('ok');
  }

  #refuse(message: string): void {
    this.#lines.push(`error: ${message}`);
  }

  #cancel(): void {
    this.#reader.clear();
    this.#pending.length = 0;
    if (this.#dump === undefined) return;
    this.#dump = undefined;
    this.#refuse('cancelled');
  }

  #listCommands(): void {
    for (const { usage, help } of Object.values(commands)) this.#lines.push(`${usage.padEnd(16)} ${help}`);
  }
}

function mountedStore(meter: ConsoleMeter): MeterStore {
  if (meter.store === undefined) throw new Refusal(meter.fault ?? 'no store is mounted');
  return meter.store;
}

function printStatus({ meter, print }: Session, argument: string): void {
  refuseArgument(argument, 'status');
  print(`time     ${clockText(meter)}`);
  const { store } = meter;
  if (store !== undefined) {
    print(`store    ${storeIdText(store.storeId)}`);
    print(
      `readings ${store.count}${store.count > 0 ? `, sequences ${store.oldestSequence}..${(store.nextSequence - 1) >>> 0}` : ''}`,
    );
    print(`interval ${store.intervalSeconds} s, next reading in ${meter.secondsToNextReading()} s`);
    for (const finding of store.findings)
      print(`finding  ${finding.code}${finding.slot < 0 ? '' : ` in page slot ${finding.slot}`}`);
  }
  print(`fault    ${meter.fault ?? 'none'}`);
}

function printReading({ meter, print }: Session, argument: string): void {
  const store = mountedStore(meter);
  const reading = createReading();
  if (argument === 'now') meter.takeReading();
  if (!fetchReading(store, argument, reading))
    throw new Refusal('the store holds no reading of that time or earlier');
  for (const line of readingLines(reading, store.channels())) print(line);
}

function fetchReading(store: MeterStore, argument: string, into: Reading): boolean {
  if (argument === '' || argument === 'now') return store.newest(into);
  return store.find(requiredTime(argument), into);
}

function startDump({ meter, startDump: start }: Session, argument: string): void {
  const store = mountedStore(meter);
  if (argument !== '' && !/^\d{1,10}$/.test(argument)) {
    throw new Refusal(`'${argument}' is no sequence number; say 'dump' or 'dump 123'`);
  }
  start(store, argument === '' ? store.oldestSequence : Number(argument) >>> 0);
}

function showOrSetTime({ meter, print }: Session, argument: string): void {
  if (argument !== '') meter.setClock(requiredTime(argument));
  print(clockText(meter));
}

function formatMedium({ meter, print }: Session, argument: string): void {
  if (meter.store !== undefined)
    throw new Refusal('the store works; only a medium that does not mount is formatted');
  if (argument !== 'erase-everything')
    throw new Refusal("say 'format erase-everything' to lose what the medium holds");
  meter.format();
  print(`store    ${storeIdText(mountedStore(meter).storeId)}`);
}

function clockText(meter: ConsoleMeter): string {
  const timeSeconds = meter.timeSeconds();
  if (meter.clockState === 'set') return timeText(timeSeconds, 0);
  if (meter.clockState === 'unset') return `not set, ${timeSeconds} s since boot`;
  return `${timeText(timeSeconds, 0)} at the least: not set since the power came back`;
}

function requiredTime(text: string): number {
  const timeSeconds = parseTime(text);
  if (timeSeconds === undefined) throw new Refusal(`'${text}' is no time; write UTC as 2026-01-31T12:00:00Z`);
  return timeSeconds;
}

function refuseArgument(argument: string, name: string): void {
  if (argument !== '') throw new Refusal(`'${name}' takes nothing behind it`);
}

const commands: Readonly<Record<string, Command>> = {
  help: {
    usage: 'help',
    help: 'this list',
    run: (session, argument) => {
      refuseArgument(argument, 'help');
      session.listCommands();
    },
  },
  status: { usage: 'status', help: 'store, readings, clock and faults', run: printStatus },
  read: {
    usage: 'read [now|TIME]',
    help: 'newest reading; one taken now; the newest of TIME or before',
    run: printReading,
  },
  dump: {
    usage: 'dump [SEQUENCE]',
    help: 'all readings as CSV, or those from SEQUENCE on; Ctrl-C ends it',
    run: startDump,
  },
  format: { usage: 'format', help: 'makes a new store on a medium that does not mount', run: formatMedium },
  time: {
    usage: 'time [TIME]',
    help: 'shows or sets the clock, UTC as 2026-01-31T12:00:00Z',
    run: showOrSetTime,
  },
};

function commandOf(name: string): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}
