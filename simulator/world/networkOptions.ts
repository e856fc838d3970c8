import type { RegisterSource } from '../readings/registerSource.js';
import type { Topology } from '../topology/topology.js';

/** How often each kind of fault strikes: events in a thousand days, for each device that it can strike. */
export interface FaultRates {
  /** The power of a meter, a local manager, a concentrator fails, mostly at some byte of what it stores. */
  readonly meterPower: number;
  readonly managerPower: number;
  readonly concentratorPower: number;
  /** A router is dead for hours or days; every other one is replaced. */
  readonly routerDead: number;
  /** Nothing on the radio reaches a router or local manager for hours. */
  readonly jam: number;
  /** A concentrator has no connection to the server for hours or days. */
  readonly serverAway: number;
  /** A meter's register cannot be read for hours. */
  readonly registerFails: number;
  readonly readingInterval: number;
  readonly reportInterval: number;
  readonly readNow: number;
  readonly meterReplaced: number;
  readonly managerReplaced: number;
  /** A local manager's chip is what it was some hours ago: an image was restored. */
  readonly managerRestored: number;
  /** So is a concentrator's: reports that it has acknowledged are gone. */
  readonly concentratorRestored: number;
  /** A meter's chip gets an image of some hours or days ago: a backup, or a copy in the spare device that replaces it. */
  readonly meterRestored: number;
}

export type FaultKind = keyof FaultRates;

export interface NetworkOptions {
  readonly topology: Topology;
  readonly source: RegisterSource;
  /** Slots of the source that take part. */
  readonly slots: number;
  readonly seed: number;
  readonly faults: FaultRates;
  /** What is jammed, dead or away is so for at most so long. */
  readonly longestOutageSeconds: number;
  /** Of all clocks, in millionths; each has one of its own below it. */
  readonly driftMillionths: number;
  /** Registers of each meter, 1 to 8: the source's first, the others follow it. */
  readonly channels: number;
  readonly windowReadings: number;
  /** Whether local managers may open a page early; without that the paper's condition I + b <= n counts. */
  readonly roll: boolean;
  /** Hours from report to report. */
  readonly reportHours: number;
  /** Whether the server asks again for what is missing for a day; as long as no chip is set back nothing needs that. */
  readonly serverAsksAgain: boolean;
  /** Bytes of a report that a concentrator sends at a time. */
  readonly partBytes: number;
  readonly meterChipBytes: number;
  readonly managerChipBytes: number;
  readonly concentratorChipBytes: number;
}

/** Chips as they are built in: FM24V10. */
export const usualChipBytes = 131_072;

export const noFaults: FaultRates = Object.freeze({
  meterPower: 0,
  managerPower: 0,
  concentratorPower: 0,
  routerDead: 0,
  jam: 0,
  serverAway: 0,
  registerFails: 0,
  readingInterval: 0,
  reportInterval: 0,
  readNow: 0,
  meterReplaced: 0,
  managerReplaced: 0,
  managerRestored: 0,
  concentratorRestored: 0,
  meterRestored: 0,
});

/** What a network meets in the field, with more of everything. */
export const ordinaryFaults: FaultRates = Object.freeze({
  meterPower: 65,
  managerPower: 100,
  concentratorPower: 100,
  routerDead: 60,
  jam: 80,
  serverAway: 70,
  registerFails: 15,
  readingInterval: 3,
  reportInterval: 60,
  readNow: 6,
  meterReplaced: 1.5,
  managerReplaced: 8,
  managerRestored: 8,
  concentratorRestored: 8,
  meterRestored: 0.5,
});

/** Every fault so many times as often. */
export function scaledFaults(rates: FaultRates, factor: number): FaultRates {
  const scaled: Record<string, number> = {};
  for (const [kind, rate] of Object.entries(rates)) scaled[kind] = rate * factor;
  return scaled as unknown as FaultRates;
}
