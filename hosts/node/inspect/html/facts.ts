import type {
  ConcentratorReport,
  EventLogReport,
  ImageReport,
  LinesReport,
  ManagerReport,
  MeterReport,
  PaperReport,
  SlotState,
} from '../../../../lib/limfs/inspect/report.js';
import { channelName, idName, lineName } from '../names.js';
import { isoTime } from '../statusNames.js';
import { gapText, managerScheme } from '../text.js';
import { escapeHtml, foldedTable, grouped, htmlTable } from './markup.js';

/** What such an image is, for somebody who has never seen one. */
export function introduction(report: ImageReport): string {
  switch (report.role) {
    case 'meter':
      return report.medium === 'FRAM'
        ? `A meter stores a reading at each interval in LIMFS before it sends it. Readings are packed one behind the other into
pages; a full page gets a checksum and is never changed again. This page was made from the bytes of the meter's FRAM chip; nothing
was written to it.`
        : `A meter stores a reading at each interval in LIMFS before it sends it. On flash a reading goes into a journal first; in
idle time the journal is packed into pages with checksums. This page was made from the bytes of the meter's flash chip; nothing was
written to it.`;
    case 'paper':
      return `A meter's store in the layout that the LIMFS paper describes: each page holds the newest readings, shifted by one.`;
    case 'manager':
      return `A local manager collects the windows of up to ${report.settings.meters} meters: a window is a meter's newest readings.
The newest window of each meter stands in the open page. When a concentrator asks for a report the page is frozen, sent, and kept until
the server has acknowledged it.`;
    case 'concentrator':
      return `A concentrator keeps the reports of its local managers, each a page with the windows of many meters, until the server
has acknowledged them. Nothing that waits is ever overwritten.`;
    case 'events':
      return 'A log of events: what a device has noticed, each with a sequence number, a code and a time.';
  }
}

/** What a state of a page means for this role. */
export function slotMeaning({ role }: ImageReport, state: SlotState): string {
  const delivered = role === 'manager' || role === 'concentrator' || role === 'events';
  if (state === 'old') return delivered ? 'acknowledged by the server' : 'may be overwritten';
  if (state === 'open') return role === 'manager' ? 'open page: takes windows' : 'open page or journal';
  return delivered ? 'waits to be acknowledged' : 'finished page';
}

export function factList(path: string, report: ImageReport): string {
  const facts: [string, string][] = [
    ['image', path],
    ['store id', idName(report.storeId)],
  ];
  if (report.role === 'meter') {
    facts.push(['channels', report.channels.map(channelName).join(', ')]);
    facts.push(['interval', `${report.intervalSeconds} s`]);
    if (report.checkpointSeconds > 0)
      facts.push(['clock', `${isoTime(report.checkpointSeconds)}, as last written`]);
  }
  if (report.role === 'manager') facts.push(['windows', managerScheme(report)]);
  const { install, environment } = report;
  if (install !== null) {
    facts.push(['device', `${install.serialNumber}, ${install.location}, firmware ${install.firmware}`]);
    facts.push(['installed', `${isoTime(install.installedSeconds)}, ${install.bootCount} boots`]);
  }
  if (environment !== null) {
    facts.push(['network', `${environment.networkId}, address ${environment.address}`]);
  }
  return `<dl>${facts.map(([name, fact]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(fact)}</dd>`).join('')}</dl>`;
}

export function roleSections(report: ImageReport): string {
  switch (report.role) {
    case 'meter':
      return sectorSection(report) + pageSection(report);
    case 'paper':
      return pageSection(report);
    case 'manager':
      return managerSections(report);
    case 'concentrator':
      return concentratorSections(report);
    case 'events':
      return '';
  }
}

function sectorSection({ sectors, medium }: MeterReport): string {
  if (medium === 'FRAM') return '';
  const rows = sectors.map(({ sector, address, kind, generation, used, capacity }) => [
    sector,
    address,
    kind,
    generation,
    kind === 'journal'
      ? `${used} of ${capacity} records`
      : kind === 'pages'
        ? `${used} of ${capacity} pages`
        : '',
  ]);
  return `<h2>Sectors</h2>
<p>Flash is erased sector by sector. The newest generation is the newest sector; erased sectors lie ahead of it.</p>
${foldedTable(['sector', 'address', 'holds', 'generation', 'filled'], rows, 'sectors')}`;
}

function pageSection({ pages }: MeterReport | PaperReport): string {
  const used = pages
    .filter(({ state }) => state !== 'free')
    .sort((a, b) => (b.firstSequence - a.firstSequence) | 0)
    .map(({ slot, address, firstSequence, firstTimeSeconds, lastTimeSeconds, readings, run, state }) => [
      String(slot),
      address,
      firstSequence,
      isoTime(firstTimeSeconds),
      state === 'damaged' ? '?' : isoTime(lastTimeSeconds),
      readings,
      run,
      state,
    ]);
  if (used.length === 0) return '';
  const head = [
    'slot',
    'address',
    'first sequence',
    'first reading',
    'last reading',
    'readings',
    'run',
    'state',
  ];
  return `<h2>Pages</h2>
<p>The newest first. A run is a stretch of rising time: a clock that was set back, or another interval, begins a new one.</p>
${foldedTable(head, used, 'pages')}`;
}

function managerSections(report: ManagerReport): string {
  const meters = report.meters.map(
    ({ place, storeId, line, nextSequence, gaps, lost, quarantined, setBacks }) => [
      place,
      idName(storeId),
      lineName(line),
      nextSequence,
      gaps.length === 0 ? 'none' : gaps.map(gapText).join(' '),
      lost,
      `${quarantined ? 'QUARANTINED: its sequence jumped, or two devices speak' : 'active'}${setBacks === 0 ? '' : `, set back ${setBacks}x`}`,
    ],
  );
  const pages = [...report.pages]
    .reverse()
    .map(({ position, kind, timeSeconds, state, cells, whole, damaged, readings }) => [
      String(position),
      kind,
      timeSeconds === 0 ? '?' : isoTime(timeSeconds),
      state,
      cells,
      whole,
      damaged,
      readings,
    ]);
  return `<h2>Meters</h2>
<p>A line is what a meter stores from one power-up to the next. Next is the sequence number that is expected. Gaps are numbers that stand in no page and are asked for; after a tilde some of them
may have been reported before. Lost readings can never come: the server is told so.</p>
${foldedTable(['place', 'meter', 'line', 'next', 'gaps', 'lost', 'state'], meters, 'meters')}
<h2>Pages</h2>
<p>The newest first. A window page has a cell for each meter; a fill page takes what came late. Open: takes windows. Closed: the next
page was opened early, so that no reading slid out. Frozen: being reported. Acknowledged: may be overwritten.
${grouped(report.droppedPages)} pages were dropped unreported because the ring was full.</p>
${foldedTable(['page', 'kind', 'opened', 'state', 'cells', 'with a block', 'damaged', 'readings'], pages, 'pages')}`;
}

function concentratorSections(report: ConcentratorReport): string {
  const reports = [...report.reports].reverse();
  const rows = reports.map((stored) => [
    String(stored.slot),
    isoTime(stored.timeSeconds),
    idName(stored.storeId),
    stored.pageCounter,
    stored.checksum.toString(16),
    stored.bodyBytes,
    stored.readings < 0 ? '?' : stored.readings,
    stored.conflict ? `${stored.state}, conflict` : stored.state,
  ]);
  const headers = reports.flatMap(({ slot, headers: devices }) =>
    devices.map(({ device, timeSeconds, batteryMillivolts, errors, rssiDbm }, hop) => [
      String(slot),
      hop === 0 ? 'local manager' : `router ${hop}`,
      idName(device),
      isoTime(timeSeconds),
      batteryMillivolts === null ? 'mains' : `${batteryMillivolts} mV`,
      errors,
      rssiDbm === null ? 'wire' : `${rssiDbm} dBm`,
    ]),
  );
  const meters = report.meters.map(
    ({ storeId, manager, readings, firstSequence, nextSequence, gaps, lost }) => [
      idName(storeId),
      idName(manager),
      readings,
      readings === 0 ? 'none' : gapText({ first: firstSequence, end: nextSequence }),
      gaps.length === 0 ? 'none' : gaps.map(gapText).join(' '),
      lost,
    ],
  );
  return `<h2>Meters in the reports</h2>
${foldedTable(['meter', 'local manager', 'readings', 'sequences', 'not in these reports', 'lost'], meters, 'meters')}
<h2>Reports</h2>
<p>The newest first. Local manager, page and checksum name a report in the server's acknowledgement. A conflict is the same page with
other content: both are kept.</p>
${foldedTable(['slot', 'arrived', 'local manager', 'page', 'checksum', 'bytes', 'readings', 'state'], rows, 'reports')}
<h2>Devices that the reports passed</h2>
${headers.length === 0 ? '<p>None is named.</p>' : foldedTable(['report in slot', 'device', 'id', 'its clock', 'power', 'errors', 'signal'], headers, 'headers')}`;
}

/** Event logs, lines and pulse counters, wherever they are in the image. */
export function eventSections({ eventLogs, pulses, sideRings, lines }: ImageReport): string {
  const rings = sideRings
    .map(
      ({ address, kept, waiting }) =>
        `<h2>Further ring of reports at ${address}</h2><p>Notices to the server: ${kept} kept, ${waiting} wait.</p>`,
    )
    .join('');
  const counters =
    pulses.length === 0
      ? ''
      : `<h2>Pulse counters</h2>${htmlTable(
          ['address', 'pulses'],
          pulses.map(({ address, count }) => [address, count]),
        )}`;
  return rings + eventLogs.map(eventSection).join('') + lines.map(linesSection).join('') + counters;
}

function linesSection({ address, lines }: LinesReport): string {
  const rows = [...lines].reverse().map(({ name, firstSequence }) => [lineName(name), firstSequence]);
  return `<h2>Lines at ${address}</h2>
<p>The power-ups behind which readings were stored, the newest first. Their names are random: so readings are told apart when the
chip gets an older image and gives sequences a second time.</p>
${foldedTable(['line', 'first sequence'], rows, 'lines')}`;
}

function eventSection({ address, events, folded, acknowledgedSequence }: EventLogReport): string {
  const rows = [...events]
    .reverse()
    .map(({ sequence, timeSeconds, code, folded: count, payload }) => [
      String(sequence),
      isoTime(timeSeconds),
      code,
      count,
      payload,
      ((sequence - acknowledgedSequence) | 0) < 0 ? 'yes' : 'no',
    ]);
  const counted = folded.map(({ code, count }) => `${count} of code ${code}`).join(', ');
  return `<h2>Event log at ${address}</h2>
<p>The newest first. Folded: events of that code that came too often and were only counted.${counted === '' ? '' : ` So far: ${counted}.`}</p>
${foldedTable(['sequence', 'time', 'code', 'folded', 'payload', 'acknowledged'], rows, 'events')}`;
}
