import { generateReadings } from '../../../simulator/readings/generator.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { ordinaryFaults, scaledFaults } from '../../../simulator/world/networkOptions.js';
import { summaryOf } from '../../../simulator/world/networkSummary.js';
import { NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';
import { crc32 } from '../../../src/link/crc32.js';

/** Between them they meet cuts at every device, and replaced ones. */
export const smallWorldSeeds: readonly number[] = [1, 2, 3, 4];

const meters = 3;
const days = 2;
const lossPercent = 20;
/** So often that two days are enough to meet most of them. */
const faultFactor = 10;

/** The account and the trace hash, and the checksum of every chip. */
export interface SmallWorld extends ReturnType<typeof summaryOf> {
  readonly chipSums: readonly number[];
}

/** Runs a world of three meters, a router, a local manager and a concentrator. */
export function runSmallWorld(seed: number): SmallWorld {
  const slots = days * 24;
  const radio = ordinaryRadio(lossPercent);
  const world = new NetworkWorld({
    ...usualDevices,
    topology: generateTopology({ meters, routers: 1, managers: 1, radio, wire: ordinaryWire }),
    source: generateReadings({ seed, meters, slots }),
    slots,
    seed,
    faults: scaledFaults(ordinaryFaults, faultFactor),
    longestOutageSeconds: 86_400,
  });
  const result = world.run(() => {});
  const { devices } = result;
  const chipSums = [...devices.meters, ...devices.managers, ...devices.concentrators].map(({ device }) => {
    let sum = 0;
    device.chip.forEachBlock((block) => {
      sum = crc32(block, 0, block.length, sum);
    });
    return sum;
  });
  return { ...summaryOf(result), chipSums };
}
