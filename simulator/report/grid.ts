import { Outcome } from '../ledger/account.js';
import { devicesOf } from '../topology/topology.js';
import type { FaultEvent } from '../world/faultPlan.js';
import type { NetworkResult } from '../world/networkWorld.js';
import { durationOf, escapeHtml, timeOf } from './facts.js';

/** How an outcome looks: its CSS class, its name in the legend, the colour by a variable of the page. */
export const looks: readonly { outcomes: readonly Outcome[]; className: string; label: string }[] = [
  { outcomes: [Outcome.direct], className: 'direct', label: 'in its own packet' },
  { outcomes: [Outcome.window], className: 'window', label: 'by a later window' },
  { outcomes: [Outcome.backfill], className: 'backfill', label: "by backfill from the meter's store" },
  { outcomes: [Outcome.noPower, Outcome.registerFailed], className: 'hole', label: 'hole: never taken' },
  { outcomes: [Outcome.cutInAppend], className: 'cut', label: 'cut in append' },
  { outcomes: [Outcome.lost, Outcome.pending], className: 'lost', label: 'lost' },
];

const labelWidth = 110;
const width = 1180;
const axisHeight = 34;
const tallest = 1500;

/** Height of a row: small where there are many. */
function rowHeightOf(rows: number): number {
  return Math.max(2, Math.min(15, Math.floor(tallest / rows)));
}

/**
 * A picture of all due readings: a row a metering point, a column an hour. Each look is one path of horizontal strokes,
 * so that a run of equal outcomes costs a few bytes.
 */
export function gridSvg(result: NetworkResult): string {
  const { grid, schedule, options } = result;
  const places = devicesOf(options.topology, 'meter');
  const rowHeight = rowHeightOf(grid.length);
  const height = grid.length * rowHeight;
  const labels =
    rowHeight < 9
      ? ''
      : places.map((place, row) => label(options.topology.devices[place]!.name, row, rowHeight)).join('');
  const paths = looks
    .map(({ outcomes: shown, className }) => {
      const path = grid.map((row, meter) => runs(row, meter, shown)).join('');
      return path === '' ? '' : `<path class="${className}" d="${path}"/>`;
    })
    .join('');
  return (
    `<svg class="grid" role="img" aria-label="Every due reading by meter and time" viewBox="0 0 ${width} ${height + axisHeight}">` +
    `${labels}<svg x="${labelWidth}" y="0" width="${width - labelWidth}" height="${height}" preserveAspectRatio="none" ` +
    `viewBox="0 0 ${schedule.slots} ${grid.length}">${paths}</svg>` +
    `${powerCutMarks(result, places, rowHeight)}${timeAxis(result, height)}</svg>`
  );
}

function label(name: string, row: number, rowHeight: number): string {
  const y = row * rowHeight + rowHeight * 0.7;
  return `<text class="label" x="${labelWidth - 8}" y="${y.toFixed(1)}" text-anchor="end">${escapeHtml(name)}</text>`;
}

function runs(row: Uint8Array, meter: number, shown: readonly Outcome[]): string {
  let path = '';
  let slot = 0;
  while (slot < row.length) {
    const from = slot;
    while (slot < row.length && shown.includes(row[slot] as Outcome)) slot++;
    if (slot > from) path += `M${from} ${meter + 0.5}h${slot - from}`;
    else slot++;
  }
  return path;
}

function xOf(result: NetworkResult, timeSeconds: number): number {
  const { firstTimeSeconds, intervalSeconds, slots } = result.schedule;
  const share = (timeSeconds - firstTimeSeconds) / (intervalSeconds * slots);
  return labelWidth + Math.min(1, share) * (width - labelWidth);
}

function powerCutMarks(result: NetworkResult, places: readonly number[], rowHeight: number): string {
  return result.events
    .map((event) => {
      const row = places.indexOf(event.place);
      if (row < 0) return '';
      const x = xOf(result, event.timeSeconds).toFixed(1);
      const shape = event.what.endsWith('power cut') ? 'power' : 'mark';
      return `<path class="${shape}" d="M${x} ${row * rowHeight + 6}l-3 -6h6z"><title>${titleOf(event)}</title></path>`;
    })
    .join('');
}

/** The faults of the devices above the meters: a row a device, a bar as long as the fault. */
export function faultSvg(result: NetworkResult): string {
  const { options, events, schedule } = result;
  const { devices } = options.topology;
  const shown = devices.flatMap(({ role }, place) => (role === 'meter' || role === 'server' ? [] : [place]));
  const rowHeight = 18;
  const height = shown.length * rowHeight;
  const end = schedule.firstTimeSeconds + schedule.slots * schedule.intervalSeconds;
  const bars = events.map((event) => {
    const row = shown.indexOf(event.place);
    if (row < 0) return '';
    const x = xOf(result, event.timeSeconds);
    const long = Math.max(2, xOf(result, Math.min(end, event.toSeconds)) - x);
    const y = row * rowHeight + 3;
    return `<rect class="${classOf(event)}" x="${x.toFixed(1)}" y="${y}" width="${long.toFixed(1)}" height="${rowHeight - 6}"><title>${titleOf(event)}</title></rect>`;
  });
  const labels = shown.map((place, row) => label(devices[place]!.name, row, rowHeight)).join('');
  return (
    `<svg class="grid" role="img" aria-label="Faults of the devices above the meters" viewBox="0 0 ${width} ${height + axisHeight}">` +
    `${labels}${bars.join('')}${timeAxis(result, height)}</svg>`
  );
}

/** The look of a fault in the picture and in its legend. */
export function classOf({ what }: FaultEvent): string {
  if (what.endsWith('power cut')) return 'fault-power';
  if (what === 'jammed') return 'fault-jam';
  if (what === 'server away') return 'fault-away';
  return what.startsWith('router dead') ? 'fault-dead' : 'fault-work';
}

function titleOf({ timeSeconds, device, what, toSeconds }: FaultEvent): string {
  const lasted = toSeconds > timeSeconds ? `, ${durationOf(toSeconds - timeSeconds)}` : '';
  return escapeHtml(`${device}: ${what}, ${timeOf(timeSeconds)} UTC${lasted}`);
}

function timeAxis(result: NetworkResult, y: number): string {
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
