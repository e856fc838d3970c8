import {
  CLOCK_ADDRESS,
  CONFIGURATION_ADDRESS,
  ENTRY_BYTES,
  ENVIRONMENT_ADDRESS,
  INSTALL_ADDRESS,
  PVT_ADDRESS,
} from '../areas/layout.js';
import { FORMAT_VERSION, identify, type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import type { Channel } from '../meter/channels.js';
import type { Finding } from '../meter/finding.js';
import { mountMeterStore } from '../meter/mount.js';
import { PageReader } from '../meter/pageReader.js';
import { createBatch } from '../meter/reading.js';
import { findRingEnds } from '../ring/findHead.js';
import { NO_LAP } from '../ring/lap.js';
import { createEntry, PageRing } from '../ring/pageRing.js';

export interface AreaReport {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
}

/** One slot of the PVT and its page. What follows `state` means nothing where that is 'free'. */
export interface PageReport {
  readonly slot: number;
  readonly address: number;
  readonly state: 'free' | 'open' | 'sealed' | 'damaged';
  readonly run: number;
  readonly firstSequence: number;
  readonly firstTimeSeconds: number;
  readonly lastTimeSeconds: number;
  /** 0 where the page is damaged. */
  readonly readings: number;
}

/** Everything that can be said of a meter store from outside. */
export interface StoreReport {
  readonly formatVersion: number;
  readonly storeId: StoreId;
  readonly pageBytes: number;
  readonly channels: readonly Channel[];
  readonly intervalSeconds: number;
  /** Device time at the last checkpoint; 0 when there was none. */
  readonly checkpointSeconds: number;
  readonly areas: readonly AreaReport[];
  /** By slot. */
  readonly pages: readonly PageReport[];
  readonly oldestSequence: number;
  readonly nextSequence: number;
  /** Readings and holes that can be read. */
  readonly readings: number;
  readonly findings: readonly Finding[];
}

/**
 * Reads a whole meter store, checks all of it and writes nothing; for a PC, not for a device.
 * Errors: those of `mountMeterStore`; `medium-range` for an image that was cut short.
 */
export function inspectStore(medium: Medium): StoreReport {
  const identity = identify(medium);
  if (identity.kind === 'ours') {
    const { dataAddress, pageBytes, pages } = identity.superblock.geometry;
    const sizeBytes = dataAddress + pageBytes * pages;
    if (sizeBytes > medium.sizeBytes) {
      throw new LimfsError(
        'medium-range',
        `the store has ${sizeBytes} bytes but the image only ${medium.sizeBytes}: it was cut short`,
      );
    }
  }
  const store = mountMeterStore(medium);
  if (identity.kind !== 'ours') throw new LimfsError(identity.kind, `the medium is ${identity.kind}`);
  const { geometry, storeId } = identity.superblock;
  const ring = new PageRing(medium, geometry, storeSeed(storeId));
  return {
    formatVersion: FORMAT_VERSION,
    storeId,
    pageBytes: geometry.pageBytes,
    channels: store.channels(),
    intervalSeconds: store.intervalSeconds,
    checkpointSeconds: store.lastCheckpointSeconds(),
    areas: areasOf(ring),
    pages: pagesOf(medium, ring),
    oldestSequence: store.oldestSequence,
    nextSequence: store.nextSequence,
    readings: countReadings(store),
    // Asked last: reading everything is what finds the damage.
    findings: store.findings,
  };
}

function areasOf({ geometry }: PageRing): AreaReport[] {
  const { dataAddress, pageBytes, pages } = geometry;
  const starts: readonly [name: string, address: number][] = [
    ['superblock', 0],
    ['clock', CLOCK_ADDRESS],
    ['install information', INSTALL_ADDRESS],
    ['environment variables', ENVIRONMENT_ADDRESS],
    ['configuration', CONFIGURATION_ADDRESS],
    ['PVT', PVT_ADDRESS],
    ['data', dataAddress],
  ];
  return starts.map(([name, address], index) => {
    const end =
      name === 'PVT'
        ? PVT_ADDRESS + pages * ENTRY_BYTES
        : (starts[index + 1]?.[1] ?? dataAddress + pages * pageBytes);
    return { name, address, sizeBytes: end - address };
  });
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

function countReadings(store: ReturnType<typeof mountMeterStore>): number {
  const batch = createBatch(1024);
  let count = 0;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    count += batch.count;
    next = (batch.firstSequence + batch.count) >>> 0;
  }
  return count;
}
