import * as echarts from 'echarts';
import { number } from './number.js';
import type { RivalFigures } from './rivals.js';

const width = 1080;
const panelHeight = 280;
const headHeight = 64;
export const colours = {
  ours: '#0a7d5a',
  rawRing: '#4a6fa5',
  rival: '#b9bec6',
  text: '#24292f',
  soft: '#57606a',
};

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly value: (store: RivalFigures) => number;
  /** A larger value of the same kind, drawn as a mark on the same line. */
  readonly max?: (store: RivalFigures) => number;
  readonly axis: 'log' | 'value';
}

const panels: readonly Panel[] = [
  {
    title: 'Append: mean bus time (bar) and longest (line)',
    unit: 'µs',
    value: (store) => store.appendMicroseconds.mean,
    max: (store) => store.appendMicroseconds.max,
    axis: 'log',
  },
  { title: 'find(t): mean bus time', unit: 'µs', value: (store) => store.find.microseconds, axis: 'log' },
  { title: 'Mount: bus time', unit: 'µs', value: (store) => store.mount.microseconds, axis: 'log' },
  {
    title: 'Readings kept in 128 KiB (more is better; linear)',
    unit: '',
    value: (store) => store.readingsKept,
    axis: 'value',
  },
];

/** Four panels of horizontal bars, a store a bar. */
export function chartOf(stores: readonly RivalFigures[]): string {
  const height = headHeight + 2 * panelHeight;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif', color: colours.text },
    title: [
      {
        text: 'Hourly readings on a 128 KiB FRAM, 1 MHz I2C',
        left: 16,
        top: 12,
        textStyle: { fontSize: 17, color: colours.text },
        subtext: 'logarithmic axes but for the last',
        subtextStyle: { fontSize: 12, color: colours.soft },
        itemGap: 4,
      },
      ...panels.map((panel, index) => ({
        text: panel.title,
        left: place(index).left - labelWidth,
        top: place(index).top - 28,
        textStyle: { fontSize: 13, color: colours.text },
      })),
    ],
    grid: panels.map((_, index) => ({ ...place(index), containLabel: false })),
    xAxis: panels.map((panel, index) => ({ ...valueAxis(panel, stores), gridIndex: index })),
    yAxis: panels.map((_, index) => ({ ...nameAxis(stores), gridIndex: index })),
    series: panels.flatMap((panel, index) => seriesOf(panel, index, stores)),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const labelWidth = 216;

function place(index: number) {
  const column = index % 2;
  const row = Math.floor(index / 2);
  return {
    left: 16 + labelWidth + column * (width / 2),
    top: headHeight + 36 + row * panelHeight,
    width: width / 2 - labelWidth - 116,
    height: panelHeight - 60,
  };
}

function valueAxis(panel: Panel, stores: readonly RivalFigures[]) {
  const values = stores.map(panel.value);
  const largest = Math.max(...values, ...stores.map(panel.max ?? panel.value));
  const decades = {
    min: 10 ** Math.floor(Math.log10(Math.min(...values) / 2)),
    max: 10 ** Math.ceil(Math.log10(largest)),
  };
  return {
    type: panel.axis,
    ...(panel.axis === 'log' ? decades : { min: 0, max: largest }),
    axisLabel: { show: false },
    splitLine: { lineStyle: { color: '#eaeef2' } },
    axisLine: { show: false },
  };
}

function nameAxis(stores: readonly RivalFigures[]) {
  return {
    type: 'category',
    inverse: true,
    data: stores.map(({ name }) => name),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: '#d0d7de' } },
    axisLabel: { fontSize: 11, color: colours.text, width: labelWidth - 12, overflow: 'truncate' },
  };
}

function seriesOf(panel: Panel, index: number, stores: readonly RivalFigures[]) {
  const axes = { xAxisIndex: index, yAxisIndex: index };
  const label = (store: RivalFigures) => {
    const mean = number(panel.value(store));
    return panel.max === undefined
      ? `${mean} ${panel.unit}`.trim()
      : `${mean} / ${number(panel.max(store))} ${panel.unit}`;
  };
  const labels = {
    show: true,
    position: 'right',
    fontSize: 11,
    color: colours.text,
    formatter: ({ dataIndex }: { dataIndex: number }) => label(stores[dataIndex]!),
  };
  const bars = {
    ...axes,
    type: 'bar',
    barWidth: '58%',
    data: stores.map((store, place) => ({
      value: panel.value(store),
      itemStyle: { color: place === 0 ? colours.ours : place === 1 ? colours.rawRing : colours.rival },
    })),
    ...(panel.max === undefined ? { label: labels } : {}),
  };
  if (panel.max === undefined) return [bars];
  const marks = {
    ...axes,
    type: 'scatter',
    symbol: 'rect',
    symbolSize: [2, 14],
    itemStyle: { color: colours.soft },
    data: stores.map((store, place) => [panel.max!(store), place]),
    label: labels,
  };
  return [bars, marks];
}
