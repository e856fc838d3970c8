import { totalOf } from '../../src/tariff/consumption.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { hoursChart } from './charts.js';
import { table } from './deviceTables.js';
import { escapeHtml, grouped } from './facts.js';
import { exampleTariff, type House, type Houses, housesOf, unsplitShare } from './houses.js';

/** What the server makes of the registers: consumption by tariff period, costs, savings, forecasts. */
export function housesSection(result: NetworkResult): string {
  const all = housesOf(result);
  const prices = exampleTariff.periods.map(({ name, price }) => `${name} ${price}`).join(', ');
  return `<h2>What the houses used</h2>
<p>${kilowattHours(totalOf(all.consumption))} kWh for ${range(all.cost.least, all.cost.most)}, by a time-of-use tariff (cents a kWh: ${prices}; night is 22 to 6
and Sunday, peak the evening of winter weekdays). Splitting goes by differences of the register only: ${percent(unsplitShare(all.consumption))} lay between
two readings with a boundary of the tariff in between, because the readings at it are holes. It is never shared out, so a cost
may be a range.</p>
${forecastPart(all)}
<details><summary>House by house</summary>${housesTable(all.houses)}</details>`;
}

/** The same in short, for a terminal. */
export function housesText(result: NetworkResult): string[] {
  const { consumption, cost, forecastError, houses, dayBeforeError } = housesOf(result);
  const lines = [
    `By tariff the ${houses.length} houses used ${kilowattHours(totalOf(consumption))} kWh for ${range(cost.least, cost.most)}; holes keep ${percent(unsplitShare(consumption))} from being split.`,
  ];
  if (!Number.isNaN(forecastError)) {
    lines.push(
      `A forecast hour of a house was off by ${percent(forecastError)}, the day before by ${percent(dayBeforeError)}.`,
    );
  }
  return lines;
}

function forecastPart({ houses, forecastError, dayBeforeError }: Houses): string {
  if (Number.isNaN(forecastError)) return '';
  const sums = (hours: (house: House) => House['came']) =>
    Array.from({ length: 24 }, (_, hour) =>
      Number(
        (houses.reduce((total, house) => total + bothKnown(house, hours(house), hour), 0) / 1000).toFixed(2),
      ),
    );
  return `<p>The last day of all houses together, as forecast the evening before (the mean of the same hour of the same weekday in the past
weeks) and as it came. Over all days and houses a single hour was off by ${percent(forecastError)}; taking the day before would have been off by ${percent(dayBeforeError)}.</p>
<div class="columns"><section>${hoursChart(
    sums(({ forecast }) => forecast),
    sums(({ came }) => came),
  )}</section></div>`;
}

/** An hour counts in both sums or in none. */
function bothKnown({ forecast, came }: House, hours: House['came'], hour: number): number {
  return forecast[hour] === undefined || came[hour] === undefined ? 0 : hours[hour]!;
}

function housesTable(houses: readonly House[]): string {
  const head = [
    'house',
    ...exampleTariff.periods.map(({ name }) => `${name}, kWh`),
    'between, kWh',
    'cost',
    'forecast, kWh',
    'came, kWh',
    'saved in the last week',
  ];
  const rows = houses.map((house) => {
    const { consumption, cost, saving } = house;
    const unsplit = consumption.unsplit.reduce((total, one) => total + one.consumption, 0);
    const day = (hours: House['came']) =>
      hours.reduce<number>((total, _, hour) => total + bothKnown(house, hours, hour), 0);
    return [
      escapeHtml(house.name),
      ...consumption.byPeriod.map(kilowattHours),
      kilowattHours(unsplit),
      range(cost.least, cost.most),
      kilowattHours(day(house.forecast)),
      kilowattHours(day(house.came)),
      saving === undefined ? '' : range(saving.least, saving.most),
    ];
  });
  return table(head, rows);
}

function kilowattHours(wattHours: number): string {
  return grouped((wattHours / 1000).toFixed(1));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** An amount of money, or from what to what it may be. */
function range(leastCents: number, mostCents: number): string {
  return leastCents === mostCents ? money(leastCents) : `${money(leastCents)} to ${money(mostCents)}`;
}

function money(cents: number): string {
  return `${cents < 0 ? '-' : ''}$${grouped((Math.abs(cents) / 100).toFixed(2))}`;
}
