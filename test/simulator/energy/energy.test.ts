import { assert } from 'chai';
import { Activity } from '../../../simulator/energy/activity.js';
import { cellYears, dayEnergyOf, totalOf } from '../../../simulator/energy/energy.js';
import { meterEnergyOf } from '../../../simulator/energy/meterEnergy.js';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { ordinaryFaults } from '../../../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';

/** A meter of the default world, on the default radio, takes less; each part too. */
const budget = { total: 8, listening: 7, sending: 0.3, memory: 0.1, processor: 0.3, asleep: 0.9 };
const day = 86_400_000;

function run(intervalSeconds: number): NetworkResult {
  const meters = 6;
  const slots = (4 * 86_400) / intervalSeconds;
  const radio = ordinaryRadio(20);
  return new NetworkWorld({
    ...usualDevices,
    topology: generateTopology({ meters, routers: 1, managers: 1, radio, wire: ordinaryWire }),
    source: generateReadings({ seed: 4, meters, slots, intervalSeconds }),
    slots,
    seed: 4,
    faults: ordinaryFaults,
  }).run(() => {});
}

describe('The energy of a meter', () => {
  let hourly: NetworkResult;

  before(() => {
    hourly = run(3600);
  });

  it('stays within its budget, part by part, in a network with losses and faults', () => {
    assert.deepEqual(hourly.account.problems, []);
    const { joulesADay, cellYears: years } = meterEnergyOf(hourly);
    for (const [part, most] of Object.entries(budget)) {
      const joules = joulesADay[part as keyof typeof budget];
      assert.isBelow(joules, most, part);
      assert.isAbove(joules, 0, part);
    }
    assert.isAbove(years, 15);
  });

  it('breaks its budget with a reading every five minutes', () => {
    const { joulesADay } = meterEnergyOf(run(300));
    assert.isAbove(joulesADay.total, budget.total);
  });

  it('breaks its budget with a checkpoint every second', () => {
    const { device } = hourly.devices.meters[0]!;
    const work = { activity: device.activity, bitsPerSecond: 19_200, busMicroseconds: 0 };
    assert.isBelow(totalOf(dayEnergyOf(work)), budget.total);
    device.activity.quietWakes += device.activity.poweredMilliseconds / 1000;
    assert.isAbove(totalOf(dayEnergyOf(work)), budget.total);
  });

  it('is counted from what the parts did, and given for a day', () => {
    const activity = new Activity();
    activity.powerOn(0);
    activity.sent(1000, 100, 4000);
    // Before the receiver is off again the next packet goes out.
    activity.sent(3000, 100, 4000);
    activity.powerOff(2 * day);
    activity.powerOn(5 * day);
    activity.settle(5 * day + 1);
    assert.equal(activity.poweredMilliseconds, 2 * day + 1);
    assert.equal(activity.listeningMilliseconds, 6000);
    const { listening, sending, memory } = dayEnergyOf({
      activity,
      bitsPerSecond: 8880,
      busMicroseconds: 4e6,
    });
    assert.closeTo(listening, (0.0157 * 3 * 6) / 2, 1e-6);
    // Two packets of 111 bytes are 0.2 seconds on the air, and two starts of the radio take 2 ms.
    assert.closeTo(sending, (0.0328 * 3 * 0.2 + 0.0084 * 3 * 0.002) / 2, 1e-6);
    assert.closeTo(memory, (0.0004 * 3 * 4) / 2, 1e-3);
  });

  it('ends with the power: a receiver that was on hears nothing more', () => {
    const activity = new Activity();
    activity.powerOn(0);
    activity.sent(1000, 100, 4000);
    activity.powerOff(2000);
    activity.settle(9000);
    assert.equal(activity.listeningMilliseconds, 1000);
    assert.equal(activity.poweredMilliseconds, 2000);
  });

  it('empties a cell the sooner the more it is, and at last by the cell itself', () => {
    assert.closeTo(cellYears(0), 85, 0.01);
    // 7.7 Ah at 85 % are 70,686 joules at 3 V.
    assert.closeTo(cellYears(70_686 / 365.25), 1 / (1 + 0.01 / 0.85), 0.001);
  });
});

describe('A meter on a battery', () => {
  it('hears packets only behind its own, and that is enough', () => {
    const result = run(3600);
    const { listeningSecondsADay, packetsADay } = meterEnergyOf(result);
    assert.isBelow(listeningSecondsADay, 200);
    assert.isAbove(packetsADay, 24);
    assert.equal(result.account.pending, 0);
    assert.isAbove(result.account.delivered.backfill, 0);
  });
});
