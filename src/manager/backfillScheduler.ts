import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { RandomSource } from '../firmware.js';
import { listenSeconds } from '../link/listening.js';
import { MessageKind } from '../link/message.js';
import { ahead } from '../link/sequence.js';
import type { Network } from '../network/network.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';

/** A cell counts its readings in a byte. */
const MOST_READINGS = 255;
/** When the store has no room for backfill, it is looked at again after so long. */
const noRoomPauseSeconds = 60;
const never = Number.POSITIVE_INFINITY;

export interface BackfillOptions {
  /** 1..60: requests in all, so that answers never take the air from live windows. */
  readonly backfillPerMinute: number;
  /** An answer is waited for so long before the meter is asked again, if it still listens. */
  readonly answerSeconds: number;
  /** A request is held back for a random time below this. */
  readonly jitterSeconds: number;
}

/**
 * Asks meters for the readings that the store misses: one request a meter at a time, so many a minute in all, the
 * oldest gap first. A meter on batteries listens behind its own packets only, so whatever finds no turn by then waits
 * for its next window.
 */
export class BackfillScheduler {
  /** Requests that were sent. */
  requests = 0;
  readonly #store: ManagerStore;
  readonly #roster: MeterRoster;
  readonly #network: Network;
  readonly #options: BackfillOptions;
  readonly #random: RandomSource;
  /** By place: when it is asked next; Infinity: nothing is missing as far as is known. */
  readonly #askSeconds: number[];
  /** By place: the meter listens until then. */
  readonly #listensUntil: number[];
  /** By place: where the newest question began; -1: none was asked. */
  readonly #asked: number[];
  /** The earliest of `#askSeconds`, or earlier. */
  #earliest = never;
  /** No request leaves before this. */
  #freeSeconds = Number.NEGATIVE_INFINITY;

  constructor(
    store: ManagerStore,
    roster: MeterRoster,
    network: Network,
    options: BackfillOptions,
    random: RandomSource,
  ) {
    this.#store = store;
    this.#roster = roster;
    this.#network = network;
    this.#options = options;
    this.#random = random;
    const places = store.settings.meters;
    this.#askSeconds = new Array<number>(places).fill(never);
    this.#asked = new Array<number>(places).fill(-1);
    this.#listensUntil = new Array<number>(places).fill(Number.NEGATIVE_INFINITY);
  }

  get wakeSeconds(): number {
    return this.#earliest === never ? never : Math.max(this.#earliest, this.#freeSeconds);
  }

  /** A window of this meter came in: it listens now. */
  heard(place: number, timeSeconds: number): void {
    this.#listensUntil[place] = timeSeconds + listenSeconds;
    if (!this.#misses(place)) this.#askSeconds[place] = never;
    else if (this.#askSeconds[place] === never) this.#plan(place, timeSeconds);
  }

  /** An answer of this meter came in: it listens on. */
  answered(place: number, timeSeconds: number): void {
    this.#askSeconds[place] = never;
    this.heard(place, timeSeconds);
  }

  /** Whether the newest question to this meter began there. */
  isAsked(place: number, firstSequence: number): boolean {
    return this.#asked[place] === firstSequence;
  }

  /** Nothing is asked of this place: it has no meter, or another one, or its readings are others now. */
  forget(place: number): void {
    this.#askSeconds[place] = never;
    this.#asked[place] = -1;
  }

  /** The clock was set: what was planned moves with it. */
  clockStepped(bySeconds: number): void {
    for (let place = 0; place < this.#askSeconds.length; place += 1) {
      this.#askSeconds[place]! += bySeconds;
      this.#listensUntil[place]! += bySeconds;
    }
    this.#earliest += bySeconds;
    this.#freeSeconds += bySeconds;
  }

  /** Asks one meter, if it is time for one. */
  wake(timeSeconds: number): void {
    if (timeSeconds < this.wakeSeconds) return;
    if (!this.#store.hasRoomForBackfill) {
      this.#freeSeconds = timeSeconds + noRoomPauseSeconds;
      return;
    }
    const place = this.#nextPlace();
    if (this.#askSeconds[place]! <= timeSeconds) this.#ask(place, timeSeconds);
    this.#earliest = this.#askSeconds[this.#nextPlace()]!;
  }

  #misses(place: number): boolean {
    return (this.#store.meterAt(place)?.gaps.count ?? 0) > 0;
  }

  #plan(place: number, timeSeconds: number): void {
    const { jitterSeconds } = this.#options;
    this.#askAt(place, timeSeconds + (jitterSeconds > 0 ? this.#random() % jitterSeconds : 0));
  }

  #askAt(place: number, seconds: number): void {
    this.#askSeconds[place] = seconds;
    this.#earliest = Math.min(this.#earliest, seconds);
  }

  #nextPlace(): number {
    let next = 0;
    for (let place = 1; place < this.#askSeconds.length; place += 1) {
      if (this.#askSeconds[place]! < this.#askSeconds[next]!) next = place;
    }
    return next;
  }

  #ask(place: number, timeSeconds: number): void {
    const { answerSeconds, backfillPerMinute } = this.#options;
    const meter = this.#store.meterAt(place);
    if (meter === null || meter.gaps.count === 0 || timeSeconds > this.#listensUntil[place]!) {
      this.#askSeconds[place] = never;
      return;
    }
    this.#askAt(place, timeSeconds + answerSeconds);
    const address = this.#roster.address(place);
    if (address === UNKNOWN_ADDRESS) return;
    this.#freeSeconds = timeSeconds + 60 / backfillPerMinute;
    this.requests += 1;
    const first = meter.gaps.firsts[0]!;
    this.#asked[place] = first;
    this.#network.send(address, {
      kind: MessageKind.backfillRequest,
      storeId: [meter.storeHigh, meter.storeLow],
      firstSequence: first,
      count: Math.min(ahead(meter.gaps.ends[0]!, first), MOST_READINGS),
    });
  }
}
