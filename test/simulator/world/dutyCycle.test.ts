import { assert } from 'chai';
import type { Device } from '../../../simulator/devices/device.js';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { ordinaryFaults } from '../../../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';

const meters = 8;
const days = 5;
const bitsPerSecond = 1200;

function run(dutyCyclePermille: number): NetworkResult {
  const radio = { ...ordinaryRadio(20), bitsPerSecond, dutyCyclePermille };
  const generated = generateTopology({ meters, routers: 1, managers: 1, radio, wire: ordinaryWire });
  const router = generated.devices.findIndex(({ role }) => role === 'router');
  // Everything goes through one router, which so has the most to say.
  const devices = generated.devices.map((device) =>
    device.role === 'meter' ? { ...device, parent: router, otherParent: -1 } : device,
  );
  return new NetworkWorld({
    ...usualDevices,
    topology: { ...generated, devices },
    source: generateReadings({ seed: 12, meters, slots: days * 24 }),
    slots: days * 24,
    seed: 12,
    faults: ordinaryFaults,
  }).run(() => {});
}

/** Of all its time, in thousandths, that a device was on the air. */
function airPermille({ devices, simulatedSeconds }: NetworkResult, device: Device): number {
  const bits = devices.links
    .filter(({ from, linkClass }) => from.index === device.index && linkClass.kind === 'radio')
    .reduce((total, { bytes }) => total + 8 * bytes, 0);
  return (1000 * bits) / bitsPerSecond / simulatedSeconds;
}

describe('The duty cycle of radios', () => {
  it('is kept by meters, routers and local managers, and costs time but no reading', () => {
    const result = run(1);
    const { meters: placed, routers, managers } = result.devices;
    const refused = (devices: readonly { device: Device }[]) =>
      devices.reduce((total, { device }) => {
        device.takeTally();
        return total + (device.tally['packet above the duty cycle'] ?? 0);
      }, 0);
    assert.isAbove(refused(routers), 0, 'a router was held back');
    for (const { device } of [...placed, ...routers, ...managers]) {
      // An hour's share may be used at once, in the beginning and after each start.
      const starts = device.activity.starts;
      const most = 1 + (starts * 3600) / result.simulatedSeconds;
      assert.isAtMost(airPermille(result, device), most, device.name);
    }
    assert.deepEqual(result.account.problems, []);
    assert.equal(result.account.pending, 0);
    assert.isTrue(result.isDrained);
  });

  it('is no limit at one percent', () => {
    const result = run(10);
    assert.deepEqual(result.account.problems, []);
    for (const { device } of [...result.devices.routers, ...result.devices.managers]) {
      device.takeTally();
      assert.isUndefined(device.tally['packet above the duty cycle'], device.name);
    }
  });
});
