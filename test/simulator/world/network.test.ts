import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { sum } from '../../../simulator/ledger/account.js';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { loadReadings } from '../../../simulator/readings/load.js';
import type { RegisterSource } from '../../../simulator/readings/registerSource.js';
import { generateTopology } from '../../../simulator/topology/generate.js';
import { devicesOf } from '../../../simulator/topology/topology.js';
import { coverageRows } from '../../../simulator/world/coverage.js';
import {
  type NetworkOptions,
  noFaults,
  ordinaryFaults,
  scaledFaults,
} from '../../../simulator/world/networkOptions.js';
import { type NetworkResult, NetworkWorld } from '../../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, usualDevices } from '../../../simulator/world/scenarios.js';
import { runSwarm } from '../../proof/swarmRun.js';
import { replayCommand, runSwarmWorld, runUnaidedWorld, type SwarmResult } from '../../proof/swarmWorld.js';

const swarmSeeds = 50;
const swarmDays = 7;
const registers = '../shared/data/series/sgsc_hourly_register.csv';

/** Without faults, and with clocks that are right, unless the test says something else. */
function optionsOf(source: RegisterSource, changes: Partial<NetworkOptions> = {}): NetworkOptions {
  const radio = { ...ordinaryRadio(0), corruptMillionths: 0, duplicateMillionths: 0, reorderMillionths: 0 };
  const meters = source.meters.length;
  const topology = generateTopology({ meters, routers: 1, managers: 1, radio, wire: ordinaryWire });
  return { ...usualDevices, topology, source, slots: source.slots, seed: 1, faults: noFaults, ...changes };
}

function run(options: NetworkOptions): NetworkResult {
  return new NetworkWorld(options).run(() => {});
}

function assertCloses({ account, isDrained }: NetworkResult): void {
  assert.deepEqual(account.problems, []);
  assert.equal(account.pending, 0);
  assert.isTrue(isDrained);
}

/** What the server has equals the source, cell by cell and hole by hole, over all that was due with the meter on. */
function assertEqualToSource({ devices, options }: NetworkResult): void {
  const { source, slots, topology } = options;
  const { firstTimeSeconds, intervalSeconds } = source;
  devicesOf(topology, 'meter').forEach((place, meter) => {
    const { device } = devices.meters.find((one) => one.place === place)!;
    const book = devices.book.of(device.storeId);
    for (let slot = 0; slot < slots; slot++) {
      const at = `meter ${meter}, slot ${slot}`;
      const { timeSeconds, values, status } = book.first(slot);
      assert.equal(timeSeconds, firstTimeSeconds + slot * intervalSeconds, at);
      assert.equal(values[0], source.value(meter, slot), at);
      assert.equal(status === 0, source.value(meter, slot) !== undefined, at);
    }
  });
}

describe('network', () => {
  it('brings every reading to the server, through routers, local managers and a concentrator', () => {
    const source = generateReadings({ seed: 1, meters: 6, slots: 72 });
    const result = run(optionsOf(source));
    assertCloses(result);
    const { account } = result;
    assert.equal(account.due, 6 * 72);
    assert.equal(account.holes.noPower, 0);
    assert.isAbove(account.delivered.direct, 0.85 * account.taken);
    assert.equal(result.devices.server.quarantined, 0);
    assert.isAbove(result.coverage['packet passed on by a router'] ?? 0, 100);
  });

  it('delivers what the source holds, hole for hole', () => {
    const source = generateReadings({ seed: 5, meters: 4, slots: 24 * 14, holeMillionths: 30_000 });
    const result = run(optionsOf(source, { driftMillionths: 0 }));
    assertCloses(result);
    assert.isAbove(result.account.holes.registerFailed, 20);
    assertEqualToSource(result);
  });

  it('delivers the registers of real households, hole for hole, over lossy radios', async () => {
    if (!existsSync(registers)) {
      console.warn(`      ${registers} is absent: generated readings stand in for real ones`);
    }
    const source = existsSync(registers)
      ? await loadReadings(registers)
      : generateReadings({ seed: 8, meters: 24, slots: 24 * 20, holeMillionths: 30_000 });
    const radio = ordinaryRadio(20);
    const meters = source.meters.length;
    const topology = generateTopology({ meters, routers: 2, managers: 2, radio, wire: ordinaryWire });
    const slots = Math.min(source.slots, 24 * 30);
    const result = run(optionsOf(source, { topology, slots, driftMillionths: 0 }));
    assertCloses(result);
    assertEqualToSource(result);
  });

  it('changes the report interval while it runs, from 1 to 12 hours, without loss', () => {
    const source = generateReadings({ seed: 3, meters: 4, slots: 24 * 10 });
    const faults = { ...noFaults, reportInterval: 1500 };
    const result = run(optionsOf(source, { faults }));
    assertCloses(result);
    const hours = new Set(result.events.map(({ what }) => what));
    assert.isAtLeast(hours.size, 6, 'intervals that were tried');
    assert.equal(sum(result.account.delivered), result.account.taken);
  });

  it('never goes back in time when devices are replaced again and again', () => {
    const source = generateReadings({ seed: 6, meters: 4, slots: 24 * 20 });
    const faults = { ...noFaults, meterReplaced: 100, managerReplaced: 50, readNow: 100 };
    const result = run(optionsOf(source, { faults }));
    assertCloses(result);
    const times = result.events.map(({ timeSeconds }) => timeSeconds);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.isAtLeast(result.coverage['meter replaced'] ?? 0, 4);
  });

  it('gets again what vanished with a concentrator that was set back', () => {
    const source = generateReadings({ seed: 8, meters: 3, slots: 24 * 30 });
    const faults = { ...noFaults, concentratorRestored: 200 };
    const world = optionsOf(source, { faults, windowReadings: 4 });
    const result = run(world);
    assertCloses(result);
    assert.isAtLeast(result.coverage['concentrator image restored'] ?? 0, 4);
    assert.isAbove(result.coverage['reading asked for again'] ?? 0, 30);
    assert.equal(sum(result.account.delivered), result.account.taken);
    assert.equal(result.devices.server.givenUp, 0);
  });

  it('reports as lost what a full chip overwrote, and nothing else', () => {
    const source = generateReadings({ seed: 4, meters: 3, slots: 24 * 90 });
    const radio = { ...ordinaryRadio(100), meanBurstPackets: 1 };
    const topology = generateTopology({ meters: 3, routers: 0, managers: 1, radio, wire: ordinaryWire });
    const result = run(optionsOf(source, { topology, meterChipBytes: 6152 }));
    assertCloses(result);
    const { lost, delivered, durable } = result.account;
    assert.isAbove(lost['overwritten at meter'] ?? 0, 1000);
    assert.isAbove(delivered.backfill, 300);
    assert.equal(sum(lost) + sum(delivered), durable);
  });

  it('keeps every reading through bursts that take 30 % of the packets, and more than 100 power cuts', () => {
    const source = generateReadings({ seed: 12, meters: 6, slots: 24 * 30 });
    const radio = { ...ordinaryRadio(30), meanBurstPackets: 8 };
    const topology = generateTopology({ meters: 6, routers: 2, managers: 2, radio, wire: ordinaryWire });
    const faults = { ...noFaults, meterPower: 500, managerPower: 500, concentratorPower: 500 };
    const result = run(optionsOf(source, { topology, faults }));
    assertCloses(result);
    assert.isAtLeast(result.events.filter(({ what }) => what.endsWith('power cut')).length, 100);
    assert.equal(sum(result.account.lost), 0);
    assert.equal(sum(result.account.delivered), result.account.durable);
  });

  it('runs the networks of several concentrators one after the other, under one server', () => {
    const source = generateReadings({ seed: 11, meters: 15, slots: 24 * 6 });
    const radio = ordinaryRadio(20);
    const topology = generateTopology({ meters: 15, routers: 5, managers: 5, radio, wire: ordinaryWire });
    const faults = scaledFaults(ordinaryFaults, 4);
    const world = optionsOf(source, { topology, faults });
    const result = run(world);
    assertCloses(result);
    assert.lengthOf(result.devices.agendas, 3);
    const struck = result.events.map(({ timeSeconds }) => timeSeconds);
    assert.deepEqual(
      struck,
      struck.toSorted((a, b) => a - b),
    );
    assert.equal(run(world).traceHash, result.traceHash);
  });

  it('does the same twice, in another process, and something else for another seed', async () => {
    const trace = (seed: number) => {
      const source = generateReadings({ seed, meters: 4, slots: 72 });
      return run(optionsOf(source, { seed, faults: ordinaryFaults })).traceHash;
    };
    assert.equal(trace(7), trace(7));
    assert.notEqual(trace(7), trace(8));
    assert.equal(await traceOfOtherProcess(3), runSwarmWorld(3, swarmDays).traceHash);
  });

  describe('in a swarm of worlds', () => {
    let results: SwarmResult[] = [];

    before(async () => {
      const seeds = Array.from({ length: swarmSeeds }, (_, index) => index + 1);
      results = await runSwarm(seeds, swarmDays, 2, () => {});
    });

    it('accounts for every reading', () => {
      for (const { seed, problems } of results)
        assert.deepEqual(problems, [], replayCommand(seed, swarmDays));
    });

    it('needs nobody at the top who asks again, as long as no chip is set back', () => {
      for (const seed of [1, 2, 3, 5, 8, 13, 21, 34]) {
        const { problems } = runUnaidedWorld(seed, swarmDays);
        assert.deepEqual(problems, [], `the unaided world ${seed}`);
      }
    });

    it('meets every kind of fault and takes every rare way', () => {
      for (const row of coverageRows) {
        assert.isTrue(
          results.some(({ coverage }) => (coverage[row] ?? 0) > 0),
          `never came up: ${row}`,
        );
      }
    });

    it('does the same with one thread as with two', async () => {
      const alone = await runSwarm([2, 9, 16], swarmDays, 1, () => {});
      for (const { seed, traceHash } of alone)
        assert.equal(traceHash, results[seed - 1]!.traceHash, `seed ${seed}`);
    });
  });
});

function traceOfOtherProcess(seed: number): Promise<string> {
  const child = fork(fileURLToPath(new URL('../../proof/swarmProcess.ts', import.meta.url)), [String(seed)], {
    execArgv: ['--import', 'tsx'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (result) => {
      resolve((result as SwarmResult).traceHash);
    });
  });
}
