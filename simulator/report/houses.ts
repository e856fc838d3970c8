import { Status } from '../../lib/limfs/index.js';
import {
  type Consumption,
  type Cost,
  costOf,
  type RegisterValue,
  savingOf,
  splitByPeriod,
  together,
  totalOf,
} from '../../src/tariff/consumption.js';
import {
  DAY_HOURS,
  errorOf,
  forecastDay,
  type Hours,
  hoursOf,
  sameAsDayBefore,
} from '../../src/tariff/forecast.js';
import type { Tariff } from '../../src/tariff/tariff.js';
import type { StoreBook } from '../ledger/storeBook.js';
import { devicesOf } from '../topology/topology.js';
import type { NetworkResult } from '../world/networkWorld.js';

/** An example of a time-of-use tariff; readings of a run are taken to be in local time, UTC. */
export const exampleTariff: Tariff = Object.freeze({
  name: 'time of use',
  zone: [],
  periods: [
    { name: 'day', price: 30 },
    { name: 'night', price: 22 },
    { name: 'peak', price: 45 },
  ],
  rules: [
    { period: 2, months: [11, 12, 1, 2], weekdays: [0, 1, 2, 3, 4], hours: { from: 17, to: 20 } },
    { period: 1, hours: { from: 22, to: 6 } },
    { period: 1, weekdays: [6] },
  ],
});

/** What the server can tell a house from the registers that it got. */
export interface House {
  readonly name: string;
  readonly consumption: Consumption;
  readonly cost: Cost;
  /** The last week against the one before; undefined in a shorter run. */
  readonly saving: Cost | undefined;
  /** The run's last day: what was forecast for it, and what came, hour by hour. */
  readonly forecast: Hours;
  readonly came: Hours;
}

export interface Houses {
  readonly houses: readonly House[];
  readonly consumption: Consumption;
  readonly cost: Cost;
  /** Mean distance between forecast and what came, of all days, as a share of what came; NaN: none was possible. */
  readonly forecastError: number;
  /** The same with each day taken to be like the one before. */
  readonly dayBeforeError: number;
}

const hourSeconds = 3600;
const daySeconds = 86_400;
const weekSeconds = 7 * daySeconds;
const forecastWeeks = 4;
/** A reading that says to be from later than it arrived has a wrong time. */
const clockSeconds = 60;
const notBelieved = Status.readingError | Status.timeIncorrect | Status.nullData | Status.timeSinceBoot;

export function housesOf(result: NetworkResult): Houses {
  const { schedule } = result;
  const firstSeconds = Math.ceil(schedule.firstTimeSeconds / hourSeconds) * hourSeconds;
  const seconds = schedule.firstTimeSeconds + (schedule.slots - 1) * schedule.intervalSeconds - firstSeconds;
  const hourCount = Math.max(0, Math.floor(seconds / hourSeconds));
  const lastDay = (Math.floor(hourCount / DAY_HOURS) - 1) * DAY_HOURS;
  const errors = new ErrorSums();
  const houses = devicesOf(result.options.topology, 'meter').map((place): House => {
    const meters = metersAt(result, place);
    const hours = addHours(meters.map((values) => hoursOf(values, firstSeconds, hourCount)));
    for (let begin = DAY_HOURS; begin <= lastDay; begin += DAY_HOURS) errors.add(hours, begin);
    const consumption = consumptionOf(meters);
    return {
      name: result.options.topology.devices[place]!.name,
      consumption,
      cost: costOf(consumption, exampleTariff),
      saving: savingOfLastWeek(meters, firstSeconds + hourCount * hourSeconds, firstSeconds),
      forecast: lastDay > 0 ? forecastDay(hours, lastDay, forecastWeeks) : [],
      came: lastDay > 0 ? hours.slice(lastDay, lastDay + DAY_HOURS) : [],
    };
  });
  const consumption = together(
    houses.map((house) => house.consumption),
    exampleTariff,
  );
  return {
    houses,
    consumption,
    cost: costOf(consumption, exampleTariff),
    forecastError: errors.forecast / errors.came,
    dayBeforeError: errors.dayBefore / errors.came,
  };
}

/** The share of the consumption that holes keep from being split. */
export function unsplitShare(consumption: Consumption): number {
  const unsplit = consumption.unsplit.reduce((total, one) => total + one.consumption, 0);
  return unsplit / Math.max(1, totalOf(consumption));
}

/** Distances of forecasts from what came, in watt hours, over the hours where both ways can be compared. */
class ErrorSums {
  forecast = 0;
  dayBefore = 0;
  came = 0;

  add(hours: Hours, begin: number): void {
    const came = hours.slice(begin, begin + DAY_HOURS);
    const dayBefore = sameAsDayBefore(hours, begin);
    const forecast = forecastDay(hours, begin, forecastWeeks).map((one, hour) =>
      dayBefore[hour] === undefined ? undefined : one,
    );
    const error = errorOf(forecast, came);
    const naive = errorOf(
      dayBefore.map((one, hour) => (forecast[hour] === undefined ? undefined : one)),
      came,
    );
    this.forecast += error.meanError * error.hours;
    this.dayBefore += naive.meanError * naive.hours;
    this.came += error.meanConsumption * error.hours;
  }
}

/** The registers of all meters that were ever at a place, as the server has them. */
function metersAt({ devices }: NetworkResult, place: number): RegisterValue[][] {
  return devices.meters
    .filter((meter) => meter.place === place)
    .map(({ device }) => valuesOf(devices.book.of(device.storeId)));
}

/** In order of time; what has no time to be believed is left out. */
function valuesOf(book: StoreBook): RegisterValue[] {
  const values: RegisterValue[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (let sequence = 0; sequence < book.end; sequence += 1) {
    if (!book.has(sequence)) continue;
    const {
      status,
      values: [value],
      timeSeconds,
      arrivalSeconds,
    } = book.first(sequence);
    const isPast = timeSeconds > last && timeSeconds <= arrivalSeconds + clockSeconds;
    if (value === undefined || !isPast || (status & notBelieved) !== 0) continue;
    values.push({ timeSeconds, value });
    last = timeSeconds;
  }
  return values;
}

function consumptionOf(meters: readonly RegisterValue[][]): Consumption {
  return together(
    meters.map((values) => splitByPeriod(values, exampleTariff)),
    exampleTariff,
  );
}

function savingOfLastWeek(
  meters: readonly RegisterValue[][],
  endSeconds: number,
  firstSeconds: number,
): Cost | undefined {
  const begin = endSeconds - weekSeconds;
  if (begin - weekSeconds < firstSeconds) return undefined;
  const costBetween = (from: number, to: number) => {
    const cut = meters.map((values) =>
      values.filter(({ timeSeconds }) => timeSeconds >= from && timeSeconds <= to),
    );
    return costOf(consumptionOf(cut), exampleTariff);
  };
  return savingOf(costBetween(begin - weekSeconds, begin), costBetween(begin, endSeconds));
}

/** An hour is known if one meter of the house knows it. */
function addHours(meters: readonly Hours[]): Hours {
  return meters.reduce((all, one) => all.map((hour, index) => hour ?? one[index]));
}
