import type { RandomSource } from '../firmware.js';
import { MessageKind, type Time } from '../link/message.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import { type DeviceClock, STEP_SECONDS } from '../time/deviceClock.js';

/** The concentrator is asked for the time when it has said nothing for so long. */
const quietSeconds = 7200;
/** An unanswered request is sent again after so long. */
const retrySeconds = 600;
/** An answer that comes later has been held up on its way, and the time in it is wrong by as much. */
const longestAnswerSeconds = 60;
/** However many requests seem to be wrong, it is asked no sooner again. */
const pauseSeconds = 60;

/**
 * Keeps a local manager's clock: the concentrator tells the time with every report request. Such a request may have been
 * held up for hours, so the clock is only slewed by it, never set: when it seems to be wrong by more, the concentrator is
 * asked, and its answer counts if it comes soon. One that is not heard is asked too, which also shows a concentrator that
 * was restarted the way back through the routers.
 */
export class TimeKeeper {
  /** When the clock was last compared with the concentrator's, or the restart. */
  toldSeconds: number;
  readonly #network: Network;
  readonly #clock: DeviceClock;
  readonly #random: RandomSource;
  #askSeconds: number;
  #nonce = -1;
  #askedSeconds = Number.NEGATIVE_INFINITY;

  constructor(network: Network, clock: DeviceClock, random: RandomSource, timeSeconds: number) {
    this.#network = network;
    this.#clock = clock;
    this.#random = random;
    this.toldSeconds = timeSeconds;
    this.#askSeconds = timeSeconds;
  }

  get isSet(): boolean {
    return this.#clock.isSet;
  }

  get wakeSeconds(): number {
    return this.#askSeconds;
  }

  /** The concentrator speaks. */
  heard(timeSeconds: number): void {
    if (this.isSet) this.#askSeconds = timeSeconds + quietSeconds;
  }

  wake(timeSeconds: number): void {
    if (timeSeconds >= this.#askSeconds) this.#ask(timeSeconds);
  }

  /** The answer to the newest question; an older one has been held up. Returns by how much the clock was stepped. */
  answer({ nonce, timeSeconds: trueSeconds }: Time, timeSeconds: number): number {
    if (nonce !== this.#nonce || trueSeconds === 0) return 0;
    this.#nonce = -1;
    const onWaySeconds = timeSeconds - this.#askedSeconds;
    if (onWaySeconds < 0 || onWaySeconds > longestAnswerSeconds) return 0;
    return this.set(trueSeconds, timeSeconds);
  }

  /** Takes a time that is right beyond doubt; returns by how much the clock was stepped, 0: it was not. */
  set(trueSeconds: number, timeSeconds: number): number {
    this.toldSeconds = timeSeconds;
    if (this.#clock.tell(timeSeconds, trueSeconds) !== 'stepped') return 0;
    this.toldSeconds = trueSeconds;
    this.#askSeconds += trueSeconds - timeSeconds;
    this.#askedSeconds += trueSeconds - timeSeconds;
    return trueSeconds - timeSeconds;
  }

  /** Takes the time of a report request, 0 for none: a small error is slewed, about a large one the concentrator is asked. */
  tell(trueSeconds: number, timeSeconds: number): void {
    if (trueSeconds === 0) return;
    if (!this.#clock.isSet || Math.abs(trueSeconds - timeSeconds) >= STEP_SECONDS) {
      if (Math.abs(timeSeconds - this.#askedSeconds) >= pauseSeconds) this.#ask(timeSeconds);
      return;
    }
    this.toldSeconds = timeSeconds;
    this.#clock.tell(timeSeconds, trueSeconds);
  }

  #ask(timeSeconds: number): void {
    this.#askSeconds = timeSeconds + retrySeconds;
    this.#nonce = this.#random();
    this.#askedSeconds = timeSeconds;
    this.#network.send(CONCENTRATOR_ADDRESS, { kind: MessageKind.timeRequest, nonce: this.#nonce });
  }
}
