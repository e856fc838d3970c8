import { assert } from 'chai';
import { type Loss, planLocalManager, type Scheme } from '../../../../lib/limfs/plan/index.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { lostReadings } from './scheme.js';

/** The paper's section 4.2. */
const paper: Scheme = {
  dataBytes: 1500,
  readingBytes: 20,
  meters: 1,
  windowReadings: 5,
  reportIntervals: 1,
  intervalSeconds: 3600,
};
const noLoss: Loss = { burstPackets: 0, outageIntervals: 1, meterCapacity: 80_000 };

function riskOf(scheme: Scheme, loss: Loss, name: string): number {
  const condition = planLocalManager(scheme, loss).conditions.find((one) => one.name === name)!;
  assert.equal(condition.holds, condition.readingsAtRisk === 0);
  return condition.readingsAtRisk;
}

/** One burst of lost packets that begins at some reading. */
function burst(from: number, packets: number) {
  return { readings: 400, lost: (reading: number) => reading >= from && reading < from + packets };
}

/** The most readings that one burst costs, over all moments at which it can begin. */
function worstLoss(
  n: number,
  reportIntervals: number,
  packets: number,
  roll: boolean,
  meterCapacity: number,
): number {
  const scheme = { windowReadings: n, reportIntervals, roll, meterCapacity };
  let worst = 0;
  for (let from = 200; from < 200 + reportIntervals; from += 1) {
    worst = Math.max(worst, lostReadings(scheme, burst(from, packets)).length);
  }
  return worst;
}

describe('planner of a local manager', () => {
  it("gives the paper's Table 2", () => {
    const capacities = [1, 2, 3, 4, 5].map(
      (reportIntervals) => planLocalManager({ ...paper, reportIntervals }, noLoss).capacityIntervals,
    );
    assert.deepEqual(capacities, [19, 33, 47, 61, 75]);
  });

  it('counts spanned intervals and stored readings apart when the report interval is longer than the window', () => {
    const plan = planLocalManager({ ...paper, reportIntervals: 12 }, noLoss);
    assert.equal(plan.capacityIntervals, 14 * 12 + 5);
    assert.equal(plan.storedReadings, 75);
    assert.match(plan.warnings.join(), /longer than the window/);
    assert.equal(planLocalManager({ ...paper, reportIntervals: 5 }, noLoss).storedReadings, 75);
  });

  it('restates intervals in days', () => {
    const plan = planLocalManager({ ...paper, reportIntervals: 5, intervalSeconds: 900 }, noLoss);
    assert.approximately(plan.capacityDays, 75 / 96, 1e-12);
    assert.deepEqual(
      plan.conditions.map(({ autonomyIntervals }) => autonomyIntervals),
      [5, 75, 80_000],
    );
  });

  it("predicts the worst loss of one burst in the paper's scheme, exactly", () => {
    for (let n = 1; n <= 8; n += 1) {
      for (let reportIntervals = 1; reportIntervals <= n; reportIntervals += 1) {
        for (let burstPackets = 1; burstPackets <= 14; burstPackets += 1) {
          const scheme = { ...paper, windowReadings: n, reportIntervals };
          assert.equal(
            riskOf(scheme, { ...noLoss, burstPackets }, 'paper'),
            worstLoss(n, reportIntervals, burstPackets, false, 0),
            `n ${n}, I ${reportIntervals}, b ${burstPackets}`,
          );
        }
      }
    }
  });

  it('predicts the worst loss of one burst with roll, exactly, for any report interval', () => {
    for (let n = 1; n <= 8; n += 1) {
      for (const reportIntervals of [1, 3, 8, 12]) {
        for (let burstPackets = 1; burstPackets <= 14; burstPackets += 1) {
          const scheme = { ...paper, windowReadings: n, reportIntervals };
          assert.equal(
            riskOf(scheme, { ...noLoss, burstPackets }, 'roll'),
            worstLoss(n, reportIntervals, burstPackets, true, 0),
            `n ${n}, I ${reportIntervals}, b ${burstPackets}`,
          );
        }
      }
    }
  });

  it("predicts the worst loss of one outage with backfill, exactly, from the meter's capacity", () => {
    for (const meterCapacity of [10, 20, 50]) {
      for (let burstPackets = 5; burstPackets <= 60; burstPackets += 1) {
        const loss = { burstPackets, outageIntervals: burstPackets + 1, meterCapacity };
        assert.equal(
          riskOf(paper, loss, 'backfill'),
          worstLoss(5, 1, burstPackets, true, meterCapacity),
          `capacity ${meterCapacity}, b ${burstPackets}`,
        );
      }
    }
  });

  it('loses nothing under seeded bursts wherever a condition holds, and what it predicts at the most elsewhere', () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const random = createRandom(seed, 'bursts');
      const n = 2 + random.below(8);
      const reportIntervals = 1 + random.below(n);
      const readings = 600;
      const lost = new Uint8Array(readings);
      let bursts = 0;
      let burstPackets = 0;
      for (let at = 40; at < readings - 60; at += 40 + random.below(60)) {
        const packets = 1 + random.below(12);
        lost.fill(1, at, at + packets);
        burstPackets = Math.max(burstPackets, packets);
        bursts += 1;
      }
      const air = { readings, lost: (reading: number) => lost[reading] === 1 };
      const scheme = { ...paper, windowReadings: n, reportIntervals };
      const loss = { burstPackets, outageIntervals: burstPackets + 1, meterCapacity: 30 };
      for (const [name, roll, meterCapacity] of [
        ['paper', false, 0] as const,
        ['roll', true, 0] as const,
        ['backfill', true, 30] as const,
      ]) {
        const missing = lostReadings({ windowReadings: n, reportIntervals, roll, meterCapacity }, air).length;
        assert.isAtMost(missing, bursts * riskOf(scheme, loss, name), `seed ${seed}, ${name}`);
      }
    }
  });

  it('warns and never refuses', () => {
    const plan = planLocalManager(
      { ...paper, dataBytes: 10 },
      { burstPackets: 9, outageIntervals: 10, meterCapacity: 3 },
    );
    assert.equal(plan.pages, 0);
    assert.equal(plan.capacityIntervals, 0);
    assert.lengthOf(plan.warnings, 4);
    assert.isEmpty(planLocalManager(paper, noLoss).warnings);
  });
});
