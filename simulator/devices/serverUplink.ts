import type { DeviceHeader } from '../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import { SERVER_ADDRESS } from '../../src/concentrator/concentratorFirmware.js';
import type { EventMessage, Result } from '../../src/link/message.js';
import { Node } from '../../src/network/node.js';
import { type Answer, CommandDesk } from '../../src/receiver/commandDesk.js';
import { type Ask, GapWatch } from '../../src/receiver/gapWatch.js';
import { ReportReceiver, type ReportReceiverCounters } from '../../src/receiver/reportReceiver.js';
import type { Link } from '../air/air.js';
import type { ServerBook } from '../ledger/serverBook.js';
import { createRandom } from '../random/random.js';
import type { Agenda, Task } from '../world/agenda.js';
import { sealOf } from './seal.js';

export interface ServerUplinkOptions {
  readonly agenda: Agenda;
  /** To the concentrator; `address` is its address there. */
  readonly down: Link;
  readonly networkId: number;
  readonly address: number;
  readonly book: ServerBook;
  readonly asksAgain: boolean;
  readonly seed: number;
  /** The world's time, in milliseconds. */
  readonly now: () => number;
}

/** What the server learns from a connection. */
export interface UplinkNews {
  passed(headers: readonly DeviceHeader[], timeSeconds: number): void;
  event(event: EventMessage): void;
  result(result: Result): void;
  passThrough(): void;
  quarantine(): void;
  /** A range of readings is asked for again, or given up. */
  askAgain(): void;
  giveUp(): void;
}

const payloadBytes = 128;
const daySeconds = 86_400;
const peers = 4;

/** The server's end of a concentrator's connection: a network of its own, with a receiver and a desk for commands. */
export class ServerUplink implements Task {
  readonly #options: ServerUplinkOptions;
  readonly #news: UplinkNews;
  readonly #node: Node;
  readonly #desk: CommandDesk;
  #watch: GapWatch;
  #receiver: ReportReceiver;
  #plannedMilliseconds = Number.POSITIVE_INFINITY;

  constructor(options: ServerUplinkOptions, news: UplinkNews) {
    this.#options = options;
    this.#news = news;
    const { down, networkId, seed, now } = options;
    this.#node = new Node({
      address: SERVER_ADDRESS,
      networkId,
      route: [],
      payloadBytes,
      seal: sealOf(),
      firstCounter: createRandom(seed, 'server', down.to.index).nextUint32(),
      peers,
      port: { send: (_neighbour, packet, length) => down.send(now(), packet, length) },
    });
    this.#desk = new CommandDesk(this.#node, 1);
    this.#watch = this.#newWatch();
    this.#receiver = this.#newReceiver();
    this.#node.onMessage = (source, message, _hops, timeSeconds) =>
      this.#receiver.take(source, message, timeSeconds);
  }

  get counters(): ReportReceiverCounters {
    return this.#receiver.counters;
  }

  receive(packet: Uint8Array, length: number): void {
    this.#node.receive(this.#seconds, packet, length);
    this.#plan();
  }

  /** False: too many commands are open. */
  issue(
    address: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array,
    notAfterSeconds: number,
    answer: Answer,
  ): boolean {
    const now = this.#seconds;
    const isOpen = this.#desk.issue(address, storeId, operation, argument, notAfterSeconds, answer, now);
    this.#plan();
    return isOpen;
  }

  /** Everything but the book and the open commands is forgotten. */
  restart(): void {
    this.#watch = this.#newWatch();
    this.#receiver = this.#newReceiver();
  }

  happen(timeMilliseconds: number): void {
    if (timeMilliseconds !== this.#plannedMilliseconds) return;
    this.#plannedMilliseconds = Number.POSITIVE_INFINITY;
    this.#watch.wake(this.#seconds);
    this.#desk.wake(this.#seconds);
    this.#plan();
  }

  get #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }

  /** Looks when something is due. */
  #plan(): void {
    const { agenda, now, down } = this.#options;
    const wakeSeconds = Math.min(this.#desk.wakeSeconds, this.#watch.wakeSeconds);
    if (wakeSeconds === Number.POSITIVE_INFINITY) return;
    const due = Math.max(now(), wakeSeconds * 1000);
    if (due === this.#plannedMilliseconds) return;
    this.#plannedMilliseconds = due;
    agenda.at(due, down.from.index, this);
  }

  #newWatch(): GapWatch {
    const { address, book, asksAgain } = this.#options;
    const ask: Ask = (manager, operation, argument, answer) => {
      if (!asksAgain) return false;
      this.#news.askAgain();
      const now = this.#seconds;
      return this.#desk.issue(address, manager, operation, argument, now + daySeconds, answer, now);
    };
    return new GapWatch(book, ask, () => this.#news.giveUp());
  }

  #newReceiver(): ReportReceiver {
    const news = this.#news;
    const watch = this.#watch;
    return new ReportReceiver(this.#node, this.#options.book, {
      passed: (headers, timeSeconds) => news.passed(headers, timeSeconds),
      reported: (...names) => watch.reported(...names),
      parted: (meter, first) => watch.parted(meter, first),
      event: (event) => news.event(event),
      result: (result) => {
        news.result(result);
        this.#desk.take(result, this.#seconds);
      },
      passThrough: () => news.passThrough(),
      quarantine: () => news.quarantine(),
    });
  }
}
