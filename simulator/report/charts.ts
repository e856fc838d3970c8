import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { sum } from '../ledger/ledger.js';
import type { WorldResult } from '../world/world.js';
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

function stackedBars(categories: readonly string[], series: readonly Series[], valueName: string): string {
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
        stack: 'all',
        name,
        data: counts,
        barCategoryGap: '20%',
        itemStyle: { color: `var(--${colour})` },
      })),
    },
    270,
  );
}

/** Classes of delays by their upper limits. */
const delayClasses: readonly [label: string, belowSeconds: number][] = [
  ['< 10 s', 10],
  ['< 1 min', 60],
  ['< 1 h', 3_600],
  ['< 3 h', 10_800],
  ['< 6 h', 21_600],
  ['< 12 h', 43_200],
  ['< 1 day', 86_400],
  ['< 2 days', 172_800],
  ['longer', Number.POSITIVE_INFINITY],
];

/** How long readings were under way, in classes, by the way they took. */
export function delayChart({ delaysSeconds }: WorldResult): string {
  const series = (['direct', 'window', 'backfill'] as const).map((route) => {
    const counts = delayClasses.map(() => 0);
    for (const delay of delaysSeconds[route]) {
      counts[delayClasses.findIndex(([, below]) => delay < below)]!++;
    }
    return { name: looks.find(({ className }) => className === route)!.label, colour: route, counts };
  });
  return stackedBars(
    delayClasses.map(([label]) => label),
    series,
    'readings',
  );
}

/** Packets a day: arrived and lost. */
export function trafficChart({ traffic }: WorldResult): string {
  return stackedBars(
    traffic.map((_, day) => `${day + 1}`),
    [
      { name: 'arrived', colour: 'direct', counts: traffic.map(({ sent, lost }) => sent - lost) },
      { name: 'lost', colour: 'lost', counts: traffic.map(({ lost }) => lost) },
    ],
    'packets a day',
  );
}

/** What became of all due readings, as one bar. */
export function accountBar({ account, outcomes }: WorldResult): string {
  const counts = new Map<string, number>();
  for (const row of outcomes) for (const outcome of row) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = looks.map(({ outcomes: shown, className }) => {
    const part = shown.reduce((total, outcome) => total + (counts.get(outcome) ?? 0), 0);
    return `<i class="${className}" style="flex:${part} 0 0"></i>`;
  });
  return `<div class="bar" role="img" aria-label="${account.due} due, ${sum(account.delivered)} delivered">${parts.join('')}</div>`;
}
