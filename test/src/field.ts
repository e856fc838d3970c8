import { assert } from 'chai';
import { PowerCut } from '../../simulator/chips/powerCut.js';
import { RamMedium } from '../../simulator/chips/ramMedium.js';
import { ServerBook } from '../../simulator/ledger/serverBook.js';
import { createRandom, type Random } from '../../simulator/random/random.js';
import type { Concentrator } from '../../src/concentrator/concentrator.js';
import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import {
  type Acknowledgement,
  type EventMessage,
  type Message,
  MessageKind,
  type Result,
} from '../../src/link/message.js';
import { decodeMessage, encodeMessage } from '../../src/link/messageCodec.js';
import { CONCENTRATOR_ADDRESS } from '../../src/link/packetHeader.js';
import type { LocalManager } from '../../src/manager/localManager.js';
import { CommandDesk } from '../../src/receiver/commandDesk.js';
import { GapWatch } from '../../src/receiver/gapWatch.js';
import { ReportReceiver } from '../../src/receiver/reportReceiver.js';
import { CutMedium } from './cutMedium.js';
import {
  type Boot,
  bootConcentrator,
  bootManager,
  CONCENTRATOR_FORMAT,
  DEFAULT_WINDOW_READINGS,
  type DeviceOptions,
  HOUR,
  MANAGER,
  SERVER,
} from './fieldDevices.js';
import { ModelMeter } from './modelMeter.js';

export { HOUR, MANAGER } from './fieldDevices.js';
export const START = 1_700_000_000 - (1_700_000_000 % HOUR);
const CONCENTRATOR_ON_UPLINK = 7;
const MOST_SEQUENCES = 10_000;
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

export interface FieldOptions extends DeviceOptions {
  /** Readings that a meter keeps. */
  readonly meterCapacity?: number;
  readonly managerBytes?: number;
  readonly concentratorBytes?: number;
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
  readonly book = new ServerBook(MOST_SEQUENCES);
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
    this.windowReadings = options.windowReadings ?? DEFAULT_WINDOW_READINGS;
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
      parted: (...names) => this.watch.parted(...names),
      event: (event) => this.events.push(event),
      result: (result) => {
        this.results.push(result);
        this.desk.take(result, this.nowSeconds);
      },
      passThrough: (message) => this.passedThrough.push(message.bytes.join()),
      quarantine: (_, body) => this.quarantined.push(body),
    });
    this.startManager();
    for (const { storeId, address, lines } of this.meters) {
      this.manager.enlist({ storeId, firstSequence: 0, address, lines }, START);
      this.book.learn(storeId, lines, lines.newest);
    }
    this.startConcentrator();
    this.concentrator.roster.put(0, { address: MANAGER, reportHours: 1, silent: false });
    this.concentrator.rosterChanged(0, START);
  }

  /** New objects on what the medium holds. */
  startManager(): void {
    this.manager = bootManager(this.managerMedium.revive(), this.#options, this.#bootOf(MANAGER));
  }

  startConcentrator(): void {
    const server = {
      send: (_: number, message: Message) => this.#up(CONCENTRATOR_ON_UPLINK, SERVER, message),
      largestBlockBytes: () => 0,
    };
    const boot = this.#bootOf(CONCENTRATOR_ADDRESS);
    this.concentrator = bootConcentrator(this.concentratorMedium.revive(), this.#options, server, boot);
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

  #bootOf(source: number): Boot {
    const network = {
      send: (destination: number, message: Message) => this.send(source, destination, message),
      largestBlockBytes: () => 100,
    };
    return { network, random: () => this.#random.nextUint32(), nowSeconds: this.nowSeconds };
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
