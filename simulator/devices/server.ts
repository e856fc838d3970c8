import type { DeviceHeader, ReportName } from '../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import { SERVER_ADDRESS } from '../../src/concentrator/concentratorFirmware.js';
import type { EventMessage, Message, Result } from '../../src/link/message.js';
import { Node } from '../../src/network/node.js';
import { type Answer, CommandDesk } from '../../src/receiver/commandDesk.js';
import { eventName } from '../../src/receiver/eventName.js';
import { type Ask, GapWatch } from '../../src/receiver/gapWatch.js';
import { ReportReceiver, type ReportReceiverCounters } from '../../src/receiver/reportReceiver.js';
import type { Link, Receiver } from '../air/air.js';
import type { ServerBook } from '../ledger/serverBook.js';
import { createRandom } from '../random/random.js';
import type { Agenda, Task } from '../world/agenda.js';
import { sealOf } from './seal.js';

/** What a device said about itself last, in the headers of reports (the paper's section 3.3). */
export interface SeenHeader extends DeviceHeader {
  /** When the report arrived. */
  readonly arrivalSeconds: number;
  readonly reports: number;
}

/** The server's end of a concentrator's connection: a network of its own, with a receiver and a desk for commands. */
interface Uplink {
  readonly node: Node;
  readonly concentratorIndex: number;
  /** Its address there. */
  readonly address: number;
  readonly desk: CommandDesk;
  watch: GapWatch;
  receiver: ReportReceiver;
}

const payloadBytes = 128;
const daySeconds = 86_400;
const peers = 4;

/** The server: the receiver of reports and the desk for commands, with a book in memory. Its clock is true. */
export class Server implements Receiver, Task {
  readonly index: number;
  readonly isListening = true;
  readonly events: EventMessage[] = [];
  readonly results: Result[] = [];
  readonly headers = new Map<string, SeenHeader>();
  quarantined = 0;
  passedThrough = 0;
  /** Ranges of readings that were asked for again, and those of them that nobody could bring or explain. */
  askedAgain = 0;
  givenUp = 0;
  /** Events with the sequence of another one: a device was set back to an older image. */
  sequencesTwice = 0;
  /** Restarts: whatever it does not keep in its book is gone. */
  restarts = 0;
  readonly #book: ServerBook;
  readonly #agenda: Agenda;
  readonly #seed: number;
  readonly #now: () => number;
  readonly #uplinks: Uplink[] = [];
  readonly #known = new Set<string>();
  readonly #sequences = new Set<string>();
  #plannedMilliseconds = Number.POSITIVE_INFINITY;

  constructor(index: number, book: ServerBook, agenda: Agenda, seed: number, now: () => number) {
    this.index = index;
    this.#book = book;
    this.#agenda = agenda;
    this.#seed = seed;
    this.#now = now;
  }

  get counters(): readonly ReportReceiverCounters[] {
    return this.#uplinks.map(({ receiver }) => receiver.counters);
  }

  get openCommands(): number {
    return this.#uplinks.reduce((total, { desk }) => total + desk.open, 0);
  }

  /** A concentrator's connection; `down` is the link to it, `address` its address there. */
  accept(down: Link, networkId: number, address: number): void {
    const random = createRandom(this.#seed, 'server', down.to.index);
    const node = new Node({
      address: SERVER_ADDRESS,
      networkId,
      route: [],
      payloadBytes,
      seal: sealOf(),
      firstCounter: random.nextUint32(),
      peers,
      port: { send: (_neighbour, packet, length) => down.send(this.#now(), packet, length) },
    });
    const desk = new CommandDesk(node, 1);
    const watch = this.#newWatch(desk, address);
    const receiver = this.#newReceiver(node, desk, watch);
    const uplink = { node, desk, concentratorIndex: down.to.index, address, watch, receiver };
    node.onMessage = (source, message, _hops, timeSeconds) =>
      this.#take(uplink, source, message, timeSeconds);
    this.#uplinks.push(uplink);
  }

  takePacket(_timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void {
    const uplink = this.#uplinkOf(link.from.index);
    uplink?.node.receive(this.#seconds, packet, length);
    this.#plan();
  }

  /** Everything but the book and the open commands is forgotten. */
  restart(): void {
    this.restarts += 1;
    for (const uplink of this.#uplinks) {
      uplink.watch = this.#newWatch(uplink.desk, uplink.address);
      uplink.receiver = this.#newReceiver(uplink.node, uplink.desk, uplink.watch);
    }
  }

  /** Sends a command through a concentrator, named by its number and its address on the uplink; false: too many are open. */
  issue(
    concentrator: number,
    address: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array,
    notAfterSeconds: number,
    answer: Answer,
  ): boolean {
    const { desk } = this.#uplinks[concentrator]!;
    const isOpen = desk.issue(address, storeId, operation, argument, notAfterSeconds, answer, this.#seconds);
    this.#plan();
    return isOpen;
  }

  happen(timeMilliseconds: number): void {
    if (timeMilliseconds !== this.#plannedMilliseconds) return;
    this.#plannedMilliseconds = Number.POSITIVE_INFINITY;
    for (const { watch, desk } of this.#uplinks) {
      watch.wake(this.#seconds);
      desk.wake(this.#seconds);
    }
    this.#plan();
  }

  #uplinkOf(concentratorIndex: number): Uplink | undefined {
    for (const uplink of this.#uplinks) if (uplink.concentratorIndex === concentratorIndex) return uplink;
    return undefined;
  }

  get #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #take({ receiver }: Uplink, source: number, message: Message, timeSeconds: number): void {
    receiver.take(source, message, timeSeconds);
  }

  #plan(): void {
    let wakeSeconds = Number.POSITIVE_INFINITY;
    for (const { desk, watch } of this.#uplinks) {
      wakeSeconds = Math.min(wakeSeconds, desk.wakeSeconds, watch.wakeSeconds);
    }
    if (wakeSeconds === Number.POSITIVE_INFINITY) return;
    const due = Math.max(this.#now(), wakeSeconds * 1000);
    if (due === this.#plannedMilliseconds) return;
    this.#plannedMilliseconds = due;
    this.#agenda.at(due, this.index, this);
  }

  #newWatch(desk: CommandDesk, address: number): GapWatch {
    const ask: Ask = (manager, operation, argument, answer) => {
      this.askedAgain += 1;
      const now = this.#seconds;
      return desk.issue(address, manager, operation, argument, now + daySeconds, answer, now);
    };
    return new GapWatch(this.#book, ask, () => {
      this.givenUp += 1;
    });
  }

  #newReceiver(node: Node, desk: CommandDesk, watch: GapWatch): ReportReceiver {
    return new ReportReceiver(node, this.#book, {
      passed: (headers, timeSeconds) => this.#pass(headers, timeSeconds),
      reported: (...names) => watch.reported(...names),
      parted: (meter, first) => watch.parted(meter, first),
      event: (event) => this.#takeEvent(event),
      result: (result) => this.#takeResult(desk, result),
      passThrough: () => {
        this.passedThrough += 1;
      },
      quarantine: (_name: ReportName) => {
        this.quarantined += 1;
      },
    });
  }

  #pass(headers: readonly DeviceHeader[], arrivalSeconds: number): void {
    for (const header of headers) {
      const key = header.device.join();
      const reports = (this.headers.get(key)?.reports ?? 0) + 1;
      this.headers.set(key, { ...header, arrivalSeconds, reports });
    }
  }

  /** What comes twice counts once. */
  #takeEvent(event: EventMessage): void {
    const name = eventName(event);
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.events.push(event);
    const sequence = `${event.storeId.join()} ${event.sequence}`;
    if (this.#sequences.has(sequence)) this.sequencesTwice += 1;
    this.#sequences.add(sequence);
  }

  #takeResult(desk: CommandDesk, result: Result): void {
    this.results.push(result);
    desk.take(result, this.#seconds);
  }
}
