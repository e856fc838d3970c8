import type { DeviceHeader } from '../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import type { EventMessage, Result } from '../../src/link/message.js';
import type { Answer } from '../../src/receiver/commandDesk.js';
import { eventName } from '../../src/receiver/eventName.js';
import type { ReportReceiverCounters } from '../../src/receiver/reportReceiver.js';
import type { Link, Receiver } from '../air/air.js';
import type { Agenda } from '../world/agenda.js';
import { ServerUplink, type ServerUplinkOptions, type UplinkNews } from './serverUplink.js';

/** What a device said about itself last, in the headers of reports (the paper's section 3.3). */
export interface SeenHeader extends DeviceHeader {
  /** When the report arrived. */
  readonly arrivalSeconds: number;
  readonly reports: number;
}

type SharedByUplinks = Pick<ServerUplinkOptions, 'book' | 'asksAgain' | 'seed' | 'now'>;

/** The server: the receiver of reports and the desk for commands, with a book in memory. Its clock is true. */
export class Server implements Receiver {
  readonly index: number;
  readonly isListening = true;
  /** Each once, in the order in which they came from a concentrator. */
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
  readonly #shared: SharedByUplinks;
  readonly #uplinks: ServerUplink[] = [];
  readonly #uplinkOf = new Map<number, ServerUplink>();
  readonly #known = new Set<string>();
  readonly #sequences = new Set<string>();
  readonly #news: UplinkNews = {
    passed: (headers, timeSeconds) => this.#pass(headers, timeSeconds),
    event: (event) => this.#takeEvent(event),
    result: (result) => this.results.push(result),
    passThrough: () => {
      this.passedThrough += 1;
    },
    quarantine: () => {
      this.quarantined += 1;
    },
    askAgain: () => {
      this.askedAgain += 1;
    },
    giveUp: () => {
      this.givenUp += 1;
    },
  };

  constructor(index: number, shared: SharedByUplinks) {
    this.index = index;
    this.#shared = shared;
  }

  get counters(): readonly ReportReceiverCounters[] {
    return this.#uplinks.map(({ counters }) => counters);
  }

  /** A concentrator's connection; `down` is the link to it, `address` its address there. */
  accept(agenda: Agenda, down: Link, networkId: number, address: number): void {
    const uplink = new ServerUplink({ ...this.#shared, agenda, down, networkId, address }, this.#news);
    this.#uplinks.push(uplink);
    this.#uplinkOf.set(down.to.index, uplink);
  }

  takePacket(_timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void {
    this.#uplinkOf.get(link.from.index)?.receive(packet, length);
  }

  /** The process that serves a concentrator, named by its number, starts again. */
  restart(concentrator: number): void {
    this.restarts += 1;
    this.#uplinks[concentrator]!.restart();
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
    const uplink = this.#uplinks[concentrator]!;
    return uplink.issue(address, storeId, operation, argument, notAfterSeconds, answer);
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
}
