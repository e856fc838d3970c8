import { colours } from '../chart.js';
import type { BlockTimes } from './blockTime.js';
import type { PaperFigures, RecoveryRow } from './figures.js';
import { type LinePanel, lineChart } from './lineChart.js';
import { targets } from './targets.js';

const shades = ['#0a7d5a', '#4a6fa5', '#b5651d', '#8a4f9e', '#c0392b'];
const limit = '#c0392b';

/** Bus time of a block against its size, and the same as a share of a raw transfer. */
export function figure8Chart(figure8: readonly BlockTimes[]): string {
  const line = (name: string, colour: string, value: (row: BlockTimes) => number, dashed = false) => ({
    name,
    colour,
    dashed,
    points: figure8.map((row) => [row.blockSize, value(row)] as const),
  });
  const target = (name: string, ratio: number) => ({
    name,
    colour: limit,
    dashed: true,
    points: [
      [targets.fromBytes, ratio],
      [100, ratio],
    ] as const,
  });
  const sizes = { xName: 'block, bytes', xMin: 0, xMax: 100 };
  return lineChart('Block read and write time in the paper’s layout (its Figure 8), FM24V10 at 1 MHz', [
    {
      ...sizes,
      title: 'Reading a block by its time',
      yName: 'bus time, µs',
      yMin: 0,
      yMax: 1800,
      lines: [
        line('without a file system', colours.rawRing, ({ rawReadMicroseconds }) => rawReadMicroseconds),
        line('PVT entry in RAM', colours.ours, ({ warmMicroseconds }) => warmMicroseconds),
        line('first search after a mount', colours.soft, ({ coldMicroseconds }) => coldMicroseconds),
      ],
    },
    {
      ...sizes,
      title: 'Through the file system, divided by a raw transfer',
      yName: 'ratio',
      yMin: 1,
      yMax: 1.8,
      lines: [
        line('read, PVT entry in RAM', colours.ours, ({ warm }) => warm),
        line('write, mean of a lap', colours.rawRing, ({ write }) => write),
        target('read, aim', targets.warm),
        target('write, aim', targets.write),
      ],
    },
  ]);
}

function recoveryPanel(
  title: string,
  rows: readonly RecoveryRow[],
  scheme: 'paper' | 'roll' | 'backfill',
): LinePanel {
  const intervals = [...new Set(rows.map(({ interval }) => interval))];
  const lines = intervals.map((interval, index) => ({
    name: `I = ${interval}`,
    colour: shades[index]!,
    marked: true,
    points: rows.filter((row) => row.interval === interval).map((row) => [row.burst, row[scheme]] as const),
  }));
  const without = {
    name: 'without LIMFS',
    colour: colours.soft,
    dashed: true,
    marked: true,
    points: rows.filter(({ interval }) => interval === 1).map(({ burst, raw }) => [burst, raw] as const),
  };
  return {
    title,
    xName: 'packets lost in a row, once a day',
    yName: 'R, %',
    xMin: 1,
    xMax: 5,
    yMin: 75,
    yMax: 100,
    lines: [...lines, without],
  };
}

/** Recovery ratio against the length of a burst: the paper's scheme, what goes beyond it, and windows in packed coding. */
export function figure9Chart(figures: PaperFigures): string {
  const { figure9, figure9Long, packedWindowReadings } = figures;
  const long = (
    name: string,
    colour: string,
    value: 'rawCoding' | 'packedCoding' | 'raw',
    dashed = false,
  ) => ({
    name,
    colour,
    dashed,
    marked: true,
    points: figure9Long.map((row) => [row.burst, row[value]] as const),
  });
  return lineChart('Recovery ratio R (the paper’s Figure 9): one burst of lost packets a day, 120 days', [
    recoveryPanel('The paper’s scheme, n = 5', figure9, 'paper'),
    recoveryPanel('With roll', figure9, 'roll'),
    recoveryPanel('With roll and backfill', figure9, 'backfill'),
    {
      title: 'The paper’s scheme, reports every 12 hours',
      xName: 'packets lost in a row, once a day',
      yName: 'R, %',
      xMin: 1,
      xMax: 23,
      yMin: 0,
      yMax: 100,
      lines: [
        long(`packed window, up to ${packedWindowReadings} readings`, colours.ours, 'packedCoding'),
        long('raw window, 5 readings', colours.rawRing, 'rawCoding'),
        long('without LIMFS', colours.soft, 'raw', true),
      ],
    },
  ]);
}
