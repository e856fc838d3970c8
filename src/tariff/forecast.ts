import type { RegisterValue } from './consumption.js';

/** Consumption of each hour from a full hour on; undefined where a reading at one of its ends is missing. */
export type Hours = readonly (number | undefined)[];

export const DAY_HOURS = 24;
const hourSeconds = 3600;
const weekDays = 7;

/** How far forecasts were from what came. */
export interface ForecastError {
  /** Hours that could be compared. */
  readonly hours: number;
  /** Mean of the distances, and of what came. */
  readonly meanError: number;
  readonly meanConsumption: number;
}

/** Hourly consumption by differences of the register; readings at other times than full hours are passed over. */
export function hoursOf(values: readonly RegisterValue[], firstSeconds: number, count: number): Hours {
  const at = new Map(values.map(({ timeSeconds, value }) => [timeSeconds, value]));
  return Array.from({ length: count }, (_, hour) => {
    const before = at.get(firstSeconds + hour * hourSeconds);
    const after = at.get(firstSeconds + (hour + 1) * hourSeconds);
    if (before === undefined || after === undefined || after < before) return undefined;
    return after - before;
  });
}

/**
 * The day that begins at an hour, from the hours before it: the mean of the same hour of the same weekday in the past
 * weeks, or of the same hour of any day in them as long as that weekday has not been seen; undefined: nothing is known.
 */
export function forecastDay(hours: Hours, begin: number, weeks: number): (number | undefined)[] {
  return Array.from({ length: DAY_HOURS }, (_, hour) => {
    const at = begin + hour;
    return meanBack(hours, at, begin, weekDays, weeks) ?? meanBack(hours, at, begin, 1, weekDays * weeks);
  });
}

/** Like yesterday: what a forecast has to be better than. */
export function sameAsDayBefore(hours: Hours, begin: number): (number | undefined)[] {
  return Array.from({ length: DAY_HOURS }, (_, hour) => hours[begin + hour - DAY_HOURS]);
}

/** Compares what was forecast for some hours with what came, hour by hour, where both are known. */
export function errorOf(forecast: Hours, came: Hours): ForecastError {
  let compared = 0;
  let distance = 0;
  let consumption = 0;
  forecast.forEach((expected, hour) => {
    const real = came[hour];
    if (expected === undefined || real === undefined) return;
    compared += 1;
    distance += Math.abs(expected - real);
    consumption += real;
  });
  const mean = (sum: number) => (compared === 0 ? 0 : sum / compared);
  return { hours: compared, meanError: mean(distance), meanConsumption: mean(consumption) };
}

/** Mean over so many of the days before `begin` at the hour of `at`, every `stepDays`. */
function meanBack(
  hours: Hours,
  at: number,
  begin: number,
  stepDays: number,
  count: number,
): number | undefined {
  let known = 0;
  let sum = 0;
  for (let back = 1; back <= count; back += 1) {
    const from = at - back * stepDays * DAY_HOURS;
    const one = from < begin ? hours[from] : undefined;
    if (one === undefined) continue;
    known += 1;
    sum += one;
  }
  return known === 0 ? undefined : sum / known;
}
