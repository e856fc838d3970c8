import { ENTRY_BYTES, geometryOf, SUPERBLOCK_ADDRESSES } from '../areas/layout.js';
import { FORMAT_VERSION, type Superblock, storeSeed } from '../areas/superblock.js';
import {
  ACKNOWLEDGED_ADDRESS,
  EVENT_BYTES,
  EVENT_TABLE_ADDRESS,
  type Event,
  FOLDED_ADDRESS,
} from '../events/event.js';
import { mountEventLog } from '../events/mount.js';
import type { Medium } from '../medium/medium.js';
import { findRingEnds } from '../ring/findHead.js';
import { NO_LAP } from '../ring/lap.js';
import { createEntry, PageRing } from '../ring/pageRing.js';
import {
  areasOf,
  checkSuperblocks,
  damagedBytes,
  endOf,
  locate,
  type Notebook,
  type Starts,
  usesOf,
  wholeSuperblock,
} from './areas.js';
import type { EventLogReport, EventReport, EventsReport, SlotState, UsedBytes } from './report.js';

/** An inspector records nothing, so the limit never counts. */
const NO_LIMIT = { events: 1, seconds: 1 };
const FOREVER = 0x1_0000_0000;

function geometryOfLog({ geometry }: Superblock) {
  return geometryOf(EVENT_BYTES, geometry.pages, EVENT_TABLE_ADDRESS);
}

export function endOfEventLog(superblock: Superblock): number {
  return endOf(geometryOfLog(superblock));
}

/** An image that is an event log and nothing else. Errors: those of `mountEventLog`, `medium-range`. */
export function inspectEvents(medium: Medium): EventsReport {
  const superblock = wholeSuperblock(medium, endOfEventLog);
  const geometry = geometryOfLog(superblock);
  const log = mountEventLog(medium, NO_LIMIT);
  const notebook: Notebook = { findings: [], notes: [] };
  checkSuperblocks(medium, notebook);
  const starts: Starts = [
    ['superblock', SUPERBLOCK_ADDRESSES[0]],
    ['acknowledged', ACKNOWLEDGED_ADDRESS],
    ['folded counts', FOLDED_ADDRESS],
    ['PVT', EVENT_TABLE_ADDRESS, geometry.pages * ENTRY_BYTES],
    ['data', geometry.dataAddress],
  ];
  const areas = areasOf(starts, endOf(geometry));
  const report = eventLogReport(medium, 0);
  const findings = [...notebook.findings, ...locate(log.findings, geometry)];
  const slots = slotsOf(medium, superblock, report);
  const pages: UsedBytes[] = [];
  slots.forEach((state, slot) => {
    const address = geometry.dataAddress + slot * EVENT_BYTES;
    if (state === 'closed' || state === 'old') pages.push({ address, sizeBytes: EVENT_BYTES, use: state });
  });
  return {
    role: 'events',
    formatVersion: FORMAT_VERSION,
    storeId: superblock.storeId,
    imageBytes: medium.sizeBytes,
    areas,
    install: null,
    environment: null,
    uses: [...usesOf(areas), ...pages, ...damagedBytes(findings)],
    slots,
    newestSlot: newestSlotOf(medium, superblock, report),
    readings: 0,
    findings,
    notes: notebook.notes,
    eventLogs: [report],
    pulses: [],
    sideRings: [],
    lines: [],
  };
}

export function eventLogReport(medium: Medium, address: number): EventLogReport {
  const superblock = wholeSuperblock(medium, endOfEventLog);
  const log = mountEventLog(medium, NO_LIMIT);
  const events: EventReport[] = [];
  log.range(0, FOREVER, (event) => events.push(eventReport(event)));
  return {
    address,
    sizeBytes: endOfEventLog(superblock),
    capacity: log.capacity,
    acknowledgedSequence: log.acknowledgedSequence,
    nextSequence: log.nextSequence,
    events,
    folded: log.foldedCounts.map(({ code, count }) => ({ code, count })),
    findings: log.findings,
  };
}

function eventReport({ payload, ...event }: Event): EventReport {
  return { ...event, payload: Array.from(payload, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

function newestSlotOf(medium: Medium, superblock: Superblock, { events }: EventLogReport): number {
  if (events.length === 0) return -1;
  return findRingEnds(new PageRing(medium, geometryOfLog(superblock), storeSeed(superblock.storeId))).head
    .slot;
}

/** Each event has a slot: the one whose page holds it. */
function slotsOf(medium: Medium, superblock: Superblock, report: EventLogReport): SlotState[] {
  const geometry = geometryOfLog(superblock);
  const ring = new PageRing(medium, geometry, storeSeed(superblock.storeId));
  const kept = new Set(report.events.map(({ sequence }) => sequence));
  const entry = createEntry();
  const slots: SlotState[] = [];
  for (let slot = 0; slot < ring.pages; slot += 1) {
    ring.readEntries(slot);
    const isEntry = ring.take(0, slot, entry);
    if (entry.lap === NO_LAP) slots.push('free');
    else if (!isEntry || !kept.has(entry.sequence)) slots.push('damaged');
    else slots.push(((entry.sequence - report.acknowledgedSequence) | 0) < 0 ? 'old' : 'closed');
  }
  return slots;
}
