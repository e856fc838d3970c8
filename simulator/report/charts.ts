import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Account, Outcome, sum } from '../ledger/account.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { looks } from './grid.js';

use([BarChart, GridComponent, LegendComponent, SVGRenderer]);

/** Colours are variables of the page, so that one picture serves light and dark. */
const ink = 'var(--ink)';
const faint = 'var(--faint)';
const axisStyle = {
  axisLabel: { color: ink },
  axisLine: { lineStyle: { color: faint } },
  axisTick: { lineStyle: { color: faint } },
  splitLine: { lineStyle: { color: faint } },
};
const width = 580;

function svgOf(option: EChartsCoreOption, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { color: ink }, ...option });
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  // The picture does not move under the pointer, and rules of several pictures in one page would get mixed up.
  return svg.replace(/<style[\s\S]*?<\/style>/g, '').replace(/ (class|ecmeta_\w+)="[^"]*"/g, '');
}

interface Series {
  readonly name: string;
  readonly colour: string;
  readonly counts: readonly number[];
}

function bars(
  categories: readonly string[],
  series: readonly Series[],
  valueName: string,
  areStacked = true,
): string {
  return svgOf(
    {
      grid: { left: 60, right: 10, top: 62, bottom: 30 },
      legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 12, itemHeight: 12 },
      xAxis: {
        type: 'category',
        data: categories,
        ...axisStyle,
        axisLabel: { color: ink, interval: categories.length > 12 ? 'auto' : 0 },
      },
      yAxis: {
        type: 'value',
        name: valueName,
        ...axisStyle,
        nameTextStyle: { color: ink, align: 'left', padding: [0, 0, 0, -52] },
      },
      series: series.map(({ name, colour, counts }) => ({
        type: 'bar',
        ...(areStacked ? { stack: 'all' } : {}),
        name,
        data: counts,
        barCategoryGap: '20%',
        itemStyle: { color: `var(--${colour})` },
      })),
    },
    270,
  );
}

const delayLabels = [
  '< 5 min',
  '< 1 h',
  '< 2 h',
  '< 3 h',
  '< 6 h',
  '< 12 h',
  '< 1 day',
  '< 2 days',
  'longer',
];

/** How long readings were under way, in classes, by the way they took. */
export function delayChart({ delays }: NetworkResult): string {
  const series = (['direct', 'window', 'backfill'] as const).map((route) => ({
    name: looks.find(({ className }) => className === route)!.label,
    colour: route,
    counts: delays[route],
  }));
  return bars(delayLabels, series, 'readings');
}

/** Packets a day on all links: arrived and lost. */
export function trafficChart({ traffic, schedule }: NetworkResult): string {
  const days = Math.ceil((schedule.slots * schedule.intervalSeconds) / 86_400);
  const shown = Array.from({ length: days }, (_, day) => traffic[day] ?? { sent: 0, lost: 0, bytes: 0 });
  return bars(
    shown.map((_, day) => `${day + 1}`),
    [
      { name: 'arrived', colour: 'direct', counts: shown.map(({ sent, lost }) => Math.max(0, sent - lost)) },
      { name: 'lost', colour: 'lost', counts: shown.map(({ lost }) => lost) },
    ],
    'packets a day',
  );
}

/** Two values for each hour of a day, side by side. */
export function hoursChart(forecast: readonly number[], came: readonly number[]): string {
  return bars(
    forecast.map((_, hour) => `${hour}`),
    [
      { name: 'forecast', colour: 'direct', counts: forecast },
      { name: 'came', colour: 'window', counts: came },
    ],
    'kWh an hour',
    false,
  );
}

/** What became of all due readings, as one bar. */
export function accountBar({ account }: NetworkResult): string {
  const counts = countsByLook(account);
  const parts = looks.map(
    ({ className }) => `<i class="${className}" style="flex:${counts[className] ?? 0} 0 0"></i>`,
  );
  return `<div class="bar" role="img" aria-label="${account.due} due, ${sum(account.delivered)} delivered">${parts.join('')}</div>`;
}

/** The account by the looks of the grid. */
export function countsByLook({
  delivered,
  holes,
  cutInAppend,
  lost,
  pending,
}: Account): Record<string, number> {
  const { direct, window, backfill } = delivered;
  return { direct, window, backfill, hole: sum(holes), cut: cutInAppend, lost: sum(lost) + pending };
}

/** How often each outcome stands in some rows. */
export function countOutcomes(rows: readonly Uint8Array[]): number[] {
  const counts = new Array<number>(Object.keys(Outcome).length).fill(0);
  for (const row of rows) for (const outcome of row) counts[outcome]! += 1;
  return counts;
}
