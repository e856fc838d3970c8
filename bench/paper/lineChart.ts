import * as echarts from 'echarts';
import { colours } from '../chart.js';

const width = 1080;
const panelHeight = 340;
const headHeight = 56;

export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
  /** Marks at the points; for lines of a few points. */
  readonly marked?: boolean;
}

export interface LinePanel {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly yMin: number;
  readonly yMax: number;
  readonly xMin: number;
  readonly xMax: number;
  readonly lines: readonly Line[];
}

/** Panels of lines beside each other, two in a row, each with a legend of its own. */
export function lineChart(title: string, panels: readonly LinePanel[]): string {
  const rows = Math.ceil(panels.length / 2);
  const height = headHeight + rows * panelHeight;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif', color: colours.text },
    title: [
      { text: title, left: 16, top: 12, textStyle: { fontSize: 17, color: colours.text } },
      ...panels.map((panel, index) => ({
        text: panel.title,
        left: place(index).left - 44,
        top: place(index).top - 44,
        textStyle: { fontSize: 13, color: colours.text },
      })),
    ],
    legend: panels.map((panel, index) => ({
      data: panel.lines.map(({ name }) => name),
      left: place(index).left - 48,
      top: place(index).top - 24,
      itemWidth: 22,
      itemHeight: 8,
      itemGap: 12,
      textStyle: { fontSize: 11, color: colours.text },
    })),
    grid: panels.map((_, index) => place(index)),
    xAxis: panels.map((panel, index) => axis(panel.xName, panel.xMin, panel.xMax, index, 26)),
    yAxis: panels.map((panel, index) => axis(panel.yName, panel.yMin, panel.yMax, index, 40)),
    series: panels.flatMap((panel, index) => panel.lines.map((line) => seriesOf(line, index))),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function place(index: number) {
  return {
    left: 64 + (index % 2) * (width / 2),
    top: headHeight + 48 + Math.floor(index / 2) * panelHeight,
    width: width / 2 - 96,
    height: panelHeight - 100,
  };
}

function axis(name: string, min: number, max: number, gridIndex: number, nameGap: number) {
  return {
    type: 'value',
    gridIndex,
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { fontSize: 11, color: colours.soft },
    min,
    max,
    axisLabel: { fontSize: 11, color: colours.text },
    splitLine: { lineStyle: { color: '#eaeef2' } },
    axisLine: { lineStyle: { color: '#d0d7de' } },
  };
}

function seriesOf(line: Line, index: number) {
  return {
    name: line.name,
    type: 'line',
    xAxisIndex: index,
    yAxisIndex: index,
    data: line.points,
    showSymbol: line.marked === true,
    symbol: 'circle',
    symbolSize: 5,
    clip: true,
    itemStyle: { color: line.colour },
    lineStyle: { color: line.colour, width: 2, type: line.dashed === true ? 'dashed' : 'solid' },
  };
}
