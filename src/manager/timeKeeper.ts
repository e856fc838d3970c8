import type { RandomSource } from '../firmware.js';
import { MessageKind, type Time } from '../link/message.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import type { DeviceClock } from '../time/deviceClock.js';

/** The concentrator is asked for the time when it has said nothing for so long. */
const quietSeconds = 7200;
/** An unanswered request is sent again after so long. */
const retrySeconds = 600;

/**
 * Keeps a local manager's clock: the concentrator tells the time with every report request. One that is not heard is
 * asked, which also shows a concentrator that was restarted the way back through the routers.
 */
export class TimeKeeper {
  /** When the clock was last compared with the concentrator's, or the restart. */
  toldSeconds: number;
  readonly #network: Network;
  readonly #clock: DeviceClock;
  readonly #random: RandomSource;
  #askSeconds: number;
  #nonce = -1;

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
    this.#askSeconds = timeSeconds + quietSeconds;
  }

  wake(timeSeconds: number): void {
    if (timeSeconds < this.#askSeconds) return;
    this.#askSeconds = timeSeconds + retrySeconds;
    this.#nonce = this.#random();
    this.#network.send(CONCENTRATOR_ADDRESS, { kind: MessageKind.timeRequest, nonce: this.#nonce });
  }

  /** The answer to the newest question; an older one has been held up. Returns by how much the clock was stepped. */
  answer({ nonce, timeSeconds: trueSeconds }: Time, timeSeconds: number): number {
    if (nonce !== this.#nonce) return 0;
    this.#nonce = -1;
    return this.tell(trueSeconds, timeSeconds);
  }

  /** Takes the concentrator's time, 0 for none; returns by how much the clock was stepped, 0: it was not. */
  tell(trueSeconds: number, timeSeconds: number): number {
    if (trueSeconds === 0) return 0;
    this.toldSeconds = timeSeconds;
    if (this.#clock.tell(timeSeconds, trueSeconds) !== 'stepped') return 0;
    this.toldSeconds = trueSeconds;
    this.#askSeconds += trueSeconds - timeSeconds;
    return trueSeconds - timeSeconds;
  }
}
