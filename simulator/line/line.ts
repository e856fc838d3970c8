import { createRandom } from '../random/random.js';
import { bernoulliLoss, burstLoss, type LossModel } from './loss.js';

/** Chances are in millionths. */
export interface LineOptions {
  readonly lossMillionths: number;
  /** Mean length of a burst of losses; 1 means that losses are independent of each other. */
  readonly meanBurstPackets: number;
  readonly duplicateMillionths: number;
  readonly corruptMillionths: number;
  /** Chance that a packet is held up so long that later ones overtake it. */
  readonly reorderMillionths: number;
  /** A packet usually takes 1 to this many seconds. */
  readonly delaySeconds: number;
  /** A packet that is held up takes up to this many seconds. */
  readonly heldUpSeconds: number;
}

export interface Outage {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface LineCounts {
  sent: number;
  lost: number;
  lostInOutage: number;
  corrupted: number;
  duplicated: number;
  heldUp: number;
}

export type Deliver = (timeSeconds: number, packet: Uint8Array) => void;

/**
 * One direction of the way between a device and the receiver. Each kind of fault draws from a generator of its own,
 * so that more of one kind does not change where the others strike.
 */
export class Line {
  readonly counts: LineCounts = {
    sent: 0,
    lost: 0,
    lostInOutage: 0,
    corrupted: 0,
    duplicated: 0,
    heldUp: 0,
  };
  readonly #options: LineOptions;
  readonly #outages: readonly Outage[];
  readonly #isLost: LossModel;
  readonly #duplication;
  readonly #corruption;
  readonly #order;
  readonly #delay;
  #faultless = false;

  constructor(options: LineOptions, outages: readonly Outage[], seed: number, name: string) {
    this.#options = options;
    this.#outages = outages;
    const loss = createRandom(seed, name, 'loss');
    this.#isLost =
      options.meanBurstPackets > 1
        ? burstLoss(loss, options.lossMillionths, options.meanBurstPackets)
        : bernoulliLoss(loss, options.lossMillionths);
    this.#duplication = createRandom(seed, name, 'duplication');
    this.#corruption = createRandom(seed, name, 'corruption');
    this.#order = createRandom(seed, name, 'order');
    this.#delay = createRandom(seed, name, 'delay');
  }

  /** From now on every packet arrives as it was sent. */
  endFaults(): void {
    this.#faultless = true;
  }

  /** Sends a packet: `deliver` is called for each copy that arrives, with its time of arrival. */
  transmit(timeSeconds: number, packet: Uint8Array, deliver: Deliver): void {
    this.counts.sent++;
    if (this.#faultless) {
      deliver(timeSeconds + 1, packet);
      return;
    }
    // The loss model goes on in an outage, so that an outage more does not move the losses after it.
    const isLost = this.#isLost();
    if (this.#outages.some((outage) => timeSeconds >= outage.fromSeconds && timeSeconds < outage.toSeconds)) {
      this.counts.lostInOutage++;
      return;
    }
    if (isLost) {
      this.counts.lost++;
      return;
    }
    this.#arrive(timeSeconds, packet, deliver);
    if (this.#duplication.chance(this.#options.duplicateMillionths)) {
      this.counts.duplicated++;
      this.#arrive(timeSeconds, packet, deliver);
    }
  }

  #arrive(timeSeconds: number, packet: Uint8Array, deliver: Deliver): void {
    let delaySeconds = 1 + this.#delay.below(this.#options.delaySeconds);
    if (this.#order.chance(this.#options.reorderMillionths)) {
      this.counts.heldUp++;
      delaySeconds = 1 + this.#order.below(this.#options.heldUpSeconds);
    }
    let arriving = packet;
    if (this.#corruption.chance(this.#options.corruptMillionths)) {
      this.counts.corrupted++;
      arriving = this.#corrupt(packet);
    }
    deliver(timeSeconds + delaySeconds, arriving);
  }

  /** A copy with up to eight wrong bytes in a row, or cut short. */
  #corrupt(packet: Uint8Array): Uint8Array {
    const random = this.#corruption;
    if (random.below(8) === 0) return packet.slice(0, random.below(packet.length));
    const copy = packet.slice();
    const from = random.below(copy.length);
    const to = Math.min(from + 1 + random.below(8), copy.length);
    for (let index = from; index < to; index++) copy[index]! ^= 1 + random.below(255);
    return copy;
  }
}
