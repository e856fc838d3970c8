import {
  CLOCK_ADDRESS,
  CLOCK_BYTES,
  CONFIGURATION_ADDRESS,
  CONFIGURATION_BYTES,
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  type Geometry,
  INSTALL_ADDRESS,
  PVT_ADDRESS,
  SUPERBLOCK_ADDRESSES,
} from '../areas/layout.js';
import { FORMAT_VERSION, type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { CLOCK_KIND } from '../meter/clock.js';
import { CONFIGURATION_KIND } from '../meter/configuration.js';
import { mountMeterStore } from '../meter/mount.js';
import { PageReader } from '../meter/pageReader.js';
import { findRingEnds } from '../ring/findHead.js';
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
  type KnownRecord,
  locate,
  type Notebook,
  type Starts,
  usesOf,
  wholeSuperblock,
} from './areas.js';
import { countReadings, readingsOfStore } from './readings.js';
import type { ImageReading, MeterReport, PageReport, SlotState, UsedBytes } from './report.js';
import { inspectSpareBytes } from './spareBytes.js';

/**
 * Reads a whole meter store on FRAM, checks all of it and writes nothing.
 * Errors: those of `mountMeterStore`; `medium-range` for an image that was cut short.
 */
export function inspectMeter(medium: Medium): MeterReport {
  const { geometry, storeId } = wholeSuperblock(medium, ({ geometry }) => endOf(geometry));
  const store = mountMeterStore(medium);
  const ring = new PageRing(medium, geometry, storeSeed(storeId));
  const notebook: Notebook = { findings: [], notes: [] };
  checkSuperblocks(medium, notebook);
  checkRecords(medium, [...commonRecords(storeId), ...meterRecords(storeId)], notebook);
  const areas = areasOf(startsOf(geometry), endOf(geometry));
  const pages = pagesOf(medium, ring);
  const readings = countReadings(store);
  // Asked last: reading everything is what finds the damage.
  const findings = [...notebook.findings, ...locate(store.findings, geometry)];
  return {
    role: 'meter',
    medium: 'FRAM',
    formatVersion: FORMAT_VERSION,
    storeId,
    imageBytes: medium.sizeBytes,
    areas,
    install: install(medium),
    environment: environment(medium, storeId),
    uses: [...usesOf(areas), ...pageUses(pages, geometry.pageBytes), ...damagedBytes(findings)],
    slots: pages.map(slotState),
    newestSlot: pages.findIndex(({ state }) => state === 'open'),
    readings,
    findings,
    notes: notebook.notes,
    ...inspectSpareBytes(medium, endOf(geometry), storeId),
    pageBytes: geometry.pageBytes,
    channels: store.channels(),
    intervalSeconds: store.intervalSeconds,
    checkpointSeconds: store.lastCheckpointSeconds(),
    pages,
    oldestSequence: store.oldestSequence,
    nextSequence: store.nextSequence,
    sectors: [],
  };
}

export function readMeter(medium: Medium): Generator<ImageReading> {
  return readingsOfStore(mountMeterStore(medium));
}

function startsOf({ dataAddress, pages }: Geometry): Starts {
  return [
    ['superblock', SUPERBLOCK_ADDRESSES[0]],
    ['clock', CLOCK_ADDRESS],
    ['install information', INSTALL_ADDRESS],
    ['environment variables', ENVIRONMENT_ADDRESS],
    ['configuration', CONFIGURATION_ADDRESS],
    ['PVT', PVT_ADDRESS, pages * ENTRY_BYTES],
    ['data', dataAddress],
  ];
}

function meterRecords(storeId: StoreId): KnownRecord[] {
  return [
    {
      name: 'clock',
      address: CLOCK_ADDRESS,
      copyBytes: CLOCK_BYTES,
      seedSum: seed(storeSeed(storeId), CLOCK_KIND),
      needed: false,
    },
    {
      name: 'configuration',
      address: CONFIGURATION_ADDRESS,
      copyBytes: CONFIGURATION_BYTES,
      seedSum: seed(storeSeed(storeId), CONFIGURATION_KIND),
      needed: true,
    },
  ];
}

export function slotState({ state }: PageReport): SlotState {
  return state === 'sealed' ? 'closed' : state;
}

export function pageUses(pages: readonly PageReport[], pageBytes: number): UsedBytes[] {
  const uses: UsedBytes[] = [];
  for (const { state, address } of pages) {
    const use = state === 'sealed' ? 'closed' : state;
    if (use !== 'free') uses.push({ address, sizeBytes: pageBytes, use });
  }
  return uses;
}

/** Looks at every slot by itself, so that one damaged entry does not hide another. */
function pagesOf(medium: Medium, ring: PageRing): PageReport[] {
  const ends = findRingEnds(ring);
  const entry = createEntry();
  const reader = new PageReader(medium, ring.geometry.pageBytes, foldDown);
  const reports: PageReport[] = [];
  for (let slot = 0; slot < ring.pages; slot += 1) {
    ring.readEntries(slot);
    const isEntry = ring.take(0, slot, entry);
    const isOpen = ends.filled && slot === ends.head.slot;
    let state: PageReport['state'] = entry.lap === NO_LAP ? 'free' : 'damaged';
    let readings = 0;
    let lastTimeSeconds = 0;
    if (isEntry) {
      reader.load(ring.pageAddress(slot));
      if (isOpen || reader.verify(ring.pageSeed(entry))) {
        reader.start(entry.timeSeconds);
        reader.advance();
        state = reader.damaged ? 'damaged' : isOpen ? 'open' : 'sealed';
        if (!reader.damaged) readings = reader.state.count;
        lastTimeSeconds = reader.state.timeSeconds;
      }
    }
    reports.push({
      slot,
      address: ring.pageAddress(slot),
      state,
      run: entry.run,
      firstSequence: entry.sequence,
      firstTimeSeconds: entry.timeSeconds,
      lastTimeSeconds,
      readings,
    });
  }
  return reports;
}
