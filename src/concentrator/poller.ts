import { hoursOf, type ManagerRoster, MOST_MANAGERS } from './managerRoster.js';
import type { TransferEnd } from './pageTransfer.js';

const HOUR_SECONDS = 3600;
/** Local managers are not asked at the same moment, because one transfer is under way at a time. */
const spreadSeconds = 20;
/** After a transfer that did not end well the local manager is asked again so soon, at the latest. */
const retrySeconds = 300;
/** So many transfers in a row without an answer, and the server is told. */
const silentFailures = 6;

/** Tells of a change: the local manager at an address is silent, or is heard again. Durable when it returns. */
export type SilenceListener = (address: number, silent: boolean, timeSeconds: number) => void;

/**
 * The concentrator's own schedule: when each local manager is asked for its report, whatever the server does (L34).
 * Reports are due at whole report intervals of the clock.
 */
export class Poller {
  readonly #roster: ManagerRoster;
  readonly #tell: SilenceListener;
  /** By place. */
  readonly #dueSeconds: number[];
  readonly #failures: number[];
  readonly #lastSeconds: number[];
  readonly #longestSeconds: number[];
  #begunSeconds = 0;

  constructor(roster: ManagerRoster, tell: SilenceListener, timeSeconds: number) {
    this.#roster = roster;
    this.#tell = tell;
    this.#dueSeconds = new Array<number>(MOST_MANAGERS).fill(Number.POSITIVE_INFINITY);
    this.#failures = new Array<number>(MOST_MANAGERS).fill(0);
    this.#lastSeconds = new Array<number>(MOST_MANAGERS).fill(0);
    this.#longestSeconds = new Array<number>(MOST_MANAGERS).fill(0);
    this.plan(timeSeconds);
  }

  get wakeSeconds(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      if (this.#dueSeconds[place]! < earliest) earliest = this.#dueSeconds[place]!;
    }
    return earliest;
  }

  /** Plans all anew: after a restart, or when the clock was set. */
  plan(timeSeconds: number): void {
    for (let place = 0; place < MOST_MANAGERS; place += 1) this.planOne(place, timeSeconds);
  }

  /** A local manager came, went, or got another interval: a report that was due stays due. */
  planOne(place: number, timeSeconds: number): void {
    const isDue = this.#dueSeconds[place]! <= timeSeconds && this.#roster.at(place) !== null;
    if (!isDue) this.#dueSeconds[place] = this.#nextReport(place, timeSeconds);
  }

  /** Asks a local manager now, beside the schedule. */
  demand(place: number, timeSeconds: number): void {
    this.#dueSeconds[place] = timeSeconds;
  }

  /** The address of a local manager whose report is due; 0: none is. */
  due(timeSeconds: number): number {
    let first = 0;
    for (let place = 1; place < MOST_MANAGERS; place += 1) {
      if (this.#dueSeconds[place]! < this.#dueSeconds[first]!) first = place;
    }
    return this.#dueSeconds[first]! <= timeSeconds ? (this.#roster.at(first)?.address ?? 0) : 0;
  }

  /** How long it took to take over all that was waiting: since the restart, at one local manager (A10). */
  timesOf(place: number): { lastSeconds: number; longestSeconds: number } {
    return { lastSeconds: this.#lastSeconds[place]!, longestSeconds: this.#longestSeconds[place]! };
  }

  /** A transfer begins: if it was asked for in between, that is fulfilled by it. */
  begun(address: number, timeSeconds: number): void {
    this.#begunSeconds = timeSeconds;
    const place = this.#roster.placeOf(address);
    if (place >= 0) this.#dueSeconds[place] = this.#nextReport(place, timeSeconds);
  }

  ended(address: number, how: TransferEnd, timeSeconds: number): void {
    const place = this.#roster.placeOf(address);
    const managed = place < 0 ? null : this.#roster.at(place);
    if (managed === null) return;
    if (how === 'drained') this.#measure(place, Math.max(0, timeSeconds - this.#begunSeconds));
    else {
      this.#dueSeconds[place] = Math.min(this.#dueSeconds[place]!, timeSeconds + retrySeconds);
    }
    this.#failures[place] = how === 'silent' ? this.#failures[place]! + 1 : 0;
    const silent = this.#failures[place]! >= silentFailures;
    const isKnown = managed.silent === silent || (how === 'silent' && managed.silent);
    if (isKnown) return;
    // Told first: a cut in between tells it twice, never not at all.
    this.#tell(address, silent, timeSeconds);
    this.#roster.put(place, { ...managed, silent });
  }

  #measure(place: number, seconds: number): void {
    this.#lastSeconds[place] = seconds;
    this.#longestSeconds[place] = Math.max(seconds, this.#longestSeconds[place]!);
  }

  #nextReport(place: number, timeSeconds: number): number {
    const managed = this.#roster.at(place);
    if (managed === null) return Number.POSITIVE_INFINITY;
    const interval = hoursOf(managed) * HOUR_SECONDS;
    const offset = place * spreadSeconds;
    return (Math.floor((timeSeconds - offset) / interval) + 1) * interval + offset;
  }
}
