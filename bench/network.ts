import { generateReadings } from '../simulator/readings/generator.js';
import { generateTopology, MOST_METERS, managersFor } from '../simulator/topology/generate.js';
import { ordinaryFaults } from '../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../simulator/world/scenarios.js';

/** What the simulated network costs at one size: ordinary faults, a fifth of the packets lost. */
export interface NetworkCost {
  readonly meters: number;
  readonly days: number;
  readonly readings: number;
  /** Time of one processor core for each reading, all in: firmware of all roles, air, chips, ledger. */
  readonly cpuMicrosecondsPerReading: number;
  readonly bytesOnRadiosPerReading: number;
  readonly packetsPerReading: number;
  /** Memory of the process at the end, for each meter. */
  readonly residentBytesPerMeter: number;
  readonly problems: number;
}

/** Sizes with as many days as make the runs comparable in length. */
const sizes: readonly (readonly [meters: number, days: number])[] = [
  [100, 30],
  [1000, 2],
  [5000, 1],
  [10_000, 1],
];

/** Runs networks of growing size. One concentrator takes 5,120 meters here; a larger network is several of them. */
export function measureNetworks(largest: number, progress: (meters: number) => void): NetworkCost[] {
  const costs: NetworkCost[] = [];
  for (const [meters, days] of sizes) {
    if (meters > largest) continue;
    costs.push(measure(meters, days));
    progress(meters);
  }
  return costs;
}

function measure(meters: number, days: number): NetworkCost {
  const slots = 24 * days;
  const begin = process.cpuUsage();
  const networks = Math.ceil(meters / MOST_METERS);
  const results = Array.from({ length: networks }, (_, index) =>
    run(Math.ceil(meters / networks), slots, 1 + index),
  );
  const { user, system } = process.cpuUsage(begin);
  const total = (value: (result: NetworkResult) => number) =>
    results.reduce((sum, result) => sum + value(result), 0);
  const readings = total(({ account }) => account.due);
  return {
    meters,
    days,
    readings,
    cpuMicrosecondsPerReading: rounded((user + system) / readings),
    bytesOnRadiosPerReading: rounded(
      total(({ devices }) =>
        devices.links.reduce((bytes, link) => bytes + (link.linkClass.kind === 'radio' ? link.bytes : 0), 0),
      ) / readings,
    ),
    packetsPerReading: rounded(total(({ packets }) => packets.sent) / readings),
    residentBytesPerMeter: Math.round(process.memoryUsage().rss / meters),
    problems: total(({ account }) => account.problemCount),
  };
}

function run(meters: number, slots: number, seed: number): NetworkResult {
  const managers = managersFor(meters);
  const radio = ordinaryRadio(20);
  const topology = generateTopology({ meters, routers: managers, managers, radio, wire: ordinaryWire });
  const source = generateReadings({ seed, meters, slots });
  return new NetworkWorld({ ...usualDevices, topology, source, slots, seed, faults: ordinaryFaults }).run(
    () => {},
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}
