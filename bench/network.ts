import { generateReadings } from '../simulator/readings/generator.js';
import { generateTopology, managersFor } from '../simulator/topology/generate.js';
import { ordinaryFaults } from '../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../simulator/world/scenarios.js';

/** Worlds of one size, one after the other, a seed each: ordinary faults, a fifth of the packets lost. */
export interface NetworkSize {
  readonly meters: number;
  readonly days: number;
  readonly worlds: number;
}

/** What the simulated network costs at one size. */
export interface NetworkCost extends NetworkSize {
  /** Readings that were due in all worlds. */
  readonly readings: number;
  /** Time of one processor core to make and commission the network and to format its chips, for each meter. */
  readonly setUpMicrosecondsPerMeter: number;
  /**
   * Time of all processor cores for each reading from the second day to the last but one, all in: firmware of all roles,
   * air, chips, ledger. By then every window is as long as it gets.
   */
  readonly cpuMicrosecondsPerReading: number;
  /** Packets of all devices in these days for each reading. */
  readonly packetsPerReading: number;
  /** From the last fault until the server has everything, the most of all worlds. The network goes on reading all the while. */
  readonly drainHours: number;
  /** From the last day to the end of the run: the drain, and to close the books. */
  readonly endMicrosecondsPerMeter: number;
  /** From beginning to end. */
  readonly cpuSeconds: number;
  /** Of the whole run, its drain included, for each reading that was due. */
  readonly bytesOnRadiosPerReading: number;
  /** What the last world holds when its run is over: devices, chips, ledger. */
  readonly heldKilobytesPerMeter: number;
  /** Of the process, with garbage. */
  readonly residentMegabytes: number;
  readonly problems: number;
}

/** A year of a hundred meters; and the same six days of networks of growing size: costs of the same days are compared. */
export const networkSizes: readonly NetworkSize[] = [
  { meters: 100, days: 365, worlds: 1 },
  { meters: 100, days: 6, worlds: 20 },
  { meters: 1000, days: 6, worlds: 2 },
  { meters: 10_000, days: 6, worlds: 1 },
];

/** Where a run's time went, in microseconds. */
class Stopwatch {
  setUp = 0;
  running = 0;
  /** The share of the schedule that `running` stands for. */
  share = 0;
  readonly #firstShare: number;
  readonly #begin = cpuMicroseconds();
  #latest = 0;
  #latestShare = 0;

  constructor(days: number) {
    this.#firstShare = 1 / days;
  }

  /** The world has come so far in its schedule; 1: it is at its end, and everything has arrived. */
  at(share: number): void {
    const now = cpuMicroseconds();
    if (share === 0) this.setUp = now - this.#begin;
    if (share < this.#firstShare || share >= 1) return;
    if (this.#latest > 0) {
      this.running += now - this.#latest;
      this.share += share - this.#latestShare;
    }
    this.#latest = now;
    this.#latestShare = share;
  }

  /** Since the last day began. */
  get end(): number {
    return cpuMicroseconds() - this.#latest;
  }
}

/** One world's part of the figures, in microseconds, bytes and pieces. */
interface Sample {
  readonly readings: number;
  readonly setUp: number;
  /** Of the days that count, extrapolated to the whole schedule. */
  readonly running: number;
  readonly end: number;
  readonly packets: number;
  readonly radioBytes: number;
  readonly drainHours: number;
  readonly problems: number;
}

/** The engine compiles what is hot; that is no cost of a network. */
export function warmUp(): void {
  run({ meters: 100, days: 40, worlds: 1 }, 1000, () => {});
}

/** Runs the worlds of one size. `freeMemory` collects garbage. */
export function measure(size: NetworkSize, freeMemory: () => void): NetworkCost {
  const { meters, days, worlds } = size;
  const begin = cpuMicroseconds();
  const samples: Sample[] = [];
  let world: NetworkResult | undefined;
  for (let seed = 1; seed <= worlds; seed += 1) {
    const watch = new Stopwatch(days);
    world = run(size, seed, (share) => watch.at(share));
    samples.push(sampleOf(world, watch));
  }
  const cpuSeconds = (cpuMicroseconds() - begin) / 1e6;
  const residentMegabytes = Math.round(process.memoryUsage().rss / 1e6);
  // Only now: collecting garbage also throws away what the engine has compiled.
  freeMemory();
  const heldWithWorld = heldBytes();
  world = undefined;
  freeMemory();
  const held = heldWithWorld - heldBytes();
  const total = (value: keyof Sample) => samples.reduce((sum, sample) => sum + sample[value], 0);
  const readings = total('readings');
  return {
    ...size,
    readings,
    setUpMicrosecondsPerMeter: Math.round(total('setUp') / worlds / meters),
    cpuMicrosecondsPerReading: rounded(total('running') / readings),
    packetsPerReading: rounded((total('packets') * days) / (days - 2) / readings),
    drainHours: Math.max(...samples.map(({ drainHours }) => drainHours)),
    endMicrosecondsPerMeter: Math.round(total('end') / worlds / meters),
    cpuSeconds: rounded(cpuSeconds),
    bytesOnRadiosPerReading: rounded(total('radioBytes') / readings),
    heldKilobytesPerMeter: rounded(held / meters / 1000),
    residentMegabytes,
    problems: total('problems'),
  };
}

function sampleOf(result: NetworkResult, watch: Stopwatch): Sample {
  const { end, setUp, running, share } = watch;
  const { account, traffic, devices, drainSeconds } = result;
  const radios = devices.links.filter(({ linkClass }) => linkClass.kind === 'radio');
  return {
    readings: account.due,
    setUp,
    running: running / share,
    end,
    packets: traffic
      .slice(1, Math.floor(result.options.slots / 24) - 1)
      .reduce((sum, { sent }) => sum + sent, 0),
    radioBytes: radios.reduce((sum, { bytes }) => sum + bytes, 0),
    drainHours: drainSeconds / 3600,
    problems: account.problemCount,
  };
}

function run(
  { meters, days }: NetworkSize,
  seed: number,
  onProgress: (share: number) => void,
): NetworkResult {
  const managers = managersFor(meters);
  const radio = ordinaryRadio(20);
  const topology = generateTopology({ meters, routers: managers, managers, radio, wire: ordinaryWire });
  const slots = 24 * days;
  const source = generateReadings({ seed, meters, slots });
  const world = new NetworkWorld({ ...usualDevices, topology, source, slots, seed, faults: ordinaryFaults });
  return world.run(onProgress);
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}
