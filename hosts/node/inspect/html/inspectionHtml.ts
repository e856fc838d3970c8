import { collectReadings } from '../../../../lib/limfs/inspect/collect.js';
import type { ImageReading, ImageReport } from '../../../../lib/limfs/inspect/report.js';
import { findingText, idName, roleName, unitName } from '../names.js';
import { byteMapSvg } from './byteMap.js';
import { coverageSvg } from './coverage.js';
import { eventSections, factList, introduction, roleSections, slotMeaning } from './facts.js';
import { escapeHtml, grouped, htmlTable, legend } from './markup.js';
import { lineOf, plotSvg } from './plot.js';
import { style } from './style.js';
import { tableRingSvg } from './tableRing.js';

const mostLines = 6;
const mostRows = 100;

/** Everything that can be said of an image, as one page that needs nothing else, for a reader who never saw LIMFS. */
export function inspectionHtml(path: string, report: ImageReport, readings: Iterable<ImageReading>): string {
  const collected = collectReadings(readings);
  const title = `${roleName(report)} ${idName(report.storeId)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title.charAt(0).toUpperCase() + title.slice(1))}</h1>
${verdict(report)}
<p class="lead">${introduction(report)}</p>
${tiles(report, collected)}
${factList(path, report)}
${damageSection(report)}
${readingSection(report, collected)}
${mapSection(report)}
${roleSections(report)}
${eventSections(report)}
</body>
</html>
`;
}

function verdict({ findings }: ImageReport): string {
  if (findings.length === 0) {
    return '<p class="verdict good">No damage: every entry, page and record was read and matches its checksum.</p>';
  }
  return `<p class="verdict bad">Damage was found: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}, listed below.</p>`;
}

function tiles(report: ImageReport, readings: readonly ImageReading[]): string {
  const count = (state: string) => report.slots.filter((slot) => slot === state).length;
  const inUse = report.slots.length - count('free');
  const all: [number, string][] = [[readings.length, 'readings']];
  if (report.role === 'manager' || report.role === 'concentrator') all.push([report.meters.length, 'meters']);
  if (report.role === 'concentrator') all.push([report.waiting, 'reports wait for the server']);
  if (report.role === 'events') all.push([report.eventLogs[0]!.events.length, 'events']);
  all.push([inUse, `of ${grouped(report.slots.length)} pages in use`]);
  all.push([report.imageBytes, 'bytes']);
  all.push([report.findings.length, 'findings of damage']);
  return `<div class="tiles">${all.map(([number, label]) => `<div class="tile"><b>${grouped(number)}</b><span>${label}</span></div>`).join('')}</div>`;
}

function damageSection({ findings, notes }: ImageReport): string {
  if (findings.length === 0 && notes.length === 0) return '';
  const items = findings.map((finding) => `<li>${escapeHtml(findingText(finding))}</li>`).join('');
  const noted = notes.map((note) => `<p>Note: ${escapeHtml(note)}.</p>`).join('');
  return `<h2>Damage</h2>
<p>Damage stays where it is: everything else in the image can be read. Damaged bytes are red in the map below.</p>
${items === '' ? '' : `<ul class="findings">${items}</ul>`}${noted}`;
}

function readingSection(report: ImageReport, readings: readonly ImageReading[]): string {
  if (readings.length === 0) return '';
  if (report.role === 'manager' || report.role === 'concentrator') return manyMeters(readings);
  const channels = report.role === 'meter' ? report.channels : [];
  const plots = (channels.length === 0 ? [null] : channels.slice(0, 4)).map((channel, index) => {
    const name = channel === null ? 'value' : `${channel.obis}, ${unitName(channel)}`;
    return plotSvg([lineOf(name, readings, index)], name);
  });
  const holes = readings.filter(({ valid }) => !valid).length;
  return `<h2>The readings</h2>
<p>The register of the meter at each reading. ${grouped(holes)} of ${grouped(readings.length)} are holes: readings that were due and
could not be taken; they have a sequence number and a time, but no value.</p>
${plots.join('')}`;
}

function manyMeters(readings: readonly ImageReading[]): string {
  const meters = new Map<string, ImageReading[]>();
  for (const reading of readings) {
    const name = idName(reading.storeId);
    meters.set(name, [...(meters.get(name) ?? []), reading]);
  }
  const all = [...meters.values()];
  const lines = all.slice(0, mostLines).map((rows) => {
    const origin = rows.find(({ valid }) => valid)?.values[0] ?? 0;
    return lineOf(idName(rows[0]!.storeId), rows, 0, origin);
  });
  return `<h2>The readings</h2>
<p>A row is a meter. Blue: readings that are in the image, one behind the other. Red: sequence numbers that are not here, because
they were reported and overwritten before, or are missing.</p>
${coverageSvg(all.slice(0, mostRows))}
<p>How far the register has moved since the first reading in the image${all.length > mostLines ? `, of the first ${mostLines} meters` : ''}.</p>
${plotSvg(lines, 'increase')}`;
}

function mapSection(report: ImageReport): string {
  const areas = report.areas.map(({ name, address, sizeBytes }) => [name, address, sizeBytes]);
  const ring =
    report.newestSlot < 0 && report.slots.every((slot) => slot === 'free')
      ? '<p>No page was ever opened.</p>'
      : tableRingSvg(report);
  return `<h2>What lies where</h2>
${legend([
  ['fixed', 'superblocks and small records'],
  ['table', 'PVT, the table of pages'],
  ['closed', slotMeaning(report, 'closed')],
  ['open', slotMeaning(report, 'open')],
  ['old', slotMeaning(report, 'old')],
  ['free', 'free'],
  ['damaged', 'damaged'],
])}
${byteMapSvg(report)}
<div class="columns"><section>
<h2>Areas</h2>
<p>The four areas that every LIMFS device has are install information, environment variables, PVT and data. The superblock, twice,
says how large they are.</p>
${htmlTable(['area', 'address', 'bytes'], areas)}
</section><section>
<h2>The ring of pages</h2>
<p>The Pointer Vector Table (PVT) has a slot for each page: its time, its first sequence number, and in its last byte the lap in
which it was written. It is used round and round, clockwise here; the newest page overwrites the oldest.</p>
${ring}
</section></div>`;
}
