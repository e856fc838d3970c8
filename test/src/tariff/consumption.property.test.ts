import { assert } from 'chai';
import fc from 'fast-check';
import {
  costOf,
  type RegisterValue,
  savingOf,
  splitByPeriod,
  together,
  totalOf,
} from '../../../src/tariff/consumption.js';
import { periodAt, type Tariff } from '../../../src/tariff/tariff.js';

const hour = 3600;
/** 2025-01-06, a Monday, 0:00 UTC. */
const monday = 1_736_121_600;

const tariff: Tariff = {
  name: 'day, night and winter evenings',
  zone: [
    { fromSeconds: 0, offsetSeconds: 3600 },
    { fromSeconds: Date.parse('2025-03-30T01:00:00Z') / 1000, offsetSeconds: 7200 },
  ],
  periods: [
    { name: 'day', price: 30 },
    { name: 'night', price: 20 },
    { name: 'peak', price: 50 },
  ],
  rules: [
    { period: 2, months: [11, 12, 1, 2], weekdays: [0, 1, 2, 3, 4], hours: { from: 17, to: 20 } },
    { period: 1, hours: { from: 22, to: 6 } },
    { period: 1, weekdays: [6] },
  ],
};

interface House {
  readonly firstSeconds: number;
  readonly steps: readonly number[];
  readonly isKept: readonly boolean[];
}

const houses: fc.Arbitrary<House> = fc
  .record({
    // From winter into summer, so that season and summer time change in some.
    firstHour: fc.integer({ min: 0, max: 120 * 24 }),
    steps: fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }),
    seed: fc.integer(),
  })
  .chain(({ firstHour, steps }) =>
    fc
      .array(fc.boolean(), { minLength: steps.length + 1, maxLength: steps.length + 1 })
      .map((isKept) => ({ firstSeconds: monday + firstHour * hour, steps, isKept })),
  );

function registerOf({ firstSeconds, steps }: House): RegisterValue[] {
  let value = 1_000_000;
  return [0, ...steps].map((step, index) => {
    value += step;
    return { timeSeconds: firstSeconds + index * hour, value };
  });
}

function keptOf(house: House): RegisterValue[] {
  return registerOf(house).filter((_, index) => house.isKept[index]);
}

/** What each period used, hour by hour, of the hours between two times. */
function truthOf(house: House, from: number, to: number): number[] {
  const used = tariff.periods.map(() => 0);
  house.steps.forEach((step, index) => {
    const time = house.firstSeconds + index * hour;
    if (time >= from && time < to) used[periodAt(tariff, time)]! += step;
  });
  return used;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe('Consumption by tariff period', () => {
  it('is together what the register moved, whatever is missing', () => {
    fc.assert(
      fc.property(houses, (house) => {
        const kept = keptOf(house);
        const moved = kept.length === 0 ? 0 : kept.at(-1)!.value - kept[0]!.value;
        assert.equal(totalOf(splitByPeriod(kept, tariff)), moved);
      }),
    );
  });

  it('gives no period more than it surely used, and holds back no more than may be its', () => {
    fc.assert(
      fc.property(houses, (house) => {
        const kept = keptOf(house);
        if (kept.length < 2) return;
        const split = splitByPeriod(kept, tariff);
        const truth = truthOf(house, kept[0]!.timeSeconds, kept.at(-1)!.timeSeconds);
        truth.forEach((used, period) => {
          const sure = split.byPeriod[period]!;
          const open = split.unsplit.filter(({ periods }) => periods.includes(period));
          assert.isAtMost(sure, used);
          assert.isAtLeast(sure + sum(open.map(({ consumption }) => consumption)), used);
        });
        const trueCost = sum(truth.map((used, period) => (used * tariff.periods[period]!.price) / 1000));
        const { least, most } = costOf(split, tariff);
        assert.isAtMost(least, trueCost + 1e-6);
        assert.isAtLeast(most, trueCost - 1e-6);
      }),
    );
  });

  it('is sure to the last watt hour when nothing is missing', () => {
    fc.assert(
      fc.property(houses, (house) => {
        const all = registerOf(house);
        const split = splitByPeriod(all, tariff);
        assert.isEmpty(split.unsplit);
        assert.deepEqual(split.byPeriod, truthOf(house, all[0]!.timeSeconds, all.at(-1)!.timeSeconds));
        const { least, most } = costOf(split, tariff);
        assert.equal(least, most);
      }),
    );
  });

  it('is sure over a hole inside of one period, and unsplit over a boundary', () => {
    const at = (hours: number, value: number) => ({ timeSeconds: monday + hours * hour, value });
    // 8:00 to 15:00 local time, then to 19:00: peak begins at 17:00.
    const split = splitByPeriod([at(7, 100), at(14, 800), at(18, 1400)], tariff);
    assert.deepEqual(split.byPeriod, [700, 0, 0]);
    assert.lengthOf(split.unsplit, 1);
    assert.deepEqual(split.unsplit[0]!.periods, [0, 2]);
    assert.equal(split.unsplit[0]!.consumption, 600);
    assert.deepEqual(costOf(split, tariff), { least: 21 + 18, most: 21 + 30 });
  });

  it('says when a register went back, and counts on from there', () => {
    const values = [100, 300, 50, 60].map((value, index) => ({ timeSeconds: monday + index * hour, value }));
    const split = splitByPeriod(values, tariff);
    assert.equal(totalOf(split), 210);
    assert.deepEqual(split.backwardSeconds, [monday + 2 * hour]);
  });

  it('adds up over the meters of a house, and compares two stretches of time within what is sure', () => {
    const at = (hours: number, value: number) => ({ timeSeconds: monday + hours * hour, value });
    const first = splitByPeriod([at(8, 0), at(9, 1000)], tariff);
    const second = splitByPeriod([at(15, 0), at(17, 500)], tariff);
    const both = together([first, second], tariff);
    assert.deepEqual(both.byPeriod, [1000, 0, 0]);
    assert.equal(totalOf(both), 1500);
    assert.deepEqual(savingOf(costOf(first, tariff), costOf(second, tariff)), {
      least: 30 - 25,
      most: 30 - 15,
    });
  });
});
