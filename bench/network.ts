import { generateReadings } from '../simulator/readings/generator.js';
import { generateTopology, MOST_METERS, managersFor } from '../simulator/topology/generate.js';
import { ordinaryFaults } from '../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../simulator/world/scenarios.js';

/** What the simulated network costs at one size: ordinary faults, a fifth of the packets lost. */
export interface NetworkCost {
  readonly meters: number;
  readonly days: number;
  /** Readings that were due in all. */
  readonly readings: number;
  /** Time of one processor core to make and commission the network and to format its chips, for each meter. */
  readonly setUpMicrosecondsPerMeter: number;
  /**
   * Time of one processor core for each reading from the second day to the end of the schedule, all in: firmware of all
   * roles, air, chips, ledger. By then every window is as long as it gets.
   */
  readonly cpuMicrosecondsPerReading: number;
  /** Until the server has everything, and to close the books. The network goes on reading all the while. */
  readonly drainHours: number;
  readonly endMicrosecondsPerMeter: number;
  /** From beginning to end. */
  readonly cpuSeconds: number;
  /** Of the whole run, its drain included, for each reading that was due. */
  readonly bytesOnRadiosPerReading: number;
  readonly packetsPerReading: number;
  /** Of the process, at the end, when everything is still there. */
  readonly residentMegabytes: number;
  readonly problems: number;
}

/** A year of a small network, and some days of larger ones: costs of the same kind of day are compared. */
const sizes: readonly (readonly [meters: number, days: number])[] = [
  [100, 365],
  [1000, 8],
  [5000, 3],
  [10_000, 3],
];
const warmUp = [100, 4] as const;

/** Runs networks of growing size. One concentrator takes 5,120 meters here; a larger network is several of them. */
export function measureNetworks(largest: number, progress: (meters: number) => void): NetworkCost[] {
  const costs: NetworkCost[] = [];
  // The engine compiles what is hot; that is no cost of a network.
  measure(...warmUp);
  for (const [meters, days] of sizes) {
    if (meters > largest) continue;
    costs.push(measure(meters, days));
    progress(meters);
  }
  return costs;
}

/** Where a run's time went, in microseconds of one core. */
class Stopwatch {
  setUp = 0;
  running = 0;
  end = 0;
  /** The share of the schedule that `running` stands for. */
  share = 0;
  readonly #firstShare: number;
  #from = cpuMicroseconds();
  #latest = 0;
  #latestShare = 0;

  constructor(days: number) {
    this.#firstShare = 1 / days;
  }

  /** The world has come so far in its schedule; 1: it is at its end, and everything has arrived. */
  at(share: number): void {
    const now = cpuMicroseconds();
    if (share === 0) this.setUp = now - this.#from;
    if (share >= this.#firstShare && share < 1) {
      if (this.#latest > 0) {
        this.running += now - this.#latest;
        this.share += share - this.#latestShare;
      }
      this.#latest = now;
      this.#latestShare = share;
    }
  }

  stop(): void {
    this.end = cpuMicroseconds() - this.#latest;
  }
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function measure(meters: number, days: number): NetworkCost {
  const begin = cpuMicroseconds();
  const networks = Math.ceil(meters / MOST_METERS);
  const watches: Stopwatch[] = [];
  const results = Array.from({ length: networks }, (_, index) => {
    const watch = new Stopwatch(days);
    watches.push(watch);
    return run(Math.ceil(meters / networks), 24 * days, 1 + index, watch);
  });
  const total = (value: (result: NetworkResult) => number) =>
    results.reduce((sum, result) => sum + value(result), 0);
  const spent = (value: (watch: Stopwatch) => number) =>
    watches.reduce((sum, watch) => sum + value(watch), 0);
  const readings = total(({ account }) => account.due);
  return {
    meters,
    days,
    readings,
    setUpMicrosecondsPerMeter: Math.round(spent(({ setUp }) => setUp) / meters),
    cpuMicrosecondsPerReading: rounded(
      (spent(({ running }) => running) * networks) / spent(({ share }) => share) / readings,
    ),
    drainHours: Math.max(...results.map(({ drainSeconds }) => drainSeconds / 3600)),
    endMicrosecondsPerMeter: Math.round(spent(({ end }) => end) / meters),
    cpuSeconds: rounded((cpuMicroseconds() - begin) / 1e6),
    bytesOnRadiosPerReading: rounded(
      total(({ devices }) =>
        devices.links.reduce((bytes, link) => bytes + (link.linkClass.kind === 'radio' ? link.bytes : 0), 0),
      ) / readings,
    ),
    packetsPerReading: rounded(total(({ packets }) => packets.sent) / readings),
    residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    problems: total(({ account }) => account.problemCount),
  };
}

function run(meters: number, slots: number, seed: number, watch: Stopwatch): NetworkResult {
  const managers = managersFor(meters);
  const radio = ordinaryRadio(20);
  const topology = generateTopology({ meters, routers: managers, managers, radio, wire: ordinaryWire });
  const source = generateReadings({ seed, meters, slots });
  const world = new NetworkWorld({ ...usualDevices, topology, source, slots, seed, faults: ordinaryFaults });
  const result = world.run((share) => watch.at(share));
  watch.stop();
  return result;
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}
