import type { ImageReading } from '../../../../lib/limfs/inspect/report.js';
import { timeOf } from '../../../../simulator/report/facts.js';
import { idName } from '../names.js';

const width = 1180;
const labelWidth = 150;
const rowHeight = 15;
const axisHeight = 30;

/** A row a meter: from when to when its readings are in the image without a gap in their sequences, and where gaps are. */
export function coverageSvg(meters: readonly (readonly ImageReading[])[]): string {
  const times = meters.flat().map(({ timeSeconds }) => timeSeconds);
  const from = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const to = times.reduce((most, time) => Math.max(most, time), from + 1);
  const x = (time: number) =>
    (labelWidth + ((time - from) / (to - from)) * (width - labelWidth - 4)).toFixed(1);
  const height = meters.length * rowHeight;
  const rows = meters
    .map((readings, row) => {
      const y = row * rowHeight + rowHeight / 2;
      const name = idName(readings[0]!.storeId);
      return `<text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end" style="font-size:11px">${name}</text>${strokesOf(readings, y, x)}`;
    })
    .join('');
  const ticks = [0, 0.25, 0.5, 0.75, 1]
    .map((share) => from + share * (to - from))
    .map((time, tick) => {
      const anchor = tick === 0 ? 'start' : tick === 4 ? 'end' : 'middle';
      return `<path class="axis" d="M${x(time)} ${height + 2}v5"/><text x="${x(time)}" y="${height + 20}" text-anchor="${anchor}">${timeOf(time)}</text>`;
    })
    .join('');
  return `<svg role="img" aria-label="Which readings are in the image" viewBox="0 0 ${width} ${height + axisHeight}">${rows}${ticks}</svg>`;
}

function strokesOf(readings: readonly ImageReading[], y: number, x: (time: number) => string): string {
  let kept = '';
  let gaps = '';
  for (let start = 0; start < readings.length; ) {
    let end = start;
    while (end + 1 < readings.length && readings[end + 1]!.sequence - readings[end]!.sequence <= 1) end += 1;
    kept += `M${x(readings[start]!.timeSeconds)} ${y}H${x(readings[end]!.timeSeconds + 1)}h2`;
    if (end + 1 < readings.length) {
      gaps += `M${x(readings[end]!.timeSeconds)} ${y}H${x(readings[end + 1]!.timeSeconds)}`;
    }
    start = end + 1;
  }
  return `<path class="damaged" stroke-width="2" d="${gaps}"/><path class="closed" stroke-width="9" d="${kept}"/>`;
}
