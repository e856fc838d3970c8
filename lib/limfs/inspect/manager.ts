import {
  CONFIGURATION_ADDRESS,
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  ENVIRONMENT_BYTES,
  INSTALL_ADDRESS,
  PVT_ADDRESS,
  SUPERBLOCK_ADDRESSES,
  SUPERBLOCK_BYTES,
} from '../areas/layout.js';
import { FORMAT_VERSION, type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import { Cell } from '../manager/cell.js';
import { loadSettings, ManagerLayout, SETTINGS_BYTES, SETTINGS_KIND } from '../manager/managerLayout.js';
import { Meter, MeterState, MeterTable } from '../manager/meterTable.js';
import { mountManagerStore } from '../manager/mount.js';
import { RedoLog } from '../manager/redoLog.js';
import { PageKind, Tape } from '../manager/tape.js';
import { STATE_BYTES, STATE_KIND } from '../manager/tapeState.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { NO_LAP } from '../ring/lap.js';
import { createEntry, PageRing } from '../ring/pageRing.js';
import {
  areasOf,
  checkRecords,
  checkSuperblocks,
  commonRecords,
  damagedBytes,
  environment,
  install,
  type KnownRecord,
  type Notebook,
  type Starts,
  usesOf,
  wholeSuperblock,
} from './areas.js';
import { CellOpener, type OpenedCell } from './cells.js';
import { rowsOf } from './readings.js';
import type {
  ImageFinding,
  ImageReading,
  ManagedMeter,
  ManagerPageReport,
  ManagerReport,
  SlotState,
  UsedBytes,
} from './report.js';
import { inspectSpareBytes } from './spareBytes.js';

/** Reads a whole local manager's store. Errors: those of `mountManagerStore`; `medium-range`. */
export function inspectManager(medium: Medium): ManagerReport {
  const image = new ManagerImage(medium);
  const { layout, tape, storeId } = image;
  const notebook: Notebook = { findings: [], notes: [] };
  checkSuperblocks(medium, notebook);
  checkRecords(medium, [...commonRecords(storeId), ...managerRecords(layout, storeId)], notebook);
  const areas = areasOf(startsOf(layout), layout.sizeBytes);
  const pages = [...image.pages()];
  const meters = image.meters();
  const findings = [...notebook.findings, ...locate(image.findings, layout)];
  return {
    role: 'manager',
    formatVersion: FORMAT_VERSION,
    storeId,
    imageBytes: medium.sizeBytes,
    areas,
    install: install(medium),
    environment: environment(medium, storeId),
    uses: [...usesOf(areas), ...image.uses, ...damagedBytes(findings)],
    slots: slotsOf(medium, image, pages),
    newestSlot: tape.state.filled ? tape.state.head.slot : -1,
    readings: pages.reduce((sum, page) => sum + page.readings, 0),
    findings,
    notes: notebook.notes,
    ...inspectSpareBytes(medium, layout.sizeBytes),
    settings: image.settings,
    meters,
    pages,
    droppedPages: tape.state.droppedPages,
    ownerlessReadings: tape.state.ownerlessReadings,
  };
}

/** Every reading of every cell: a reading that stands in two windows comes twice. */
export function* readManager(medium: Medium): Generator<ImageReading> {
  const image = new ManagerImage(medium);
  const opener = new CellOpener();
  for (let position = image.tape.oldest; position < image.tape.state.end; position += 1) {
    const cell = image.open(position, opener);
    if (cell !== null) yield* rowsOf(opener.batch, cell.storeId);
  }
}

/** The parts of a local manager's store, as its mount puts them together. */
class ManagerImage {
  readonly findings: Finding[] = [];
  readonly uses: UsedBytes[] = [];
  readonly storeId: StoreId;
  readonly settings;
  readonly layout: ManagerLayout;
  readonly tape: Tape;
  private readonly log: RedoLog;
  private readonly cell: Cell;

  constructor(medium: Medium) {
    const { storeId } = wholeSuperblock(medium, (superblock) => {
      const settings = loadSettings(medium, storeSeed(superblock.storeId), foldDown);
      return new ManagerLayout(settings).sizeBytes;
    });
    // Whatever the store itself refuses is refused here in the same words.
    mountManagerStore(medium);
    const seedSum = storeSeed(storeId);
    this.storeId = storeId;
    this.settings = loadSettings(medium, seedSum, foldDown);
    this.layout = new ManagerLayout(this.settings);
    this.log = new RedoLog(medium, this.layout.logAddress, this.layout.logPlaceBytes, seedSum, foldDown);
    this.log.load();
    if (this.log.damaged) addFinding(this.findings, 'log-damaged', -1);
    this.tape = new Tape(this.log, this.layout, seedSum, foldDown, this.findings);
    this.cell = new Cell(this.log, this.layout, seedSum, foldDown);
  }

  /** Opens a cell; null for an empty or damaged one. */
  open(position: number, opener: CellOpener): OpenedCell | null {
    if (this.cell.read(position) !== 'whole') return null;
    return opener.open(this.cell.bytes, 0, this.cell.length);
  }

  /** The pages from the oldest on; each cell is checked. */
  *pages(): Generator<ManagerPageReport> {
    const { tape } = this;
    const { state } = tape;
    for (let position = tape.oldest; position < state.end; ) {
      const end = Math.max(position + 1, tape.endOf(position));
      const entry = tape.pageAt(position);
      const known = entry !== null && entry.sequence === position;
      const kind = !known ? 'unknown' : entry.run === PageKind.window ? 'window' : 'fill';
      const timeSeconds = known ? entry.timeSeconds : 0;
      const pageState = this.stateOf(position, end, kind === 'fill');
      yield { position, kind, timeSeconds, state: pageState, ...this.examine(position, end, pageState) };
      position = end;
    }
  }

  meters(): ManagedMeter[] {
    const { log, layout, storeId } = this;
    const table = new MeterTable(log, layout.metersAddress, layout.meters, storeSeed(storeId), foldDown);
    const meters: ManagedMeter[] = [];
    const meter = new Meter();
    for (let place = 0; place < layout.meters; place += 1) {
      if (!table.load(place, meter)) addFinding(this.findings, 'meter-damaged', place);
      else if (meter.state !== MeterState.free) meters.push(managedMeter(place, meter));
    }
    return meters;
  }

  private stateOf(position: number, end: number, isFill: boolean): ManagerPageReport['state'] {
    const { tape } = this;
    if (end <= tape.state.oldestUnreported) return 'acknowledged';
    if (end <= tape.state.frozen) return 'frozen';
    const isOpen = position === tape.openWindow || (isFill && end === tape.state.end && tape.fillIsOpen);
    return isOpen ? 'open' : 'closed';
  }

  private examine(position: number, end: number, state: ManagerPageReport['state']) {
    const opener = new CellOpener();
    const counts = { cells: end - position, whole: 0, damaged: 0, readings: 0 };
    const { cells, cellBytes } = this.layout;
    for (let at = position; at < end; at += 1) {
      const found = this.cell.read(at);
      if (found === 'empty') continue;
      const opened = found === 'whole' ? opener.open(this.cell.bytes, 0, this.cell.length) : null;
      if (opened === null) {
        addFinding(this.findings, 'cell-damaged', at % cells);
        counts.damaged += 1;
        continue;
      }
      const use = state === 'acknowledged' ? 'old' : state === 'open' ? 'open' : 'closed';
      this.uses.push({ address: this.layout.cellAddress(at), sizeBytes: cellBytes, use });
      counts.whole += 1;
      counts.readings += opener.batch.count;
    }
    return counts;
  }
}

function managedMeter(place: number, meter: Meter): ManagedMeter {
  const { gaps } = meter;
  return {
    place,
    storeId: [meter.storeHigh, meter.storeLow],
    quarantined: meter.state === MeterState.quarantined,
    setBacks: meter.setBacks,
    line: meter.line,
    nextSequence: meter.next,
    gaps: gaps.firsts.slice(0, gaps.count).map((first, gap) => ({
      first,
      end: gaps.ends[gap]!,
      uncertain: gaps.uncertain[gap] === 1,
    })),
    lost: meter.lost,
  };
}

function startsOf(layout: ManagerLayout): Starts {
  return [
    ['superblock', SUPERBLOCK_ADDRESSES[0], 2 * SUPERBLOCK_BYTES],
    ['install information', INSTALL_ADDRESS],
    ['environment variables', ENVIRONMENT_ADDRESS, 2 * ENVIRONMENT_BYTES],
    ['settings', CONFIGURATION_ADDRESS, 2 * SETTINGS_BYTES],
    ['PVT', PVT_ADDRESS, layout.geometry.pages * ENTRY_BYTES],
    ['data', layout.geometry.dataAddress],
    ['state of the pages', layout.stateAddress],
    ['redo log', layout.logAddress],
    ['meters', layout.metersAddress],
  ];
}

function managerRecords(layout: ManagerLayout, storeId: StoreId): KnownRecord[] {
  const seedSum = storeSeed(storeId);
  return [
    {
      name: 'settings',
      address: CONFIGURATION_ADDRESS,
      copyBytes: SETTINGS_BYTES,
      seedSum: seed(seedSum, SETTINGS_KIND),
      needed: true,
    },
    {
      name: 'state of the pages',
      address: layout.stateAddress,
      copyBytes: STATE_BYTES,
      seedSum: seed(seedSum, STATE_KIND),
      needed: true,
    },
  ];
}

/** Adds the bytes to findings: slots name PVT entries, cells or places of meters. */
function locate(findings: readonly Finding[], layout: ManagerLayout): ImageFinding[] {
  return findings.map(({ code, slot }) => {
    if (slot < 0) return { code, slot, address: -1, sizeBytes: 0 };
    if (code === 'cell-damaged') {
      return { code, slot, address: layout.cellAddress(slot), sizeBytes: layout.cellBytes };
    }
    if (code === 'meter-damaged') {
      const bytes = (layout.sizeBytes - layout.metersAddress) / layout.meters;
      return { code, slot, address: layout.metersAddress + slot * bytes, sizeBytes: bytes };
    }
    return { code, slot, address: PVT_ADDRESS + slot * ENTRY_BYTES, sizeBytes: ENTRY_BYTES };
  });
}

function slotsOf(medium: Medium, image: ManagerImage, pages: readonly ManagerPageReport[]): SlotState[] {
  const states = new Map(pages.map(({ position, state }) => [position, state]));
  const ring = new PageRing(medium, image.layout.geometry, storeSeed(image.storeId));
  const entry = createEntry();
  const slots: SlotState[] = [];
  for (let slot = 0; slot < ring.pages; slot += 1) {
    ring.readEntries(slot);
    const isEntry = ring.take(0, slot, entry);
    const state = states.get(entry.sequence);
    if (entry.lap === NO_LAP) slots.push('free');
    else if (!isEntry) slots.push('damaged');
    else if (state === undefined) slots.push('free');
    else slots.push(state === 'acknowledged' ? 'old' : state === 'open' ? 'open' : 'closed');
  }
  return slots;
}
