import { assert } from 'chai';
import { sum } from '../../../simulator/ledger/ledger.js';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { World, type WorldOptions, type WorldResult } from '../../../simulator/world/world.js';

interface Scenario {
  readonly seed: number;
  readonly lossMillionths?: number;
  readonly meanBurstPackets?: number;
  readonly powerCuts?: number;
  readonly outagesPerMeter?: number;
  readonly slots?: number;
  readonly intervalSeconds?: number;
  readonly storeBytes?: number;
  readonly windowReadings?: number;
}

const meters = 4;

function run(scenario: Scenario): WorldResult {
  const { seed, slots = 300, intervalSeconds = 3600 } = scenario;
  const options: WorldOptions = {
    source: generateReadings({ seed, meters, slots, intervalSeconds, holeMillionths: 5_000 }),
    meters,
    slots,
    seed,
    line: {
      lossMillionths: scenario.lossMillionths ?? 200_000,
      meanBurstPackets: scenario.meanBurstPackets ?? 4,
      duplicateMillionths: 20_000,
      corruptMillionths: 20_000,
      reorderMillionths: 20_000,
      delaySeconds: 5,
      heldUpSeconds: 3 * intervalSeconds,
    },
    powerCuts: scenario.powerCuts ?? 20,
    outagesPerMeter: scenario.outagesPerMeter ?? 1,
    windowReadings: scenario.windowReadings ?? 24,
    storeBytes: scenario.storeBytes ?? 128 * 1024,
  };
  return new World(options).run(() => {});
}

function assertCloses(result: WorldResult, scenario: Scenario): void {
  const replay = `replay: ${JSON.stringify(scenario)}`;
  assert.deepEqual(result.account.problems, [], replay);
  assert.equal(result.account.pending, 0, replay);
}

describe('world', () => {
  it('delivers everything directly when nothing fails', () => {
    const calm = { seed: 1, lossMillionths: 0, powerCuts: 0, outagesPerMeter: 0 };
    const result = run(calm);
    assertCloses(result, calm);
    const { delivered, taken, holes } = result.account;
    assert.isAbove(delivered.direct, taken * 0.9);
    assert.equal(holes.noPower, 0);
    assert.equal(sum(delivered), taken);
  });

  it('does the same twice for one seed, and something else for another', () => {
    const trace = (seed: number) => run({ seed, slots: 100 }).trace;
    assert.equal(trace(7), trace(7));
    assert.notEqual(trace(7), trace(8));
  });

  it('accounts for every reading over many seeds, and meets every kind of event on the way', () => {
    const met = { window: 0, backfill: 0, cutInAppend: 0, noPower: 0 };
    const activities = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const scenario: Scenario = {
        seed,
        lossMillionths: [0, 200_000, 600_000, 950_000][seed % 4]!,
        meanBurstPackets: 1 + (seed % 5),
        windowReadings: [24, 6, 1][seed % 3]!,
        intervalSeconds: [3600, 900, 60][seed % 3]!,
        storeBytes: [131_072, 4096, 2200][seed % 3]!,
      };
      const result = run(scenario);
      assertCloses(result, scenario);
      const { account } = result;
      met.window += account.delivered.window;
      met.backfill += account.delivered.backfill;
      met.cutInAppend += account.cutInAppend;
      met.noPower += account.holes.noPower;
      for (const { activity } of result.powerCuts) activities.add(activity);
    }
    for (const [event, count] of Object.entries(met)) assert.isAbove(count, 0, event);
    assert.sameMembers([...activities], ['append', 'checkpoint', 'read', 'start', 'idle']);
  });

  it('delivers everything once the line is back, even if it never worked before', () => {
    const scenario = { seed: 3, lossMillionths: 1_000_000 };
    const result = run(scenario);
    assertCloses(result, scenario);
    assert.equal(result.account.delivered.backfill, result.account.durable);
  });

  it('reports as lost what a small store overwrote while the line was down, and nothing else', () => {
    const scenario = { seed: 3, lossMillionths: 1_000_000, slots: 1500, storeBytes: 1900 };
    const result = run(scenario);
    assertCloses(result, scenario);
    const { lost, delivered, durable } = result.account;
    assert.isAbove(lost['overwritten at meter'] ?? 0, 1000);
    assert.isAbove(delivered.backfill, 100);
    assert.equal(sum(lost) + sum(delivered), durable);
  });
});
