import { existsSync } from 'node:fs';
import { assert } from 'chai';
import { generateReadings } from '../../../simulator/readings/generator.js';
import { loadReadings } from '../../../simulator/readings/load.js';
import type { RegisterSource } from '../../../simulator/readings/registerSource.js';
import type { RegisterValue } from '../../../src/tariff/consumption.js';
import {
  DAY_HOURS,
  errorOf,
  forecastDay,
  type Hours,
  hoursOf,
  sameAsDayBefore,
} from '../../../src/tariff/forecast.js';

const registers = '../shared/data/series/sgsc_hourly_register.csv';
const weeks = 4;
const week = 7 * DAY_HOURS;

function valuesOf(source: RegisterSource, meter: number): RegisterValue[] {
  return Array.from({ length: source.slots }, (_, slot) => ({
    timeSeconds: source.firstTimeSeconds + slot * 3600,
    value: source.value(meter, slot),
  })).filter((one): one is RegisterValue => one.value !== undefined);
}

/** Mean error of all houses and days behind the first four weeks, as a share of what was used. */
function shareOf(source: RegisterSource, forecast: (hours: Hours, begin: number) => Hours): number {
  let error = 0;
  let used = 0;
  source.meters.forEach((_, meter) => {
    const hours = hoursOf(valuesOf(source, meter), source.firstTimeSeconds, source.slots - 1);
    for (let begin = weeks * week; begin + DAY_HOURS <= hours.length; begin += DAY_HOURS) {
      const one = errorOf(forecast(hours, begin), hours.slice(begin, begin + DAY_HOURS));
      error += one.meanError * one.hours;
      used += one.meanConsumption * one.hours;
    }
  });
  return error / used;
}

describe('A forecast of the next day', () => {
  const steady = Array.from({ length: 5 * week }, (_, hour) => 100 + (hour % week));

  it('is exact for people who do every week the same', () => {
    for (let begin = week; begin < steady.length; begin += DAY_HOURS) {
      assert.deepEqual(forecastDay(steady, begin, weeks), steady.slice(begin, begin + DAY_HOURS));
    }
  });

  it('takes other days as long as it has not seen the weekday, and says nothing without any', () => {
    const known = steady.slice(0, 2 * DAY_HOURS);
    assert.equal(forecastDay(known, 2 * DAY_HOURS, weeks)[0], (100 + 100 + DAY_HOURS) / 2);
    assert.isUndefined(forecastDay([], 0, weeks)[0]);
  });

  it('looks at nothing that comes later', () => {
    const changed = [...steady];
    changed.fill(9999, week);
    assert.deepEqual(forecastDay(changed, week, weeks), forecastDay(steady, week, weeks));
  });

  it('guesses no hour from readings that are missing', () => {
    const at = (hours: number, value: number) => ({ timeSeconds: 3600 * hours, value });
    assert.deepEqual(hoursOf([at(0, 5), at(1, 7), at(3, 20), at(4, 19)], 0, 4), [
      2,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(errorOf([10, undefined, 5], [4, 3, undefined]), {
      hours: 1,
      meanError: 6,
      meanConsumption: 4,
    });
  });

  it('is better than the day before for generated households', () => {
    const source = generateReadings({ seed: 3, meters: 12, slots: 24 * 70 });
    const own = shareOf(source, (hours, begin) => forecastDay(hours, begin, weeks));
    const naive = shareOf(source, sameAsDayBefore);
    assert.isBelow(own, 0.95 * naive);
    assert.isBelow(own, 0.8);
  });

  it('is better than the day before for real households', async () => {
    if (!existsSync(registers)) {
      console.warn(`      ${registers} is absent: only generated readings were forecast`);
      return;
    }
    const source = await loadReadings(registers);
    const own = shareOf(source, (hours, begin) => forecastDay(hours, begin, weeks));
    const naive = shareOf(source, sameAsDayBefore);
    assert.isBelow(own, naive);
  });
});
