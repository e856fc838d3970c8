import type { Report, ReportRing } from '../../lib/limfs/concentrator/index.js';
import { DEVICE_HEADER_BYTES, putDeviceHeader } from '../../lib/limfs/concentrator/report.js';
import { MessageKind, type ReportAcknowledgement } from '../link/message.js';
import type { Network } from '../network/network.js';
import { isNotice } from './reportNames.js';

const never = Number.POSITIVE_INFINITY;
const firstPauseSeconds = 30;
const longestPauseSeconds = 900;
/** Reports of each ring that are on their way at a time. */
const mostInFlight = 4;

export interface UplinkOptions {
  readonly serverAddress: number;
  /** Bytes of a report in one message, at most 1,024. */
  readonly partBytes: number;
  /** Messages that are sent at a time; a second later the next ones. */
  readonly partsPerSecond: number;
}

/** A report on its way to the server. */
interface Flight {
  readonly ring: ReportRing;
  readonly report: Report;
  readonly headers: Uint8Array;
  /** Bytes that were sent in this round; the round is over when that is more than the body. */
  sentBytes: number;
  isSent: boolean;
  /** When it is sent again; a round that is under way does not wait. */
  retrySeconds: number;
  pauseSeconds: number;
}

/**
 * Pushes reports to the server until it has acknowledged them: several at a time, again with growing pauses, for days
 * if need be. Nothing is forgotten before: what is on its way lies in its ring, and a restart begins anew.
 */
export class Uplink {
  /** Reports that the server has acknowledged, and messages that were sent for them. */
  acknowledged = 0;
  parts = 0;
  readonly #rings: readonly ReportRing[];
  readonly #network: Network;
  readonly #options: UplinkOptions;
  readonly #piece: Uint8Array;
  /** By ring: reports that wait and cannot be read, when it was looked through last. */
  readonly #unreadable = [0, 0];
  #flights: Flight[] = [];
  /** No message leaves before this. */
  #freeSeconds = Number.NEGATIVE_INFINITY;

  /** The ring of notices first: they are small and urgent. */
  constructor(notices: ReportRing, reports: ReportRing, network: Network, options: UplinkOptions) {
    this.#rings = [notices, reports];
    this.#network = network;
    this.#options = options;
    this.#piece = new Uint8Array(options.partBytes);
  }

  get wakeSeconds(): number {
    if (this.#hasFree()) return Math.max(0, this.#freeSeconds);
    let due = never;
    for (const flight of this.#flights) due = Math.min(due, dueOf(flight));
    return due === never ? never : Math.max(due, this.#freeSeconds);
  }

  /** There is a connection: what was sent into the void is sent again. */
  connected(timeSeconds: number): void {
    for (const flight of this.#flights) restart(flight, firstPauseSeconds);
    this.#freeSeconds = timeSeconds;
  }

  clockStepped(bySeconds: number): void {
    for (const flight of this.#flights) flight.retrySeconds += bySeconds;
    this.#freeSeconds += bySeconds;
  }

  wake(timeSeconds: number): void {
    if (timeSeconds < this.#freeSeconds) return;
    this.#takeOff();
    let left = this.#options.partsPerSecond;
    for (const flight of this.#flights) {
      if (dueOf(flight) > timeSeconds) continue;
      if (flight.isSent) restart(flight, Math.min(2 * flight.pauseSeconds, longestPauseSeconds));
      for (; left > 0 && !flight.isSent; left -= 1) this.#sendPart(flight);
      if (flight.isSent) flight.retrySeconds = timeSeconds + flight.pauseSeconds;
    }
    this.#freeSeconds = timeSeconds + 1;
  }

  /** The server has a report: its place is free. */
  take(name: ReportAcknowledgement, timeSeconds: number): void {
    const ring = this.#rings[isNotice(name.pageCounter) ? 0 : 1]!;
    const waiting = ring.unacknowledged;
    ring.acknowledge(name);
    if (ring.unacknowledged < waiting) this.acknowledged += 1;
    this.#flights = this.#flights.filter(({ report }) => !isOf(report, name));
    // The server is there: the others need not wait for their long pauses.
    for (const flight of this.#flights) {
      flight.retrySeconds = Math.min(flight.retrySeconds, timeSeconds + firstPauseSeconds);
      flight.pauseSeconds = firstPauseSeconds;
    }
  }

  /** Whether a report waits that is not on its way, and may be. */
  #hasFree(): boolean {
    for (let index = 0; index < this.#rings.length; index += 1) {
      const ring = this.#rings[index]!;
      const count = this.#flightsOf(ring);
      const left = ring.unacknowledged - count;
      if (count < mostInFlight && left > 0 && left !== this.#unreadable[index]) return true;
    }
    return false;
  }

  #flightsOf(ring: ReportRing): number {
    let count = 0;
    for (const flight of this.#flights) if (flight.ring === ring) count += 1;
    return count;
  }

  /** Takes the oldest reports that are not on their way yet. */
  #takeOff(): void {
    if (!this.#hasFree()) return;
    this.#rings.forEach((ring, index) => {
      const flying = this.#flights.filter((flight) => flight.ring === ring);
      let count = flying.length;
      for (let report = ring.next(); report !== null && count < mostInFlight; report = ring.next(report)) {
        const { position } = report;
        if (flying.some((flight) => flight.report.position === position)) continue;
        this.#flights.push(flightOf(ring, report));
        count += 1;
      }
      if (count < mostInFlight) this.#unreadable[index] = ring.unacknowledged - count;
    });
  }

  #sendPart(flight: Flight): void {
    const { ring, report, headers, sentBytes } = flight;
    const { storeId, pageCounter, checksum, copy, timeSeconds, bodyBytes } = report;
    const count = ring.readBody(report, sentBytes, this.#piece, 0, this.#piece.length);
    this.parts += 1;
    this.#network.send(this.#options.serverAddress, {
      kind: MessageKind.reportPart,
      storeId,
      pageCounter,
      checksum,
      copy,
      timeSeconds,
      headers,
      totalBytes: bodyBytes,
      offset: sentBytes,
      bytes: this.#piece.subarray(0, count),
    });
    flight.sentBytes += count;
    flight.isSent = flight.sentBytes >= bodyBytes || count === 0;
  }
}

function flightOf(ring: ReportRing, report: Report): Flight {
  const headers = new Uint8Array(report.headers.length * DEVICE_HEADER_BYTES);
  report.headers.forEach((header, hop) => {
    putDeviceHeader(headers, hop * DEVICE_HEADER_BYTES, header);
  });
  return {
    ring,
    report,
    headers,
    sentBytes: 0,
    isSent: false,
    retrySeconds: Number.NEGATIVE_INFINITY,
    pauseSeconds: firstPauseSeconds,
  };
}

function restart(flight: Flight, pauseSeconds: number): void {
  flight.sentBytes = 0;
  flight.isSent = false;
  flight.pauseSeconds = pauseSeconds;
}

function dueOf({ isSent, retrySeconds }: Flight): number {
  return isSent ? retrySeconds : Number.NEGATIVE_INFINITY;
}

function isOf({ storeId, pageCounter, checksum, copy }: Report, name: ReportAcknowledgement): boolean {
  return (
    pageCounter === name.pageCounter &&
    checksum === name.checksum &&
    copy === name.copy &&
    storeId[0] === name.storeId[0] &&
    storeId[1] === name.storeId[1]
  );
}
