import type { Event, EventLog } from '../../lib/limfs/events/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import type { RandomSource } from '../firmware.js';
import { type EventAcknowledgement, MessageKind } from '../link/message.js';
import type { Network } from '../network/network.js';

const firstPauseSeconds = 30;
const longestPauseSeconds = 3600;

/** Sends the oldest event that nobody has acknowledged, again and again with growing pauses, then the next one. */
export class EventSender {
  readonly #log: EventLog;
  readonly #network: Network;
  readonly #destination: number;
  readonly #storeId: StoreId;
  readonly #random: RandomSource;
  #sent: number | undefined;
  #pauseSeconds = firstPauseSeconds;
  #wakeSeconds = 0;

  /** Events of the store `storeId` go to the address `destination`. */
  constructor(log: EventLog, network: Network, destination: number, storeId: StoreId, random: RandomSource) {
    this.#log = log;
    this.#network = network;
    this.#destination = destination;
    this.#storeId = storeId;
    this.#random = random;
  }

  /** When `wake` wants to be called; Infinity as long as everything is acknowledged. */
  get wakeSeconds(): number {
    return this.#log.acknowledgedSequence === this.#log.nextSequence
      ? Number.POSITIVE_INFINITY
      : this.#wakeSeconds;
  }

  /** Stores an event, to be sent at once. */
  record(code: number, timeSeconds: number, payload: Uint8Array): void {
    const quiet = this.wakeSeconds === Number.POSITIVE_INFINITY;
    this.#log.record(code, timeSeconds, payload);
    if (quiet) this.#restart(timeSeconds);
  }

  wake(timeSeconds: number): void {
    if (timeSeconds < this.wakeSeconds) return;
    const event = this.#log.read(this.#log.acknowledgedSequence);
    if (event === null) {
      // What is left cannot be read any more: the gap in the sequences will tell.
      this.#log.acknowledge((this.#log.nextSequence - 1) >>> 0);
      return;
    }
    if (this.#sent !== event.sequence) this.#pauseSeconds = firstPauseSeconds;
    this.#sent = event.sequence;
    this.#send(event);
    // Without jitter, all meters of a street would speak at once after a power cut.
    this.#wakeSeconds = timeSeconds + this.#pauseSeconds + (this.#random() % this.#pauseSeconds);
    this.#pauseSeconds = Math.min(2 * this.#pauseSeconds, longestPauseSeconds);
  }

  acknowledged(message: EventAcknowledgement, timeSeconds: number): void {
    if (message.storeId[0] !== this.#storeId[0] || message.storeId[1] !== this.#storeId[1]) return;
    this.#log.acknowledge(message.sequence);
    this.#restart(timeSeconds);
  }

  #restart(timeSeconds: number): void {
    this.#sent = undefined;
    this.#pauseSeconds = firstPauseSeconds;
    this.#wakeSeconds = timeSeconds;
  }

  #send({ sequence, code, timeSeconds, folded, payload }: Event): void {
    this.#network.send(this.#destination, {
      kind: MessageKind.event,
      storeId: this.#storeId,
      sequence,
      code,
      timeSeconds,
      folded,
      payload,
    });
  }
}
