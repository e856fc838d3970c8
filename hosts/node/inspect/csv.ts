import type { Channel } from '../../../lib/limfs/index.js';
import type { ImageReading } from '../../../lib/limfs/inspect/report.js';
import { idName } from './names.js';
import { isoTime, statusNames } from './statusNames.js';

const rowsOfPiece = 1000;

/** What stands in a column behind the values. */
export interface LastColumn {
  readonly name: string;
  of(reading: ImageReading): string;
}

/** Readings of one meter as CSV in pieces; a hole has no value. `channels` may be unknown: they are numbered then. */
export function csvOfMeter(
  readings: readonly ImageReading[],
  channels: readonly Channel[],
  last?: LastColumn,
): Generator<string> {
  const columns = Math.max(channels.length, mostValues(readings));
  const names = valueNames(columns).map((name, column) => channels[column]?.obis ?? name);
  return pieces(
    `sequence,time,run,status,${names.join(',')}`,
    readings,
    ({ sequence, timeSeconds, run, status }) =>
      `${sequence},${isoTime(timeSeconds)},${run},${statusNames(status)}`,
    columns,
    last,
  );
}

/** Readings of many meters as CSV: each row names its meter's store. */
export function csvOfMeters(readings: readonly ImageReading[], last?: LastColumn): Generator<string> {
  const columns = mostValues(readings);
  return pieces(
    `meter,sequence,time,status,${valueNames(columns).join(',')}`,
    readings,
    ({ storeId, sequence, timeSeconds, status }) =>
      `${idName(storeId)},${sequence},${isoTime(timeSeconds)},${statusNames(status)}`,
    columns,
    last,
  );
}

function mostValues(readings: readonly ImageReading[]): number {
  return readings.reduce((most, { values }) => Math.max(most, values.length), 1);
}

function valueNames(columns: number): string[] {
  return Array.from({ length: columns }, (_, column) => `value${column === 0 ? '' : column + 1}`);
}

function* pieces(
  head: string,
  readings: Iterable<ImageReading>,
  frontOf: (reading: ImageReading) => string,
  columns: number,
  last?: LastColumn,
): Generator<string> {
  let text = `${head}${last === undefined ? '' : `,${last.name}`}\n`;
  let rows = 0;
  for (const reading of readings) {
    const cells = Array.from({ length: columns }, (_, at) =>
      reading.valid ? (reading.values[at] ?? '') : '',
    );
    text += `${frontOf(reading)},${cells.join(',')}${last === undefined ? '' : `,${last.of(reading)}`}\n`;
    rows += 1;
    if (rows % rowsOfPiece !== 0) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** One JSON object a line. */
export function* jsonLinesOf(readings: Iterable<ImageReading>): Generator<string> {
  for (const { storeId, sequence, timeSeconds, run, status, valid, values } of readings) {
    const reading = {
      meter: idName(storeId),
      sequence,
      time: isoTime(timeSeconds),
      ...(run < 0 ? {} : { run }),
      status: statusNames(status),
      values: valid ? values : null,
    };
    yield `${JSON.stringify(reading)}\n`;
  }
}
