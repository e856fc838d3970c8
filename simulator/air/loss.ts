import type { Random } from '../random/random.js';

/** Decides packet after packet whether it is lost. */
export type LossModel = () => boolean;

const certain = 1_000_000;

/** Each packet is lost with the same chance, whatever happened to the one before. */
export function bernoulliLoss(random: Random, lossMillionths: number): LossModel {
  return () => random.chance(lossMillionths);
}

/**
 * Losses come in bursts (Gilbert and Elliott): the line is good and loses nothing or is bad and loses everything.
 * The share of lost packets is `lossMillionths`; a burst is `meanBurstPackets` long in the mean, longer where the
 * share could not be reached otherwise.
 */
export function burstLoss(random: Random, lossMillionths: number, meanBurstPackets: number): LossModel {
  if (lossMillionths >= certain) return () => true;
  const shortestMeanBurst = lossMillionths / (certain - lossMillionths);
  const burst = Math.max(meanBurstPackets, shortestMeanBurst);
  const toGood = Math.round(certain / burst);
  const toBad = Math.round((certain * shortestMeanBurst) / burst);
  let bad = random.chance(lossMillionths);
  return () => {
    const lost = bad;
    bad = bad ? !random.chance(toGood) : random.chance(toBad);
    return lost;
  };
}
