import { type Channel, createBatch, type FindingCode, type MeterStore } from '../../lib/limfs/index.js';
import type { PageReport, StoreReport } from '../../lib/limfs/inspect/inspectStore.js';
import { isoTime, statusNames } from './statusNames.js';

const shownPages = 8;
const shownReadings = 6;

/** What a finding means for the readings. */
const meanings: Readonly<Record<FindingCode, string>> = {
  'superblock-copy-damaged': 'one of the two superblocks is damaged; the other was used, nothing is lost',
  'table-scanned': 'the newest PVT entry had to be looked for in the whole table; nothing is lost by that',
  'lap-repaired': 'the lap byte of the PVT entry is wrong and was proven by its checksum; nothing is lost',
  'head-entry-damaged': 'the newest PVT entry is damaged: its page is lost',
  'open-page-damaged': 'the open page is damaged: its readings are lost',
  'open-page-torn': 'the open page makes no sense from some reading on; those before it are kept',
  'entry-rebuilt': 'the PVT entry is damaged and was rebuilt from its page; nothing is lost',
  'entry-damaged': 'the PVT entry is damaged: its page is lost',
  'record-damaged': 'a journal record is damaged: its reading is lost',
  'page-damaged': 'the page does not match its checksum: its readings are lost',
  'log-damaged': 'the redo log is damaged; what it held was stored, unless the power failed right then',
  'state-rebuilt': 'the state of the pages is damaged and was read from the PVT; pages may be reported twice',
  'cell-damaged': 'the cell does not match its checksum: its block is lost',
  'meter-damaged': 'what the store knew of the meter is damaged: add the meter again',
};

/** DLMS unit codes (IEC 62056-62) that meters of this kind use. */
const unitNames: Readonly<Record<number, string>> = {
  13: 'm³',
  27: 'W',
  30: 'Wh',
  32: 'varh',
  33: 'A',
  35: 'V',
};

/** A store for a person at a terminal. */
export function inspectionText(path: string, report: StoreReport, store: MeterStore): string {
  return [
    ...headLines(path, report),
    '',
    ...areaLines(report),
    '',
    ...pageLines(report),
    '',
    ...readingLines(report, store),
    '',
    ...damageLines(report),
    '',
  ].join('\n');
}

function headLines(path: string, report: StoreReport): string[] {
  const id = report.storeId.map((word) => word.toString(16).padStart(8, '0')).join('-');
  const clock = report.checkpointSeconds === 0 ? 'none' : isoTime(report.checkpointSeconds);
  return [
    `${path}: meter store ${id}, LIMFS format ${report.formatVersion}`,
    `  channels         ${report.channels.map(channelText).join(', ')}`,
    `  interval         ${report.intervalSeconds} s`,
    `  last checkpoint  ${clock}`,
  ];
}

function channelText({ obis, unit, scale }: Channel): string {
  const name = unitNames[unit] ?? `unit ${unit}`;
  return `${obis} in ${scale === 0 ? name : `10^${scale} ${name}`}`;
}

function areaLines(report: StoreReport): string[] {
  return [
    '  area                    address    bytes',
    ...report.areas.map(
      ({ name, address, sizeBytes }) =>
        `  ${name.padEnd(22)}${String(address).padStart(9)}${String(sizeBytes).padStart(9)}`,
    ),
  ];
}

function pageLines(report: StoreReport): string[] {
  const count = (state: PageReport['state']) => report.pages.filter((page) => page.state === state).length;
  const used = report.pages
    .filter(({ state }) => state !== 'free')
    .sort((a, b) => (b.firstSequence - a.firstSequence) | 0);
  const head =
    `  ${report.pages.length} pages of ${report.pageBytes} bytes: ${count('sealed')} sealed, ` +
    `${count('open')} open, ${count('free')} free, ${count('damaged')} damaged`;
  if (used.length === 0) return [head];
  return [
    head,
    '  PVT slot     page at  sequence   first reading          readings  state',
    ...used
      .slice(0, shownPages)
      .map(
        (page) =>
          `  ${String(page.slot).padStart(8)}${String(page.address).padStart(12)}${String(page.firstSequence).padStart(10)}   ` +
          `${isoTime(page.firstTimeSeconds)}${String(page.readings).padStart(11)}  ${page.state}`,
      ),
    ...(used.length > shownPages ? [`  and ${used.length - shownPages} older ones (--json shows all)`] : []),
  ];
}

function readingLines(report: StoreReport, store: MeterStore): string[] {
  const { readings, oldestSequence, nextSequence } = report;
  if (readings === 0) return ['  no readings'];
  const first = oldestSequence.toString();
  return [
    `  ${readings} readings, sequences ${first} to ${(nextSequence - 1) >>> 0}; the newest:`,
    '  sequence   time                        value  status',
    ...newestReadings(store).map(
      ({ sequence, timeSeconds, text, status }) =>
        `  ${String(sequence).padStart(8)}   ${isoTime(timeSeconds)}${text.padStart(13)}  ${statusNames(status)}`,
    ),
  ].map((line) => line.trimEnd());
}

interface ShownReading {
  readonly sequence: number;
  readonly timeSeconds: number;
  readonly status: number;
  readonly text: string;
}

function newestReadings(store: MeterStore): ShownReading[] {
  const batch = createBatch(1024);
  const shown: ShownReading[] = [];
  let next = store.count < shownReadings ? store.oldestSequence : (store.nextSequence - shownReadings) >>> 0;
  while (store.read(next, batch) > 0) {
    for (let row = 0; row < batch.count; row++) {
      const values = batch.values.slice(row * batch.channels, (row + 1) * batch.channels);
      shown.push({
        sequence: (batch.firstSequence + row) >>> 0,
        timeSeconds: batch.times[row]!,
        status: batch.statuses[row]!,
        text: batch.valids[row] === 1 ? values.join(' ') : 'hole',
      });
    }
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  return shown.reverse();
}

function damageLines({ findings }: StoreReport): string[] {
  if (findings.length === 0) return ['  No damage: every entry and every page was checked.'];
  return [
    `  DAMAGE, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}:`,
    ...findings.map(({ code, slot }) => `  ${code}${slot < 0 ? '' : `, slot ${slot}`}: ${meanings[code]}`),
  ];
}
