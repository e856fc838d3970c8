import { type LinkClass, perfectLink } from '../air/linkClass.js';
import { createRandom, type Random } from '../random/random.js';
import { generateReadings } from '../readings/generator.js';
import { generateTopology } from '../topology/generate.js';
import { type FaultKind, type FaultRates, type NetworkOptions, usualChipBytes } from './networkOptions.js';

const millionthsPerPercent = 10_000;
const daySeconds = 86_400;

/** A radio in a cellar: it loses packets in bursts, damages, doubles and delays some. */
export function ordinaryRadio(lossPercent: number): LinkClass {
  return {
    kind: 'radio',
    bitsPerSecond: 19_200,
    lossMillionths: Math.round(lossPercent * millionthsPerPercent),
    meanBurstPackets: 4,
    corruptMillionths: 10_000,
    duplicateMillionths: 10_000,
    reorderMillionths: 5_000,
    heldUpSeconds: 3 * 3600,
    payloadBytes: 128,
    // 868.0 to 868.6 MHz (ETSI EN 300 220).
    dutyCyclePermille: 10,
  };
}

/** A long cable. */
export const ordinaryWire: LinkClass = Object.freeze({
  ...perfectLink,
  lossMillionths: 1_000,
  corruptMillionths: 2_000,
});

/** Usual chips, windows and schedule. */
export const usualDevices = Object.freeze({
  longestOutageSeconds: 3 * daySeconds,
  driftMillionths: 15,
  channels: 1,
  windowReadings: 24,
  roll: true,
  reportHours: 1,
  serverAsksAgain: true,
  partBytes: 768,
  meterChipBytes: usualChipBytes,
  managerChipBytes: usualChipBytes,
  concentratorChipBytes: usualChipBytes,
});

/** In a swarm everything happens more often, so that rare things meet each other. */
const swarmFaults: FaultRates = Object.freeze({
  meterPower: 400,
  managerPower: 500,
  concentratorPower: 500,
  routerDead: 150,
  jam: 200,
  serverAway: 200,
  registerFails: 80,
  readingInterval: 30,
  reportInterval: 150,
  readNow: 40,
  meterReplaced: 15,
  managerReplaced: 60,
  managerRestored: 60,
  concentratorRestored: 60,
  meterRestored: 60,
});

const noSetBacks = Object.freeze({
  meterRestored: 0,
  managerRestored: 0,
  managerReplaced: 0,
  concentratorRestored: 0,
});

/** A world of a swarm: everything about it comes from its seed. */
export function swarmWorld(seed: number, days: number): NetworkOptions {
  const random = createRandom(seed, 'scenario');
  const intervalSeconds = pick(random, [3600, 3600, 3600, 900, 900, 300]);
  const meters = 3 + random.below(5);
  const lossPercent = pick(random, [0, 5, 20, 20, 50]);
  const radio = {
    ...ordinaryRadio(lossPercent),
    meanBurstPackets: 1 + random.below(6),
    payloadBytes: pick(random, [128, 128, 80, 51]),
  };
  const slots = (days * daySeconds) / intervalSeconds;
  return {
    topology: generateTopology({
      meters,
      routers: random.below(3),
      managers: 1 + random.below(2),
      radio,
      wire: ordinaryWire,
    }),
    source: generateReadings({ seed, meters, slots, intervalSeconds, holeMillionths: 5_000 }),
    slots,
    seed,
    faults: scaled(swarmFaults, random),
    longestOutageSeconds: pick(random, [2, 6]) * daySeconds,
    driftMillionths: pick(random, [10, 10, 300]),
    windowReadings: pick(random, [24, 12, 4, 1]),
    reportHours: pick(random, [1, 1, 2, 6]),
    roll: pick(random, [true, true, false]),
    serverAsksAgain: true,
    partBytes: pick(random, [768, 100]),
    // Small chips are full soon.
    meterChipBytes: pick(random, [usualChipBytes, 8456, 6104, 6104]),
    ...swarmChips(random),
  };
}

/** The same world without images that are restored, and without a server that asks again: each tier has to keep its word. */
export function unaidedWorld(seed: number, days: number): NetworkOptions {
  const world = swarmWorld(seed, days);
  const faults = { ...world.faults, ...noSetBacks };
  return { ...world, faults, serverAsksAgain: false };
}

/** Small chips of those above the meters, too; but so many registers of each meter must find room until the next report. */
function swarmChips(random: Random) {
  const smallBytes = pick(random, [usualChipBytes, 16_384, 12_288]);
  const concentratorChipBytes = pick(random, [usualChipBytes, 32_768, 16_384]);
  const channels = pick(random, [1, 1, 1, 2, 3, 8]);
  const managerChipBytes = Math.min(usualChipBytes, channels * smallBytes);
  return { channels, managerChipBytes, concentratorChipBytes };
}

/** Each kind of fault is absent in some worlds and frequent in others. */
function scaled(rates: FaultRates, random: Random): FaultRates {
  const kinds = Object.keys(rates) as FaultKind[];
  const entries = kinds.map((kind) => [kind, rates[kind] * pick(random, [0, 1, 1, 2])] as const);
  return Object.fromEntries(entries) as unknown as FaultRates;
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}
