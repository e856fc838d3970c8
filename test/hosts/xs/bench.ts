import { assert } from 'chai';
import type { Board, PortName } from '../../../hosts/xs/board.js';
import type { Timers } from '../../../hosts/xs/device.js';
import { Host } from '../../../hosts/xs/host.js';
import type { PortEvents, SerialPort } from '../../../hosts/xs/port.js';
import type { Settings } from '../../../hosts/xs/settings.js';
import { createBatch, LimfsError, type Medium, mountMeterStore } from '../../../lib/limfs/index.js';
import { RamMedium } from '../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../simulator/random/random.js';
import type { Register } from '../../../src/meter/register.js';

export const bootSeconds = 1_800_000_000;
export const intervalSeconds = 900;

/** The settings of common.json and of the roles' manifests that do not name pins and files. */
const usualSettings = {
  networkId: 1,
  windowReadings: 0,
  dutyCyclePermille: 1000,
  payloadBytes: 128,
  linkBaud: 115_200,
  serviceBaud: 115_200,
  intervalSeconds,
  meters: 10,
  reportBytes: 1600,
};

/** A UART with a transmit buffer of the Pico's size: a write beyond its room throws, as there. */
export class FakePort implements SerialPort {
  static readonly roomBytes = 128;
  readonly #events: PortEvents;
  readonly #waiting: number[] = [];
  readonly #sending: number[] = [];
  #hasAsked = false;

  constructor(events: PortEvents) {
    this.#events = events;
  }

  read(): ArrayBuffer | undefined {
    const bytes = this.#waiting.splice(0);
    return bytes.length === 0 ? undefined : Uint8Array.from(bytes).buffer;
  }

  write(bytes: ArrayBuffer): void {
    if (this.#sending.length + bytes.byteLength > FakePort.roomBytes) throw new Error('output full');
    this.#sending.push(...new Uint8Array(bytes));
  }

  /** Bytes arrive. */
  receive(bytes: readonly number[]): void {
    this.#waiting.push(...bytes);
    this.#events.onReadable(this.#waiting.length);
  }

  type(text: string): void {
    this.receive(text.split('').map((character) => character.charCodeAt(0)));
  }

  /** Shifts at most so many bytes out on the wire, then says how much room there is. */
  drain(most: number): number[] {
    const bytes = this.#sending.splice(0, most);
    if (bytes.length === 0 && this.#hasAsked) return bytes;
    this.#hasAsked = true;
    this.#events.onWritable(FakePort.roomBytes - this.#sending.length);
    return bytes;
  }

  /** Everything that the device wants to send now. */
  drainAll(): number[] {
    const bytes = this.drain(0);
    for (let piece = this.drain(61); ; piece = this.drain(61)) {
      bytes.push(...piece);
      if (piece.length === 0) return bytes;
    }
  }
}

/** A chip whose bus can be pulled off, before a write or after it. */
export class LooseMedium extends RamMedium {
  isLoose = false;
  /** The next write fails, when it has been done or without. */
  nextWrite: 'works' | 'done, but fails' | 'fails' = 'works';

  override read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#check();
    super.read(address, into, offset, length);
  }

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#check();
    const { nextWrite } = this;
    this.nextWrite = 'works';
    if (nextWrite !== 'fails') super.write(address, from, offset, length);
    if (nextWrite !== 'works') throw new LimfsError('medium-failed', 'no acknowledge');
  }

  #check(): void {
    if (this.isLoose) throw new LimfsError('medium-failed', 'no acknowledge');
  }
}

interface Alarm {
  readonly owner: number;
  readonly dueMilliseconds: number;
  readonly callback: () => void;
}

/** Time, and wires between boards. Moved by hand. */
export class Bench {
  /** Milliseconds of the systems' clocks. */
  now = bootSeconds * 1000;
  readonly boards: BenchBoard[] = [];
  #alarms: Alarm[] = [];
  #owners = 0;

  /** A board whose chip is blank. */
  board(settings: Settings, sizeBytes = 16_384): BenchBoard {
    const board = new BenchBoard(this, this.boards.length, { ...usualSettings, ...settings }, sizeBytes);
    this.boards.push(board);
    return board;
  }

  /** Timers of one power-up; `stop` takes all of them back. */
  timers(): Timers & { stop(): void } {
    this.#owners += 1;
    const owner = this.#owners;
    return {
      set: (callback, milliseconds) => {
        assert.isFalse(
          this.#alarms.some((alarm) => alarm.owner === owner),
          'one timer a device',
        );
        const alarm = { owner, callback, dueMilliseconds: this.now + milliseconds };
        this.#alarms.push(alarm);
        return alarm;
      },
      clear: (timer) => {
        this.#alarms = this.#alarms.filter((alarm) => alarm !== timer);
      },
      stop: () => {
        this.#alarms = this.#alarms.filter((alarm) => alarm.owner !== owner);
      },
    };
  }

  /** Lets time pass; a device that never waits makes it fail. */
  run(seconds: number): void {
    const end = this.now + seconds * 1000;
    let atOnce = 0;
    for (this.#carry(); ; this.#carry()) {
      const next = this.#alarms.reduce<Alarm | undefined>(
        (first, alarm) =>
          first === undefined || alarm.dueMilliseconds < first.dueMilliseconds ? alarm : first,
        undefined,
      );
      if (next === undefined || next.dueMilliseconds > end) break;
      atOnce = next.dueMilliseconds > this.now ? 0 : atOnce + 1;
      assert.isBelow(atOnce, 100, 'a device must not spin');
      this.now = Math.max(this.now, next.dueMilliseconds);
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      next.callback();
    }
    this.now = end;
  }

  /** What is sent on a link, all other boards hear, one frame behind the other. */
  #carry(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const sender of this.boards) {
        const bytes = sender.ports.get('link')?.drainAll() ?? [];
        isBusy ||= bytes.length > 0;
        sender.carried(bytes);
        for (const board of this.boards) {
          if (bytes.length > 0 && board !== sender && board.hearsLink)
            board.ports.get('link')?.receive(bytes);
        }
      }
    }
  }
}

/** A board on a bench: its chip outlives what runs on it. */
export class BenchBoard implements Board, Register {
  clockStartsSet = true;
  readonly medium: LooseMedium;
  chipIsThere = true;
  hasPorts = true;
  hearsLink = true;
  value = 1000;
  registerWorks = true;
  registerStart: number | undefined;
  /** Bytes that it has put on its link. */
  sentBytes = 0;
  readonly ports = new Map<PortName, FakePort>();
  readonly log: string[] = [];
  readonly #bench: Bench;
  readonly #settings: Settings;
  readonly #random: { nextUint32(): number };
  #timers: (Timers & { stop(): void }) | undefined;

  constructor(bench: Bench, index: number, settings: Settings, sizeBytes: number) {
    this.#bench = bench;
    this.#settings = settings;
    this.#random = createRandom(1, 'bench', index);
    this.medium = new LooseMedium(sizeBytes);
  }

  powerUp(startRole: (host: Host) => void): void {
    this.powerOff();
    this.#timers = this.#bench.timers();
    startRole(
      new Host({
        board: this,
        settings: this.#settings,
        timers: this.#timers,
        now: () => this.#bench.now,
        log: (text) => this.log.push(text),
      }),
    );
  }

  powerOff(): void {
    this.#timers?.stop();
    this.ports.clear();
  }

  carried(bytes: readonly number[]): void {
    this.sentBytes += bytes.length;
  }

  /** Types a command and returns the lines of the answer. */
  ask(command: string): string[] {
    const port = this.ports.get('service')!;
    port.drainAll();
    port.type(`${command}\r`);
    return String.fromCharCode(...port.drainAll())
      .split('\r\n')
      .slice(0, -1);
  }

  openMedium(): Medium {
    if (!this.chipIsThere) throw new LimfsError('medium-failed', 'FM24V10: read at 0 failed: no acknowledge');
    return this.medium;
  }

  openRegister(start: number): Register {
    this.registerStart = start;
    return this;
  }

  openPort(name: PortName, events: PortEvents): SerialPort {
    if (!this.hasPorts) throw new Error('no such device');
    const port = new FakePort(events);
    this.ports.set(name, port);
    return port;
  }

  randomWord(): number {
    return this.#random.nextUint32();
  }

  read(_timeSeconds: number, values: number[]): boolean {
    values[0] = this.value;
    return this.registerWorks;
  }

  /** What a mount from scratch finds on a meter's chip: seconds since the bench began, status, value. */
  stored(): (readonly [seconds: number, status: number, value: number | undefined])[] {
    const store = mountMeterStore(new RamMedium(this.medium.image));
    const batch = createBatch(1000);
    const readings: (readonly [number, number, number | undefined])[] = [];
    while (store.read((store.oldestSequence + readings.length) >>> 0, batch) > 0) {
      for (let row = 0; row < batch.count; row += 1) {
        const value = batch.valids[row] === 1 ? batch.values[row]! : undefined;
        readings.push([batch.times[row]! - bootSeconds, batch.statuses[row]!, value]);
      }
    }
    return readings;
  }
}
