import { collectReadings } from '../../../lib/limfs/inspect/collect.js';
import type {
  ConcentratorReport,
  EventLogReport,
  ImageReading,
  ImageReport,
  LinesReport,
  ManagerReport,
  MeterReport,
  PaperReport,
} from '../../../lib/limfs/inspect/report.js';
import { channelName, findingText, idName, lineName, roleName } from './names.js';
import { isoTime, statusNames } from './statusNames.js';
import { table } from './table.js';

const shownPages = 8;
const shownReadings = 6;
const shownEvents = 8;
const shownLines = 8;

/** A store for a person at a terminal. */
export function inspectionText(path: string, report: ImageReport, readings: Iterable<ImageReading>): string {
  return [
    ...headLines(path, report),
    '',
    ...table(
      ['area', 'address', 'bytes'],
      report.areas.map(({ name, address, sizeBytes }) => [name, address, sizeBytes]),
    ),
    '',
    ...roleLines(report),
    '',
    ...readingLines(report, collectReadings(readings)),
    ...report.eventLogs.flatMap((log) => ['', ...eventLines(log)]),
    ...report.sideRings.map(
      ({ address, kept, waiting }) =>
        `\n  Further ring of reports at ${address} (notices): ${kept} kept, ${waiting} wait for the server`,
    ),
    ...report.lines.flatMap((record) => ['', ...linesOf(record)]),
    ...report.pulses.map(({ address, count }) => `\n  Pulse counter at ${address}: ${count} pulses`),
    '',
    ...damageLines(report),
    '',
  ].join('\n');
}

function headLines(path: string, report: ImageReport): string[] {
  const facts: [string, string][] = [];
  if (report.role === 'meter') {
    facts.push(['channels', report.channels.map(channelName).join(', ')]);
    facts.push(['interval', `${report.intervalSeconds} s`]);
    facts.push([
      'last checkpoint',
      report.checkpointSeconds === 0 ? 'none' : isoTime(report.checkpointSeconds),
    ]);
  }
  if (report.role === 'paper') {
    const { windowReadings, readingBytes, intervalSeconds } = report.settings;
    facts.push([
      'blocks',
      `${windowReadings} readings of ${readingBytes} bytes, one every ${intervalSeconds} s`,
    ]);
  }
  if (report.role === 'manager') facts.push(['windows', managerScheme(report)]);
  const { install, environment } = report;
  if (install !== null) {
    const body = install.bodyNumber === '' ? '' : `, body number ${install.bodyNumber}`;
    facts.push([
      'device',
      `${install.serialNumber}${body} at ${install.location}, firmware ${install.firmware}`,
    ]);
    facts.push(['boots', `${install.bootCount}, last reset cause ${install.resetCause}`]);
  }
  if (environment !== null) {
    const route = environment.route.length === 0 ? 'direct' : `by ${environment.route.join(', ')}`;
    facts.push(['network', `${environment.networkId}, address ${environment.address}, ${route}`]);
    for (const { channel, of, raise, clear } of environment.thresholds ?? []) {
      facts.push(['limit', `channel ${channel}, ${of}: raised at ${raise}, cleared at ${clear}`]);
    }
  }
  return [
    `${path}: ${roleName(report)} ${idName(report.storeId)}, LIMFS format ${report.formatVersion}`,
    ...facts.map(([name, fact]) => `  ${name.padEnd(17)}${fact}`),
  ];
}

export function managerScheme({ settings }: ManagerReport): string {
  const { meters, windowReadings, readingBytes, blockBytes, roll, backfill } = settings;
  const coding = readingBytes === 0 ? 'packed' : `raw, ${readingBytes} bytes a reading`;
  const ways = [roll ? 'roll' : '', backfill ? 'backfill' : ''].filter((way) => way !== '');
  return (
    `up to ${meters} meters, ${windowReadings} readings, ${coding}, blocks of ${blockBytes} bytes; ` +
    `${ways.length === 0 ? "the paper's scheme" : `with ${ways.join(' and ')}`}`
  );
}

function roleLines(report: ImageReport): string[] {
  switch (report.role) {
    case 'meter':
      return [...sectorLines(report), ...pageLines(report)];
    case 'paper':
      return pageLines(report);
    case 'manager':
      return managerLines(report);
    case 'concentrator':
      return concentratorLines(report);
    case 'events':
      return [];
  }
}

function sectorLines({ sectors, medium }: MeterReport): string[] {
  if (medium === 'FRAM') return [];
  const kinds = ['log', 'pages', 'journal', 'erased', 'to be erased'] as const;
  const counts = kinds.map((kind) => `${sectors.filter((sector) => sector.kind === kind).length} ${kind}`);
  const journal = sectors.filter(({ kind }) => kind === 'journal').reduce((sum, { used }) => sum + used, 0);
  return [`  ${sectors.length} sectors: ${counts.join(', ')}; ${journal} records in the journal`];
}

function pageLines(report: MeterReport | PaperReport): string[] {
  const count = (state: string) => report.pages.filter((page) => page.state === state).length;
  const used = report.pages
    .filter(({ state }) => state !== 'free')
    .sort((a, b) => (b.firstSequence - a.firstSequence) | 0);
  const head =
    `  ${report.pages.length} pages of ${report.pageBytes} bytes: ${count('sealed')} sealed, ` +
    `${count('open')} open, ${count('free')} free, ${count('damaged')} damaged`;
  if (used.length === 0) return [head];
  return [
    head,
    ...table(
      ['PVT slot', 'page at', 'sequence', 'first reading', 'readings', 'state'],
      used
        .slice(0, shownPages)
        .map(({ slot, address, firstSequence, firstTimeSeconds, readings, state }) => [
          slot,
          address,
          firstSequence,
          isoTime(firstTimeSeconds),
          readings,
          state,
        ]),
    ),
    ...more(used.length - shownPages, 'older ones'),
  ];
}

function managerLines({ meters, pages, droppedPages, ownerlessReadings }: ManagerReport): string[] {
  const newest = [...pages].reverse();
  return [
    `  ${meters.length} meters`,
    ...table(
      ['place', 'meter', 'line', 'next', 'gaps', 'lost', 'state'],
      meters.map(({ place, storeId, line, nextSequence, gaps, lost, quarantined, setBacks }) => [
        place,
        idName(storeId),
        lineName(line),
        nextSequence,
        gaps.length === 0 ? 'none' : gaps.map(gapText).join(' '),
        lost,
        `${quarantined ? 'QUARANTINED' : 'active'}${setBacks === 0 ? '' : `, set back ${setBacks}x`}`,
      ]),
    ),
    '',
    `  ${pages.length} pages; ${droppedPages} were dropped before they were reported, with ${ownerlessReadings} readings of former meters`,
    ...table(
      ['page', 'kind', 'opened', 'cells', 'whole', 'readings', 'state'],
      newest
        .slice(0, shownPages)
        .map(({ position, kind, timeSeconds, cells, whole, readings, state }) => [
          position,
          kind,
          timeSeconds === 0 ? '?' : isoTime(timeSeconds),
          cells,
          whole,
          readings,
          state,
        ]),
    ),
    ...more(pages.length - shownPages, 'older ones'),
  ];
}

/** A range of sequences; a tilde where some of them may have been delivered. */
export function gapText({
  first,
  end,
  uncertain,
}: {
  first: number;
  end: number;
  uncertain?: boolean;
}): string {
  const last = (end - 1) >>> 0;
  return `${uncertain === true ? '~' : ''}${first === last ? first : `${first}-${last}`}`;
}

function concentratorLines(report: ConcentratorReport): string[] {
  const { reports, meters, waiting, freeBytes, capacityBytes } = report;
  const newest = [...reports].reverse();
  return [
    `  ${reports.length} reports are kept, ${waiting} wait for the server; ${freeBytes} of ${capacityBytes} bytes are free`,
    ...table(
      ['slot', 'arrived', 'local manager', 'page', 'bytes', 'readings', 'passed', 'state'],
      newest
        .slice(0, shownPages)
        .map(({ slot, timeSeconds, storeId, pageCounter, bodyBytes, readings, headers, state, conflict }) => [
          slot,
          isoTime(timeSeconds),
          idName(storeId),
          pageCounter,
          bodyBytes,
          readings < 0 ? '?' : readings,
          headers.length,
          conflict ? `${state}, conflict` : state,
        ]),
    ),
    ...more(reports.length - shownPages, 'older ones'),
    '',
    `  ${meters.length} meters in them`,
    ...table(
      ['meter', 'local manager', 'readings', 'sequences', 'not here', 'lost'],
      meters.map(({ storeId, manager, readings, firstSequence, nextSequence, gaps, lost }) => [
        idName(storeId),
        idName(manager),
        readings,
        readings === 0 ? 'none' : gapText({ first: firstSequence, end: nextSequence }),
        gaps.length === 0 ? 'none' : gaps.map(gapText).join(' '),
        lost,
      ]),
    ),
  ];
}

function readingLines(report: ImageReport, readings: readonly ImageReading[]): string[] {
  if (readings.length === 0) return report.role === 'events' ? [] : ['  no readings'];
  if (report.role === 'manager' || report.role === 'concentrator') return newestOfEach(readings);
  const { oldestSequence, nextSequence } = report as MeterReport | PaperReport;
  return [
    `  ${report.readings} readings, sequences ${oldestSequence} to ${(nextSequence - 1) >>> 0}; the newest:`,
    ...table(
      ['sequence', 'time', 'value', 'status'],
      readings
        .slice(-shownReadings)
        .reverse()
        .map((reading) => [reading.sequence, ...cellsOf(reading)]),
    ),
  ];
}

function newestOfEach(readings: readonly ImageReading[]): string[] {
  const newest = readings.filter(
    (reading, at) => readings[at + 1]?.storeId.join() !== reading.storeId.join(),
  );
  return [
    `  ${readings.length} readings, each counted once; the newest of each meter:`,
    ...table(
      ['meter', 'sequence', 'time', 'value', 'status'],
      newest.map((reading) => [idName(reading.storeId), reading.sequence, ...cellsOf(reading)]),
    ),
  ];
}

function cellsOf({ timeSeconds, valid, values, status }: ImageReading): string[] {
  return [isoTime(timeSeconds), valid ? values.join(' ') : 'hole', statusNames(status)];
}

function eventLines(log: EventLogReport): string[] {
  const { address, capacity, acknowledgedSequence, nextSequence, events, folded } = log;
  return [
    `  Event log at ${address}: room for ${capacity}, next ${nextSequence}, acknowledged before ${acknowledgedSequence}; the newest:`,
    ...table(
      ['sequence', 'time', 'code', 'folded', 'payload'],
      events
        .slice(-shownEvents)
        .reverse()
        .map(({ sequence, timeSeconds, code, folded: count, payload }) => [
          sequence,
          isoTime(timeSeconds),
          code,
          count,
          payload,
        ]),
    ),
    ...folded.map(({ code, count }) => `  code ${code}: ${count} more were only counted`),
  ];
}

function linesOf({ address, lines }: LinesReport): string[] {
  return [
    `  Lines at ${address}: power-ups behind which readings were stored, by name; the newest:`,
    ...table(
      ['line', 'first sequence'],
      lines
        .slice(-shownLines)
        .reverse()
        .map(({ name, firstSequence }) => [lineName(name), firstSequence]),
    ),
    ...more(lines.length - shownLines, 'older ones'),
  ];
}

function damageLines({ findings, notes }: ImageReport): string[] {
  const noted = notes.map((note) => `  note: ${note}`);
  if (findings.length === 0) return ['  No damage: every entry and every page was checked.', ...noted];
  return [
    `  DAMAGE, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}:`,
    ...findings.map((finding) => `  ${findingText(finding)}`),
    ...noted,
  ];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`  and ${count} ${what} (--json shows all)`] : [];
}
