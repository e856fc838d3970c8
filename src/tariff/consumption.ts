import { periodsBetween, type Tariff } from './tariff.js';

/** What a register showed at a time; holes are left out. */
export interface RegisterValue {
  readonly timeSeconds: number;
  /** In the register's unit: watt hours. */
  readonly value: number;
}

/** Consumption between two neighbouring readings, with a boundary of periods between them: nobody knows its share. */
export interface Unsplit {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly consumption: number;
  /** The periods that it may belong to. */
  readonly periods: readonly number[];
}

/** The consumption of one house by period of a tariff. All of it together is what the register moved. */
export interface Consumption {
  /** Surely in each period. */
  readonly byPeriod: number[];
  readonly unsplit: Unsplit[];
  /** Times at which the register went back: it was changed, or was wrong. What was used since the reading before is not known. */
  readonly backwardSeconds: number[];
}

/** From what to what a cost may be, in the smallest unit of the currency. */
export interface Cost {
  readonly least: number;
  readonly most: number;
}

/**
 * Splits what a register moved by the periods of a tariff, by differences of the register alone: between two readings
 * in one period it is sure, even if readings between them are missing; over a boundary it is called unsplit and is
 * never shared out. `values` are in ascending order of time.
 */
export function splitByPeriod(values: readonly RegisterValue[], tariff: Tariff): Consumption {
  const byPeriod = tariff.periods.map(() => 0);
  const unsplit: Unsplit[] = [];
  const backwardSeconds: number[] = [];
  for (let index = 1; index < values.length; index += 1) {
    const from = values[index - 1]!;
    const to = values[index]!;
    const consumption = to.value - from.value;
    if (consumption < 0) {
      backwardSeconds.push(to.timeSeconds);
      continue;
    }
    if (consumption === 0) continue;
    const periods = periodsBetween(tariff, from.timeSeconds, to.timeSeconds);
    if (periods.length === 1) byPeriod[periods[0]!]! += consumption;
    else unsplit.push({ fromSeconds: from.timeSeconds, toSeconds: to.timeSeconds, consumption, periods });
  }
  return { byPeriod, unsplit, backwardSeconds };
}

/** The consumption of a house whose meter was replaced: that of its meters together. */
export function together(parts: readonly Consumption[], tariff: Tariff): Consumption {
  return {
    byPeriod: tariff.periods.map((_, period) =>
      parts.reduce((total, { byPeriod }) => total + byPeriod[period]!, 0),
    ),
    unsplit: parts.flatMap(({ unsplit }) => unsplit),
    backwardSeconds: parts.flatMap(({ backwardSeconds }) => backwardSeconds),
  };
}

export function totalOf({ byPeriod, unsplit }: Consumption): number {
  const sure = byPeriod.reduce((total, one) => total + one, 0);
  return unsplit.reduce((total, { consumption }) => total + consumption, sure);
}

/** What it costs: one sum when all of it could be split. */
export function costOf({ byPeriod, unsplit }: Consumption, { periods }: Tariff): Cost {
  const priceOf = (period: number) => periods[period]!.price / 1000;
  const sure = byPeriod.reduce((total, consumption, period) => total + consumption * priceOf(period), 0);
  const boundary = (choose: (...prices: number[]) => number) =>
    unsplit.reduce(
      (total, one) => total + one.consumption * choose(...one.periods.map((period) => priceOf(period))),
      sure,
    );
  return { least: boundary(Math.min), most: boundary(Math.max) };
}

/** What a house used less in one stretch of time than in another: from what to what the saving may be. */
export function savingOf(before: Cost, after: Cost): Cost {
  return { least: before.least - after.most, most: before.most - after.least };
}
