import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { RandomSource } from '../firmware.js';
import { MessageKind } from '../link/message.js';
import { ahead } from '../link/sequence.js';
import type { Network } from '../network/network.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';

const maximumTries = 3;
/** A cell counts its readings in a byte. */
const MOST_READINGS = 255;
/** When the store has no room for backfill, it is looked at again after so long. */
const noRoomPauseSeconds = 60;
/** Of an interval: a window that comes after so much of a pause ends it, because the meter listens now. */
const pauseShare = 0.9;
const never = Number.POSITIVE_INFINITY;

export interface BackfillOptions {
  /** Of readings. */
  readonly intervalSeconds: number;
  /** 1..60: requests in all, so that answers never take the air from live windows. */
  readonly backfillPerMinute: number;
  /** An answer is waited for so long. */
  readonly answerSeconds: number;
  /** A request is held back for a random time below this. */
  readonly jitterSeconds: number;
}

/**
 * Asks meters for the readings that the store misses: one request a meter at a time, so many a minute in all, the
 * oldest gap first, right behind a window, when a battery meter listens. After three tries without an answer a meter is
 * left in peace until its next window, or for an interval.
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
  readonly #tries: number[];
  /** By place: where the newest question began; -1: none was asked. */
  readonly #asked: number[];
  /** By place: no window ends the pause before this. */
  readonly #pausedUntil: number[];
  /** The earliest of `#askSeconds`, or earlier. */
  #earliest = never;
  /** No request leaves before this. */
  #freeSeconds = Number.NEGATIVE_INFINITY;

  /** All meters with gaps are asked once they have been heard, or after an interval. */
  constructor(
    store: ManagerStore,
    roster: MeterRoster,
    network: Network,
    options: BackfillOptions,
    random: RandomSource,
    timeSeconds: number,
  ) {
    this.#store = store;
    this.#roster = roster;
    this.#network = network;
    this.#options = options;
    this.#random = random;
    const places = store.settings.meters;
    this.#askSeconds = new Array<number>(places).fill(never);
    this.#tries = new Array<number>(places).fill(0);
    this.#asked = new Array<number>(places).fill(-1);
    this.#pausedUntil = new Array<number>(places).fill(Number.NEGATIVE_INFINITY);
    for (let place = 0; place < places; place += 1) {
      if (this.#misses(place)) this.#plan(place, timeSeconds + options.intervalSeconds);
    }
  }

  get wakeSeconds(): number {
    return this.#earliest === never ? never : Math.max(this.#earliest, this.#freeSeconds);
  }

  /** A window of this meter came in: it listens now. */
  heard(place: number, timeSeconds: number): void {
    if (!this.#misses(place)) this.#rest(place);
    else if (timeSeconds >= this.#pausedUntil[place]! && this.#tries[place] === 0) {
      this.#plan(place, timeSeconds);
    }
  }

  /** Something is missing of this meter, and it need not be a window that says so. */
  noticed(place: number, timeSeconds: number): void {
    if (this.#askSeconds[place] === never && this.#misses(place)) this.#plan(place, timeSeconds);
  }

  /** An answer of this meter came in. */
  answered(place: number, timeSeconds: number): void {
    this.#rest(place);
    if (this.#misses(place)) this.#plan(place, timeSeconds);
  }

  /** Whether the newest question to this meter began there. */
  isAsked(place: number, firstSequence: number): boolean {
    return this.#asked[place] === firstSequence;
  }

  /** Nothing is asked of this place: it has no meter, or another one, or its readings are others now. */
  forget(place: number): void {
    this.#rest(place);
    this.#asked[place] = -1;
    this.#pausedUntil[place] = Number.NEGATIVE_INFINITY;
  }

  /** The clock was set: what was planned moves with it. */
  clockStepped(bySeconds: number): void {
    for (let place = 0; place < this.#askSeconds.length; place += 1) {
      this.#askSeconds[place]! += bySeconds;
      this.#pausedUntil[place]! += bySeconds;
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

  /** Nothing is asked of this place, and what was asked before counts no more: a window may have brought it. */
  #rest(place: number): void {
    this.#askSeconds[place] = never;
    this.#tries[place] = 0;
  }

  #misses(place: number): boolean {
    return (this.#store.meterAt(place)?.gaps.count ?? 0) > 0;
  }

  #plan(place: number, timeSeconds: number): void {
    const { jitterSeconds } = this.#options;
    const seconds = timeSeconds + (jitterSeconds > 0 ? this.#random() % jitterSeconds : 0);
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
    const { answerSeconds, intervalSeconds, backfillPerMinute } = this.#options;
    const meter = this.#store.meterAt(place);
    if (meter === null || meter.gaps.count === 0) {
      this.#rest(place);
      return;
    }
    this.#tries[place]! += 1;
    if (this.#tries[place]! < maximumTries) this.#plan(place, timeSeconds + answerSeconds);
    else {
      this.#tries[place] = 0;
      this.#pausedUntil[place] = timeSeconds + answerSeconds + intervalSeconds * pauseShare;
      this.#plan(place, timeSeconds + answerSeconds + intervalSeconds);
    }
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
