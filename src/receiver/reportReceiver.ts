import type { DeviceHeader, ReportName } from '../../lib/limfs/concentrator/index.js';
import { DEVICE_HEADER_BYTES, getDeviceHeader } from '../../lib/limfs/concentrator/report.js';
import { LimfsError, type StoreId } from '../../lib/limfs/index.js';
import { isNotice } from '../concentrator/reportNames.js';
import {
  type EventMessage,
  type Message,
  MessageKind,
  type PassThrough,
  type ReportPart,
  type Result,
} from '../link/message.js';
import { decodeMessage } from '../link/messageCodec.js';
import type { Network } from '../network/network.js';
import type { Book } from './book.js';
import { PageBooking } from './pageBooking.js';
import { ReportAssembler } from './reportAssembler.js';

/**
 * What the server does with what is no reading. All of it may come twice, after a restart of the concentrator or when
 * an acknowledgement got lost; each is durable when it returns.
 */
export interface ReportSink {
  /** Devices that a report passed, the local manager first, and what they said about themselves (section 3.3). */
  passed(headers: readonly DeviceHeader[], timeSeconds: number): void;
  /** A report of this local manager names this meter; a concentrator took it over at `reportSeconds`. */
  reported(meter: StoreId, manager: StoreId, reportSeconds: number, timeSeconds: number): void;
  /** From a sequence on the readings of this meter are others now, or may be there again: its chip got an older image. */
  parted(meter: StoreId, first: number): void;
  /** One of the same name (`eventName`) is the same. */
  event(event: EventMessage): void;
  /** Named by store id and command number. */
  result(result: Result): void;
  /** Bytes of a meter, in a session that the server has opened. */
  passThrough(message: PassThrough): void;
  /** A report, or some cells of it, that make no sense: kept as it came, so that somebody may look at it. */
  quarantine(name: ReportName, body: Uint8Array): void;
}

export class ReportReceiverCounters {
  parts = 0;
  /** Reports that were put together, and those among them that came again. */
  reports = 0;
  repeated = 0;
  quarantined = 0;
  /** Readings that came again with other content. */
  conflicts = 0;
  /** Messages and parts that make no sense here. */
  strange = 0;
}

/**
 * The server's end of a concentrator's uplink: puts reports together, books each reading and each loss once, and
 * acknowledges only then. A resent report books nothing twice, so it keeps nothing that a restart could lose.
 */
export class ReportReceiver {
  readonly counters = new ReportReceiverCounters();
  readonly #network: Network;
  readonly #sink: ReportSink;
  readonly #pages: PageBooking;
  readonly #assembler = new ReportAssembler();

  constructor(network: Network, book: Book, sink: ReportSink) {
    this.#network = network;
    this.#sink = sink;
    this.#pages = new PageBooking(book);
  }

  /** Takes a message of a concentrator. */
  take(source: number, message: Message, timeSeconds: number): void {
    if (message.kind === MessageKind.timeRequest) {
      this.#network.send(source, { kind: MessageKind.time, nonce: message.nonce, timeSeconds });
    } else if (message.kind === MessageKind.reportPart) this.#takePart(source, message, timeSeconds);
    else if (message.kind === MessageKind.passThrough) this.#sink.passThrough(message);
    else this.counters.strange += 1;
  }

  #takePart(source: number, part: ReportPart, timeSeconds: number): void {
    this.counters.parts += 1;
    if (this.#assembler.isFinished(part)) {
      this.counters.repeated += 1;
      // Once for all of its parts.
      if (part.offset === 0) this.#acknowledge(source, part);
      return;
    }
    try {
      const body = this.#assembler.take(part);
      if (body === null) return;
      this.#takeReport(part, body, timeSeconds);
    } catch (error) {
      if (!(error instanceof LimfsError) || error.code !== 'packet') throw error;
      this.counters.strange += 1;
      return;
    }
    this.#assembler.finish(part);
    this.#acknowledge(source, part);
  }

  #takeReport(part: ReportPart, body: Uint8Array, timeSeconds: number): void {
    this.counters.reports += 1;
    const headers = headersOf(part.headers);
    if (headers.length > 0) this.#sink.passed(headers, timeSeconds);
    if (isNotice(part.pageCounter)) {
      if (!this.#takeNotice(body)) this.#quarantine(part, body);
      return;
    }
    const { spoilt, strangeCells, conflicts } = this.#pages.take(part, body, timeSeconds, {
      reported: (meter) => this.#sink.reported(meter, part.storeId, part.timeSeconds, timeSeconds),
      parted: (meter, first) => this.#sink.parted(meter, first),
    });
    this.counters.conflicts += conflicts;
    if (spoilt || strangeCells > 0) this.#quarantine(part, body);
  }

  /** False when it is none. */
  #takeNotice(body: Uint8Array): boolean {
    try {
      const message = decodeMessage(body, 0, body.length);
      if (message.kind === MessageKind.event) this.#sink.event(message);
      else if (message.kind === MessageKind.result) this.#sink.result(message);
      else return false;
      return true;
    } catch (error) {
      if (!(error instanceof LimfsError) || error.code !== 'packet') throw error;
      return false;
    }
  }

  #quarantine({ storeId, pageCounter, checksum, copy }: ReportPart, body: Uint8Array): void {
    this.counters.quarantined += 1;
    this.#sink.quarantine({ storeId, pageCounter, checksum, copy }, body);
  }

  #acknowledge(source: number, { storeId, pageCounter, checksum, copy }: ReportPart): void {
    this.#network.send(source, {
      kind: MessageKind.reportAcknowledgement,
      storeId,
      pageCounter,
      checksum,
      copy,
    });
  }
}

function headersOf(bytes: Uint8Array): DeviceHeader[] {
  const headers: DeviceHeader[] = [];
  for (let at = 0; at + DEVICE_HEADER_BYTES <= bytes.length; at += DEVICE_HEADER_BYTES) {
    headers.push(getDeviceHeader(bytes, at));
  }
  return headers;
}
