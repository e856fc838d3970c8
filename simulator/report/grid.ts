import type { Outcome } from '../ledger/ledger.js';
import type { WorldResult } from '../world/world.js';
import { escapeHtml, timeOf } from './facts.js';

/** How an outcome looks: its CSS class, its name in the legend, the colour by a variable of the page. */
export const looks: readonly { outcomes: readonly Outcome[]; className: string; label: string }[] = [
  { outcomes: ['direct'], className: 'direct', label: 'in its own packet' },
  { outcomes: ['window'], className: 'window', label: 'by a later window' },
  { outcomes: ['backfill'], className: 'backfill', label: "by backfill from the meter's store" },
  { outcomes: ['hole: no power', 'hole: register failed'], className: 'hole', label: 'hole: never taken' },
  { outcomes: ['cut in append'], className: 'cut', label: 'cut in append' },
  { outcomes: ['lost', 'pending', 'unexplained'], className: 'lost', label: 'lost' },
];

const rowHeight = 15;
const labelWidth = 110;
const width = 1180;
const axisHeight = 34;

/**
 * A picture of all due readings: a row a meter, a column a reading. Each look is one path of horizontal strokes, so
 * that a run of equal outcomes costs a few bytes.
 */
export function gridSvg(result: WorldResult): string {
  const { outcomes, names, schedule } = result;
  const height = outcomes.length * rowHeight;
  const rows = names
    .map((name, meter) => {
      const y = meter * rowHeight + rowHeight * 0.7;
      return `<text class="label" x="${labelWidth - 8}" y="${y.toFixed(1)}" text-anchor="end">${escapeHtml(name)}</text>`;
    })
    .join('');
  const paths = looks
    .map(({ outcomes: shown, className }) => {
      const path = outcomes.map((row, meter) => runs(row, meter, shown)).join('');
      return path === '' ? '' : `<path class="${className}" d="${path}"/>`;
    })
    .join('');
  return (
    `<svg class="grid" role="img" aria-label="Every due reading by meter and time" viewBox="0 0 ${width} ${height + axisHeight}">` +
    `${rows}<svg x="${labelWidth}" y="0" width="${width - labelWidth}" height="${height}" preserveAspectRatio="none" ` +
    `viewBox="0 0 ${schedule.slots} ${outcomes.length}">${paths}</svg>` +
    `${powerCutMarks(result)}${timeAxis(result, height)}</svg>`
  );
}

function runs(row: readonly Outcome[], meter: number, shown: readonly Outcome[]): string {
  let path = '';
  let slot = 0;
  while (slot < row.length) {
    const from = slot;
    while (slot < row.length && shown.includes(row[slot]!)) slot++;
    if (slot > from) path += `M${from} ${meter + 0.5}h${slot - from}`;
    else slot++;
  }
  return path;
}

function xOf(result: WorldResult, timeSeconds: number): number {
  const { firstTimeSeconds, intervalSeconds, slots } = result.schedule;
  const share = (timeSeconds - firstTimeSeconds) / (intervalSeconds * slots);
  return labelWidth + share * (width - labelWidth);
}

function powerCutMarks(result: WorldResult): string {
  return result.powerCuts
    .map(({ meter, timeSeconds, activity }) => {
      const x = xOf(result, timeSeconds).toFixed(1);
      const top = meter * rowHeight;
      const title = `power cut ${timeOf(timeSeconds)} UTC, in: ${activity}`;
      return `<path class="power" d="M${x} ${top + 6}l-3 -6h6z"><title>${title}</title></path>`;
    })
    .join('');
}

function timeAxis(result: WorldResult, y: number): string {
  const { firstTimeSeconds, intervalSeconds, slots } = result.schedule;
  const ticks = 5;
  let marks = '';
  for (let tick = 0; tick <= ticks; tick++) {
    const timeSeconds = firstTimeSeconds + Math.floor((slots * tick) / ticks) * intervalSeconds;
    const x = xOf(result, timeSeconds).toFixed(1);
    const anchor = tick === 0 ? 'start' : tick === ticks ? 'end' : 'middle';
    marks +=
      `<path class="axis" d="M${x} ${y + 2}v5"/>` +
      `<text class="label" x="${x}" y="${y + 20}" text-anchor="${anchor}">${timeOf(timeSeconds)}</text>`;
  }
  return marks;
}
