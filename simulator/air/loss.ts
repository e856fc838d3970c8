import type { Random } from '../random/random.js';

/** Decides packet after packet whether it is lost. */
export interface LossModel {
  isLost(): boolean;
}

const certain = 1_000_000;

/** Each packet is lost with the same chance, whatever happened to the one before. */
export class BernoulliLoss implements LossModel {
  readonly #random: Random;
  readonly #lossMillionths: number;

  constructor(random: Random, lossMillionths: number) {
    this.#random = random;
    this.#lossMillionths = lossMillionths;
  }

  isLost(): boolean {
    return this.#random.chance(this.#lossMillionths);
  }
}

/**
 * Losses come in bursts (Gilbert and Elliott): the line is good and loses nothing or is bad and loses everything.
 * The share of lost packets is `lossMillionths`; a burst is `meanBurstPackets` long in the mean, longer where the
 * share could not be reached otherwise.
 */
export class BurstLoss implements LossModel {
  readonly #random: Random;
  readonly #toGood: number;
  readonly #toBad: number;
  #isBad: boolean;

  constructor(random: Random, lossMillionths: number, meanBurstPackets: number) {
    this.#random = random;
    // A line that loses everything was never good.
    if (lossMillionths >= certain) {
      this.#isBad = true;
      this.#toGood = 0;
      this.#toBad = certain;
      return;
    }
    const shortestMeanBurst = lossMillionths / (certain - lossMillionths);
    const burst = Math.max(meanBurstPackets, shortestMeanBurst);
    this.#toGood = Math.round(certain / burst);
    this.#toBad = Math.round((certain * shortestMeanBurst) / burst);
    this.#isBad = random.chance(lossMillionths);
  }

  isLost(): boolean {
    const lost = this.#isBad;
    this.#isBad = lost ? !this.#random.chance(this.#toGood) : this.#random.chance(this.#toBad);
    return lost;
  }
}
