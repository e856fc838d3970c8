import {
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  ENVIRONMENT_BYTES,
  type Geometry,
  INSTALL_ADDRESS,
  PVT_ADDRESS,
  SUPERBLOCK_ADDRESSES,
  SUPERBLOCK_BYTES,
} from '../areas/layout.js';
import { FORMAT_VERSION, type StoreId, storeSeed } from '../areas/superblock.js';
import { mountReportRing, type Report, type ReportRing, reportBytes } from '../concentrator/index.js';
import { CellKind } from '../manager/cell.js';
import type { Medium } from '../medium/medium.js';
import type { Finding } from '../meter/finding.js';
import { NO_LAP } from '../ring/lap.js';
import { createEntry, PageRing } from '../ring/pageRing.js';
import {
  areasOf,
  checkRecords,
  checkSuperblocks,
  commonRecords,
  damagedBytes,
  endOf,
  environment,
  install,
  type Notebook,
  type Starts,
  usesOf,
  wholeSuperblock,
} from './areas.js';
import { rowsOf } from './readings.js';
import type {
  ConcentratorReport,
  ImageFinding,
  ImageReading,
  ReportedMeter,
  SlotState,
  StoredReport,
  UsedBytes,
} from './report.js';
import { openReportBody } from './reportBody.js';
import { SequenceSet } from './sequenceSet.js';
import { inspectSpareBytes } from './spareBytes.js';

const FOREVER = 0x1_0000_0000;

/** Reads a whole ring of reports. Errors: those of `mountReportRing`; `medium-range`. */
export function inspectConcentrator(medium: Medium): ConcentratorReport {
  const { geometry, storeId } = wholeSuperblock(medium, ({ geometry }) => endOf(geometry) + geometry.pages);
  const ring = mountReportRing(medium);
  const notebook: Notebook = { findings: [], notes: [] };
  checkSuperblocks(medium, notebook);
  checkRecords(medium, commonRecords(storeId), notebook);
  const areas = areasOf(startsOf(geometry), endOf(geometry) + geometry.pages);
  const meters = new MeterList();
  const kept = [...reportsOf(ring)];
  const reports = kept.map((report) => meters.take(report, bodyOf(ring, report)));
  const findings = [...notebook.findings, ...locate(ring.findings, geometry)];
  return {
    role: 'concentrator',
    formatVersion: FORMAT_VERSION,
    storeId,
    imageBytes: medium.sizeBytes,
    areas,
    install: install(medium),
    environment: environment(medium, storeId),
    uses: [
      ...usesOf(areas),
      ...kept.flatMap((report) => usesOfReport(report, geometry)),
      ...damagedBytes(findings),
    ],
    slots: slotsOf(new PageRing(medium, geometry, storeSeed(storeId)), kept, ring.findings),
    newestSlot: kept[kept.length - 1]?.slot ?? -1,
    readings: reports.reduce((sum, { readings }) => sum + Math.max(0, readings), 0),
    findings,
    notes: notebook.notes,
    ...inspectSpareBytes(medium, endOf(geometry) + geometry.pages),
    reports,
    meters: meters.all(),
    waiting: ring.unacknowledged,
    freeBytes: ring.freeBytes,
    capacityBytes: ring.capacityBytes,
  };
}

/** Every reading of every kept report: a reading that two reports bring comes twice. */
export function* readConcentrator(medium: Medium): Generator<ImageReading> {
  const ring = mountReportRing(medium);
  for (const report of reportsOf(ring)) {
    const rows: ImageReading[] = [];
    openReportBody(bodyOf(ring, report), report, (cell, batch) => {
      rows.push(...rowsOf(batch, cell.storeId));
    });
    yield* rows;
  }
}

function reportsOf(ring: ReportRing): Report[] {
  const reports: Report[] = [];
  ring.range(0, FOREVER, (report) => reports.push(report));
  return reports;
}

function bodyOf(ring: ReportRing, report: Report): Uint8Array {
  const body = new Uint8Array(report.bodyBytes);
  ring.readBody(report, 0, body, 0, body.length);
  return body;
}

/** What all reports together say of each meter. */
class MeterList {
  private readonly meters = new Map<
    string,
    {
      readonly storeId: StoreId;
      manager: StoreId;
      readings: number;
      readonly sequences: SequenceSet;
      lost: number;
    }
  >();

  take(report: Report, body: Uint8Array): StoredReport {
    let readings = 0;
    const isPage = openReportBody(body, report, (cell, batch) => {
      const meter = this.meterOf(cell.storeId, report.storeId);
      if (cell.kind === CellKind.lost) meter.lost += cell.count;
      else meter.sequences.add(cell.first, cell.count);
      meter.readings += batch.count;
      readings += batch.count;
    });
    return {
      slot: report.slot,
      state: report.acknowledged ? 'acknowledged' : 'waiting',
      storeId: report.storeId,
      pageCounter: report.pageCounter,
      checksum: report.checksum,
      copy: report.copy,
      conflict: report.conflict,
      timeSeconds: report.timeSeconds,
      bodyBytes: report.bodyBytes,
      readings: isPage ? readings : -1,
      headers: report.headers,
    };
  }

  all(): ReportedMeter[] {
    return [...this.meters.values()].map(({ storeId, manager, readings, sequences, lost }) => ({
      storeId,
      manager,
      readings,
      firstSequence: sequences.first,
      nextSequence: sequences.end,
      gaps: sequences.gaps(),
      lost,
    }));
  }

  private meterOf(storeId: StoreId, manager: StoreId) {
    const name = storeId.join();
    const known = this.meters.get(name);
    if (known !== undefined) {
      known.manager = manager;
      return known;
    }
    const meter = { storeId, manager, readings: 0, sequences: new SequenceSet(), lost: 0 };
    this.meters.set(name, meter);
    return meter;
  }
}

function startsOf(geometry: Geometry): Starts {
  return [
    ['superblock', SUPERBLOCK_ADDRESSES[0], 2 * SUPERBLOCK_BYTES],
    ['install information', INSTALL_ADDRESS],
    ['environment variables', ENVIRONMENT_ADDRESS, 2 * ENVIRONMENT_BYTES],
    ['PVT', PVT_ADDRESS, geometry.pages * ENTRY_BYTES],
    ['data', geometry.dataAddress],
    ['acknowledgements', endOf(geometry)],
  ];
}

/** A report may lie across the end of the data area. */
function usesOfReport(report: Report, geometry: Geometry): UsedBytes[] {
  const circle = geometry.pages * geometry.pageBytes;
  const from = report.position % circle;
  const length = reportBytes(report.headers.length, report.bodyBytes);
  const first = Math.min(length, circle - from);
  const use = report.acknowledged ? 'old' : 'closed';
  const uses: UsedBytes[] = [{ address: geometry.dataAddress + from, sizeBytes: first, use }];
  if (first < length) uses.push({ address: geometry.dataAddress, sizeBytes: length - first, use });
  return uses;
}

/** A slot names an entry; where its report lies is known only while the entry is whole. */
function locate(findings: readonly Finding[], { tableAddress }: Geometry): ImageFinding[] {
  return findings
    .filter(({ code }) => code !== 'superblock-copy-damaged')
    .map(({ code, slot }) => ({
      code,
      slot,
      address: slot < 0 ? -1 : tableAddress + slot * ENTRY_BYTES,
      sizeBytes: slot < 0 ? 0 : ENTRY_BYTES,
    }));
}

function slotsOf(ring: PageRing, reports: readonly Report[], findings: readonly Finding[]): SlotState[] {
  const bySlot = new Map(reports.map((report) => [report.slot, report]));
  const damaged = new Set(findings.map(({ slot }) => slot));
  const entry = createEntry();
  const slots: SlotState[] = [];
  for (let slot = 0; slot < ring.pages; slot += 1) {
    ring.readEntries(slot);
    ring.take(0, slot, entry);
    const report = bySlot.get(slot);
    if (damaged.has(slot)) slots.push('damaged');
    else if (report !== undefined) slots.push(report.acknowledged ? 'old' : 'closed');
    // An acknowledged report whose bytes were used again is as good as none.
    else slots.push(entry.lap === NO_LAP ? 'free' : 'old');
  }
  return slots;
}
