import { localTime, nextLocalHour, type TimeZone } from './calendar.js';

/** When a period of a tariff applies: what is left out applies always. */
export interface TariffRule {
  /** Index into the tariff's periods. */
  readonly period: number;
  /** 1..12. */
  readonly months?: readonly number[];
  /** 0: Monday. */
  readonly weekdays?: readonly number[];
  /** Full local hours, `from` included and `to` not; over midnight when `from` is the larger. */
  readonly hours?: { readonly from: number; readonly to: number };
}

export interface TariffPeriod {
  readonly name: string;
  /** Of a kilowatt hour, in the smallest unit of the currency. */
  readonly price: number;
}

/** Time of use: the first rule that applies names the period, and the first period is for the rest. */
export interface Tariff {
  readonly name: string;
  readonly zone: TimeZone;
  readonly periods: readonly TariffPeriod[];
  readonly rules: readonly TariffRule[];
}

/** The period that applies from this second on: an index. */
export function periodAt({ zone, rules }: Tariff, timeSeconds: number): number {
  const { month, weekday, hour } = localTime(zone, timeSeconds);
  const rule = rules.find(
    ({ months, weekdays, hours }) =>
      (months === undefined || months.includes(month)) &&
      (weekdays === undefined || weekdays.includes(weekday)) &&
      (hours === undefined || isWithin(hour, hours)),
  );
  return rule?.period ?? 0;
}

/** All periods that apply at some time of [from, to), in ascending order: one, if there is no boundary in between. */
export function periodsBetween(tariff: Tariff, fromSeconds: number, toSeconds: number): number[] {
  const found = new Set([periodAt(tariff, fromSeconds)]);
  let time = nextLocalHour(tariff.zone, fromSeconds);
  while (time < toSeconds && found.size < tariff.periods.length) {
    found.add(periodAt(tariff, time));
    time = nextLocalHour(tariff.zone, time);
  }
  return [...found].sort((a, b) => a - b);
}

function isWithin(hour: number, { from, to }: { from: number; to: number }): boolean {
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}
