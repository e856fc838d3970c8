import { assert } from 'chai';
import type { Medium, StoreId } from '../../lib/limfs/index.js';
import { PowerCut } from '../../simulator/chips/powerCut.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { MemoryBook } from '../../simulator/ledger/memoryBook.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import { CommandGate } from '../../src/commands/commandGate.js';
import { EnvironmentNumber } from '../../src/commands/environmentNumber.js';
import { Concentrator, type ConcentratorOptions } from '../../src/concentrator/concentrator.js';
import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import { concentratorCommands } from '../../src/concentrator/concentratorCommands.js';
import { EventSender } from '../../src/events/eventSender.js';
import {
  type Acknowledgement,
  type EventMessage,
  type Message,
  MessageKind,
  type Result,
} from '../../src/link/message.js';
import { decodeMessage, encodeMessage } from '../../src/link/messageCodec.js';
import { CONCENTRATOR_ADDRESS } from '../../src/link/packetHeader.js';
import { LocalManager, type LocalManagerOptions } from '../../src/manager/localManager.js';
import { openManagerChip } from '../../src/manager/managerChip.js';
import { managerCommands } from '../../src/manager/managerCommands.js';
import { CommandDesk } from '../../src/receiver/commandDesk.js';
import { GapWatch } from '../../src/receiver/gapWatch.js';
import { ReportReceiver } from '../../src/receiver/reportReceiver.js';
import { DeviceClock } from '../../src/time/deviceClock.js';
import { blockOf } from '../lib/limfs/manager/blocks.js';

export const HOUR = 3600;
export const START = 1_700_000_000 - (1_700_000_000 % HOUR);
export const SERVER = 0xfffe;
export const MANAGER = 10;
const FIRST_METER = 100;
const CONCENTRATOR_ON_UPLINK = 7;
const CONCENTRATOR_FORMAT = { storeId: [3, 1], reportBytes: 600 } as const;
const message = new Uint8Array(2048);

/** What goes wrong; chances in millionths. */
export interface Faults {
  readonly loss: number;
  readonly duplicate: number;
  /** Messages take 0 to so many seconds, each its own time. */
  readonly delaySeconds: number;
  /** That a device is cut off at some byte while it handles one message. */
  readonly cut: number;
}

export const noFaults: Faults = Object.freeze({ loss: 0, duplicate: 0, delaySeconds: 0, cut: 0 });

export interface FieldOptions {
  readonly meters: number;
  readonly windowReadings?: number;
  /** Readings that a meter keeps. */
  readonly meterCapacity?: number;
  readonly managerCells?: number;
  readonly managerBytes?: number;
  readonly concentratorBytes?: number;
  readonly manager?: Partial<LocalManagerOptions>;
  readonly concentrator?: Partial<ConcentratorOptions>;
  /** k; 0 for packed windows. */
  readonly readingBytes?: number;
}

/** A medium whose supply fails after so many written bytes. */
class CutMedium extends RamMedium {
  bytesLeft = Number.POSITIVE_INFINITY;

  override write(address: number, from: Uint8Array, offset: number, length: number): void {
    if (length <= this.bytesLeft) {
      this.bytesLeft -= length;
      super.write(address, from, offset, length);
      return;
    }
    super.write(address, from, offset, this.bytesLeft);
    this.bytesLeft = 0;
    throw new PowerCut('power is cut');
  }
}

/** A meter as the others see it: keeps its newest readings, sends windows, answers requests. */
export class ModelMeter {
  readonly storeId: StoreId;
  readonly address: number;
  readonly #field: Field;
  readonly #number: number;
  next = 0;
  capacity: number;
  /** Sends nothing and hears nothing. */
  isDead = false;
  /** Sequences that it cannot read any more. */
  readonly damaged = new Set<number>();

  constructor(field: Field, number: number, capacity: number) {
    this.#field = field;
    this.#number = number;
    this.capacity = capacity;
    this.storeId = [1, number];
    this.address = FIRST_METER + number;
  }

  get oldest(): number {
    return Math.max(0, this.next - this.capacity);
  }

  takeReading(): void {
    this.next += 1;
    const { windowReadings, readingBytes } = this.#field;
    const first = Math.max(this.oldest, this.next - windowReadings);
    if (this.isDead) return;
    this.#field.send(this.address, MANAGER, {
      kind: MessageKind.window,
      storeId: this.storeId,
      oldestSequence: this.oldest,
      nextSequence: this.next,
      block: blockOf(readingBytes, this.#number, first, this.next),
    });
  }

  take(source: number, message: Message): void {
    if (this.isDead) return;
    if (message.kind === MessageKind.command) {
      const { number, storeId } = message;
      const data = message.argument;
      this.#field.send(this.address, source, { kind: MessageKind.result, number, storeId, code: 0, data });
    }
    if (message.kind !== MessageKind.backfillRequest) return;
    let first = Math.max(message.firstSequence, this.oldest);
    while (this.damaged.has(first)) first += 1;
    let end = first;
    const most = Math.min(this.next, first + Math.min(message.count, this.#field.windowReadings));
    while (end < most && !this.damaged.has(end)) end += 1;
    this.#field.send(this.address, source, {
      kind: MessageKind.backfill,
      storeId: this.storeId,
      firstSequence: message.firstSequence,
      oldestSequence: this.oldest,
      nextSequence: this.next,
      block: end > first ? blockOf(this.#field.readingBytes, this.#number, first, end) : new Uint8Array(0),
    });
  }
}

interface Flying {
  readonly atSeconds: number;
  readonly order: number;
  readonly source: number;
  readonly destination: number;
  readonly message: Message;
}

/** Real roles on memories that outlive them, joined by a channel that loses, doubles and reorders; one seed replays all. */
export class Field {
  readonly windowReadings: number;
  readonly readingBytes: number;
  readonly meters: ModelMeter[];
  readonly book = new MemoryBook();
  readonly events: EventMessage[] = [];
  readonly results: Result[] = [];
  readonly quarantined: Uint8Array[] = [];
  readonly passedThrough: string[] = [];
  readonly sent: Message[] = [];
  manager!: LocalManager;
  concentrator!: Concentrator;
  readonly receiver: ReportReceiver;
  readonly desk: CommandDesk;
  readonly watch: GapWatch;
  /** Ranges that the watch does not ask for any more. */
  readonly givenUp: string[] = [];
  faults: Faults = noFaults;
  /** The uplink has a connection. */
  isConnected = true;
  /** The local manager reaches the concentrator. */
  isJoined = true;
  nowSeconds = START;
  cuts = 0;
  readonly managerMedium: CutMedium;
  readonly concentratorMedium: CutMedium;
  readonly #random: Random;
  readonly #options: FieldOptions;
  readonly #flying: Flying[] = [];
  readonly #cells = new Map<string, string>();
  #order = 0;

  constructor(seed: number, options: FieldOptions) {
    this.#random = createRandom(seed, 'field');
    this.#options = options;
    this.windowReadings = options.windowReadings ?? 6;
    this.readingBytes = options.readingBytes ?? 0;
    this.managerMedium = new CutMedium(options.managerBytes ?? 32_768);
    this.concentratorMedium = new CutMedium(options.concentratorBytes ?? 32_768);
    this.meters = Array.from(
      { length: options.meters },
      (_, number) => new ModelMeter(this, number, options.meterCapacity ?? 1000),
    );
    const network = {
      send: (_: number, answer: Message) => this.#up(SERVER, CONCENTRATOR_ON_UPLINK, answer),
      largestBlockBytes: () => 0,
    };
    // Above every number that tests give their own commands.
    this.desk = new CommandDesk({ ...network, send: (_, message) => this.command(message) }, 1000);
    this.watch = new GapWatch(
      this.book,
      (manager, operation, argument, answer) => {
        const notAfterSeconds = this.nowSeconds + 24 * HOUR;
        const now = this.nowSeconds;
        return this.desk.issue(SERVER, manager, operation, argument, notAfterSeconds, answer, now);
      },
      (storeId, { first, end }) => this.givenUp.push(`${storeId.join()}: ${first}-${end - 1}`),
    );
    this.receiver = new ReportReceiver(network, this.book, {
      passed: () => {},
      reported: (...names) => this.watch.reported(...names),
      event: (event) => this.events.push(event),
      result: (result) => {
        this.results.push(result);
        this.desk.take(result, this.nowSeconds);
      },
      passThrough: (message) => this.passedThrough.push(message.bytes.join()),
      quarantine: (_, body) => this.quarantined.push(body),
    });
    this.startManager();
    for (const { storeId, address } of this.meters) this.manager.enlist(storeId, 0, address, START);
    this.startConcentrator();
    this.concentrator.roster.put(0, { address: MANAGER, reportHours: 1, silent: false });
    this.concentrator.rosterChanged(0, START);
  }

  /** New objects on what the medium holds. */
  startManager(): void {
    const { meters, manager } = this.#options;
    const blockBytes = this.readingBytes > 0 ? this.readingBytes * this.windowReadings : 70;
    const chip = openManagerChip(this.#revived(this.managerMedium), {
      storeId: [2, 1],
      meters,
      windowReadings: this.windowReadings,
      ...(this.readingBytes > 0 ? { readingBytes: this.readingBytes } : {}),
      blockBytes,
      dataBytes: (this.#options.managerCells ?? 60) * blockBytes,
    });
    commission(chip.environment, MANAGER);
    const { store, roster } = chip;
    const network = this.#networkOf(MANAGER);
    const random = () => this.#random.nextUint32();
    const events = chip.events && new EventSender(chip.events, network, CONCENTRATOR_ADDRESS, [2, 1], random);
    const clock = stillClock();
    const options = {
      intervalSeconds: HOUR,
      backfillPerMinute: 20,
      answerSeconds: 2,
      jitterSeconds: 2,
      silentIntervals: 3,
      ...manager,
    };
    this.manager = new LocalManager(
      { store, roster, network, random, events, clock },
      options,
      this.nowSeconds,
    );
    const execute = managerCommands(this.manager, chip.install);
    this.manager.useCommands(new CommandGate([2, 1], new EnvironmentNumber(chip.environment), execute));
  }

  startConcentrator(): void {
    const chip = openConcentratorChip(this.#revived(this.concentratorMedium), CONCENTRATOR_FORMAT);
    commission(chip.environment, 1);
    const { reports, notices, roster, events } = chip;
    const parts = {
      reports,
      notices,
      roster,
      events,
      network: this.#networkOf(CONCENTRATOR_ADDRESS),
      server: {
        send: (_: number, message: Message) => this.#up(CONCENTRATOR_ON_UPLINK, SERVER, message),
        largestBlockBytes: () => 0,
      },
      clock: stillClock(),
      random: () => this.#random.nextUint32(),
    };
    const options = {
      answerSeconds: 20,
      serverAddress: SERVER,
      partBytes: 200,
      partsPerSecond: 16,
      ...this.#options.concentrator,
    };
    this.concentrator = new Concentrator(parts, options, this.nowSeconds);
    const execute = concentratorCommands(this.concentrator, chip.install);
    const gate = new CommandGate([3, 1], new EnvironmentNumber(chip.environment), execute);
    this.concentrator.useCommands(gate);
  }

  /** Puts a message on the air. */
  send(source: number, destination: number, message: Message): void {
    this.sent.push(copyOf(message));
    if (message.kind === MessageKind.cell) this.#sameBytes(message.counter, message.index, message.bytes);
    if (message.kind === MessageKind.acknowledgement) this.#isDurable(message);
    const toConcentrator = source === CONCENTRATOR_ADDRESS || destination === CONCENTRATOR_ADDRESS;
    if (!toConcentrator || this.isJoined) this.#post(source, destination, message);
  }

  /** Lets so many seconds pass. */
  run(seconds: number): void {
    const end = this.nowSeconds + seconds;
    for (;;) {
      const next = this.#nextSeconds();
      if (next > end) break;
      this.nowSeconds = Math.max(this.nowSeconds, next);
      this.#step();
    }
    this.nowSeconds = end;
  }

  /** So many intervals: at each whole one every meter takes a reading. */
  runHours(hours: number): void {
    for (let hour = 0; hour < hours; hour += 1) {
      for (const meter of this.meters) meter.takeReading();
      this.run(HOUR);
    }
  }

  /** What the server says to the concentrator. */
  command(message: Message): void {
    this.#up(SERVER, CONCENTRATOR_ON_UPLINK, message);
  }

  connect(): void {
    this.isConnected = true;
    this.concentrator.connected(this.nowSeconds);
  }

  #nextSeconds(): number {
    const first = this.#flying[0]?.atSeconds ?? Number.POSITIVE_INFINITY;
    const server = Math.min(this.desk.wakeSeconds, this.watch.wakeSeconds);
    return Math.min(first, this.manager.wakeSeconds, this.concentrator.wakeSeconds, server);
  }

  #step(): void {
    const now = this.nowSeconds;
    if (this.manager.wakeSeconds <= now) this.#guarded('manager', () => this.manager.wake(now));
    if (this.concentrator.wakeSeconds <= now)
      this.#guarded('concentrator', () => this.concentrator.wake(now));
    this.watch.wake(now);
    this.desk.wake(now);
    while (this.#flying.length > 0 && this.#flying[0]!.atSeconds <= now) this.#deliver(this.#flying.shift()!);
  }

  #deliver({ source, destination, message }: Flying): void {
    const now = this.nowSeconds;
    if (destination === MANAGER) this.#guarded('manager', () => this.manager.take(source, message, now));
    else if (destination === CONCENTRATOR_ADDRESS) {
      this.#guarded('concentrator', () => this.concentrator.take(source, message, [], now));
    } else if (destination === CONCENTRATOR_ON_UPLINK) {
      this.#guarded('concentrator', () => this.concentrator.takeFromServer(message, now));
    } else if (destination === SERVER) this.receiver.take(source, message, now);
    else this.meters.find(({ address }) => address === destination)?.take(source, message);
  }

  /** Does something at a device, whose supply may fail at any byte: then a new device begins on what is stored. */
  #guarded(device: 'manager' | 'concentrator', work: () => void): void {
    const medium = device === 'manager' ? this.managerMedium : this.concentratorMedium;
    if (this.#random.chance(this.faults.cut)) medium.bytesLeft = this.#random.below(400);
    try {
      work();
      if (medium.bytesLeft === Number.POSITIVE_INFINITY) return;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    this.cuts += 1;
    if (device === 'manager') this.startManager();
    else this.startConcentrator();
  }

  #revived(medium: CutMedium): Medium {
    medium.bytesLeft = Number.POSITIVE_INFINITY;
    return medium;
  }

  #networkOf(source: number) {
    return {
      send: (destination: number, message: Message) => this.send(source, destination, message),
      largestBlockBytes: () => 100,
    };
  }

  #up(source: number, destination: number, message: Message): void {
    if (this.isConnected) this.#post(source, destination, message);
  }

  #post(source: number, destination: number, message: Message): void {
    const { loss, duplicate, delaySeconds } = this.faults;
    const copies = 1 + (this.#random.chance(duplicate) ? 1 : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#random.chance(loss)) continue;
      this.#order += 1;
      const atSeconds = this.nowSeconds + (delaySeconds > 0 ? this.#random.below(delaySeconds + 1) : 0);
      this.#flying.push({ atSeconds, order: this.#order, source, destination, message: copyOf(message) });
    }
    this.#flying.sort((a, b) => a.atSeconds - b.atSeconds || a.order - b.order);
  }

  /** What the concentrator acknowledges stands on its medium at that moment: it may lose its supply right then. */
  #isDurable({ counter, checksum }: Acknowledgement): void {
    const copy = new RamMedium(this.concentratorMedium.image.slice());
    const { reports } = openConcentratorChip(copy, CONCENTRATOR_FORMAT);
    let found = false;
    reports.range(0, 0xffff_ffff, (report) => {
      found = found || (report.pageCounter === counter && report.checksum === checksum);
    });
    assert.isTrue(found, `page ${counter} is acknowledged before it is durable`);
  }

  /** A cell that is sent again, even by a device that has been restarted, has the bytes that it had. */
  #sameBytes(counter: number, index: number, bytes: Uint8Array): void {
    const name = `${counter}/${index}`;
    const text = bytes.join();
    assert.equal(this.#cells.get(name) ?? text, text, `cell ${name}, sent again`);
    this.#cells.set(name, text);
  }
}

/** A message as it arrives: through its bytes, so that nobody holds on to another's buffers. */
function copyOf(original: Message): Message {
  return decodeMessage(message, 0, encodeMessage(original, message, 0));
}

function stillClock(): DeviceClock {
  return new DeviceClock({ step: () => {}, slew: () => {} }, true);
}

function commission(area: { load(): unknown; store(environment: never): void }, address: number): void {
  if (area.load() !== null) return;
  const environment = {
    networkId: 1,
    address,
    route: [CONCENTRATOR_ADDRESS],
    alternateRoute: [],
    dutyCyclePermille: 1000,
    windowReadings: 0,
    lastCommand: 0,
  };
  area.store(environment as never);
}
