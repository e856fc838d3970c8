import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ImageReading } from '../../../../lib/limfs/inspect/report.js';

use([LineChart, GridComponent, LegendComponent, SVGRenderer]);

/** Colours are variables of the page, so that one picture serves light and dark. */
const ink = 'var(--ink)';
const faint = 'var(--faint)';
const axisStyle = {
  axisLabel: { color: ink, hideOverlap: true },
  axisLine: { lineStyle: { color: faint } },
  axisTick: { lineStyle: { color: faint } },
  splitLine: { lineStyle: { color: faint } },
};
const colours = ['closed', 'open', 'fixed', 'table', 'damaged', 'old'];
const mostPoints = 1500;

/** A line of a plot; a point without a value breaks it. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [timeSeconds: number, value: number | null])[];
}

export function lineOf(name: string, readings: readonly ImageReading[], channel: number, origin = 0): Line {
  const step = Math.max(1, Math.ceil(readings.length / mostPoints));
  const points = readings
    .filter((reading, at) => at % step === 0 || !reading.valid || at === readings.length - 1)
    .map(({ timeSeconds, valid, values }) => {
      const value = valid ? (values[channel] ?? null) : null;
      return [timeSeconds, value === null ? null : value - origin] as const;
    });
  return { name, points };
}

/** Lines over time as one picture. */
export function plotSvg(lines: readonly Line[], valueName: string): string {
  const named = lines.length > 1;
  const option: EChartsCoreOption = {
    animation: false,
    useUTC: true,
    textStyle: { color: ink },
    grid: { left: 90, right: 20, top: named ? 62 : 34, bottom: 30 },
    xAxis: { type: 'time', ...axisStyle, splitLine: { show: false } },
    yAxis: {
      type: 'value',
      scale: true,
      name: valueName,
      ...axisStyle,
      nameTextStyle: { color: ink, align: 'left', padding: [0, 0, 0, -82] },
    },
    ...(named
      ? { legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 14, itemHeight: 8 } }
      : {}),
    series: lines.map(({ name, points }, index) => ({
      type: 'line',
      name,
      showSymbol: points.length < 40,
      symbolSize: 4,
      data: points.map(([timeSeconds, value]) => [timeSeconds * 1000, value]),
      lineStyle: { width: 1.5 },
      itemStyle: { color: `var(--${colours[index % colours.length]})` },
    })),
  };
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 1180, height: 320 });
  chart.setOption(option);
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  // The picture does not move under the pointer, and rules of several pictures in one page would get mixed up.
  return svg.replace(/<style[\s\S]*?<\/style>/g, '').replace(/ (class|ecmeta_\w+)="[^"]*"/g, '');
}
