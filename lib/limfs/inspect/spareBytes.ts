import { getUint32 } from '../areas/bytes.js';
import { SUPERBLOCK_ADDRESSES, SUPERBLOCK_BYTES } from '../areas/layout.js';
import { identify, Role, type StoreId, type Superblock } from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import { mountReportRing } from '../concentrator/index.js';
import { MediumRegion } from '../events/index.js';
import { LINES_BYTES, LineRecord } from '../lines/index.js';
import type { Medium } from '../medium/medium.js';
import { framPulseRecord, PULSE_BYTES, PulseCounter } from '../pulse/index.js';
import { endOf } from './areas.js';
import { endOfEventLog, eventLogReport } from './events.js';
import type { EventLogReport, LinesReport, PulseReport, SideRingReport } from './report.js';

const MAGIC_OFFSET = 2;
const MAGIC = 0x464d_494c;
/** Pulse records and regions begin at even addresses. */
const STEP_BYTES = 2;
/** A record's mark is its counter seen through this mask. */
const MARK = 0xa5;

/** What a port has put behind a store. */
export interface SpareBytes {
  readonly eventLogs: EventLogReport[];
  readonly sideRings: SideRingReport[];
  readonly pulses: PulseReport[];
  readonly lines: LinesReport[];
}

/**
 * Looks for what a port may have put behind a store: event logs and further rings of reports, which have superblocks of
 * their own, pulse counters, both copies of which must check, for chance alone makes one check once in a few images, and
 * behind a meter's store the lines of that `meter`.
 */
export function inspectSpareBytes(medium: Medium, from: number, meter?: StoreId): SpareBytes {
  const found: SpareBytes = { eventLogs: [], sideRings: [], pulses: [], lines: [] };
  const bytes = new Uint8Array(Math.max(0, medium.sizeBytes - from));
  medium.read(from, bytes, 0, bytes.length);
  for (let at = from & 1; at + PULSE_BYTES <= bytes.length; ) {
    const isNamed = getUint32(bytes, at + MAGIC_OFFSET) === MAGIC;
    const length = isNamed
      ? takeRegion(medium, from + at, from, found)
      : takePulses(medium, from, at, bytes, found) || takeLines(medium, from, at, bytes, found, meter);
    at += Math.max(STEP_BYTES, length);
  }
  return found;
}

/** Takes the region whose first or second superblock stands here; returns the bytes from here to its end. */
function takeRegion(medium: Medium, address: number, from: number, found: SpareBytes): number {
  for (const back of SUPERBLOCK_ADDRESSES) {
    const start = address - back;
    if (start < from || medium.sizeBytes - start < 2 * SUPERBLOCK_BYTES) continue;
    const region = new MediumRegion(medium, start, medium.sizeBytes - start);
    const identity = identify(region);
    if (identity.kind !== 'ours') continue;
    const length = takeStore(region, start, identity.superblock, found);
    if (length > 0) return length - back;
  }
  return 0;
}

function takeStore(region: Medium, address: number, superblock: Superblock, found: SpareBytes): number {
  const { role, geometry } = superblock;
  const isLog = role === Role.events;
  const length = isLog ? endOfEventLog(superblock) : endOf(geometry) + geometry.pages;
  if ((!isLog && role !== Role.concentrator) || length > region.sizeBytes) return 0;
  if (isLog) {
    found.eventLogs.push(eventLogReport(region, address));
    return length;
  }
  const ring = mountReportRing(region);
  let kept = 0;
  ring.range(0, 0x1_0000_0000, () => {
    kept += 1;
  });
  const { capacityBytes, unacknowledged: waiting, findings } = ring;
  found.sideRings.push({ address, capacityBytes, waiting, kept, findings });
  return length;
}

function takePulses(medium: Medium, from: number, at: number, bytes: Uint8Array, found: SpareBytes): number {
  if (!looksLikeRecord(bytes, at)) return 0;
  const record = framPulseRecord(medium, from + at, foldDown);
  if (!record.load() || record.damaged) return 0;
  found.pulses.push({ address: from + at, count: new PulseCounter(record).count });
  return PULSE_BYTES;
}

function takeLines(
  medium: Medium,
  from: number,
  at: number,
  bytes: Uint8Array,
  found: SpareBytes,
  meter: StoreId | undefined,
): number {
  const copies = [at + (LINES_BYTES >> 1), at + LINES_BYTES];
  if (meter === undefined || !copies.some((end) => hasMark(bytes, end))) return 0;
  if (at + LINES_BYTES > bytes.length) return 0;
  const { names, firsts, count } = new LineRecord(medium, from + at, meter).list;
  if (count === 0) return 0;
  const lines = names.slice(0, count).map((name, index) => ({ name, firstSequence: firsts[index]! }));
  found.lines.push({ address: from + at, lines });
  return LINES_BYTES;
}

/** Counter and mark of both copies fit each other. */
function looksLikeRecord(bytes: Uint8Array, at: number): boolean {
  const copy = PULSE_BYTES >> 1;
  if (!hasMark(bytes, at + copy) || !hasMark(bytes, at + 2 * copy)) return false;
  return ((bytes[at + copy - 2]! - bytes[at + 2 * copy - 2]! + 1) & 0xff) <= 2;
}

/** Whether a record's copy may end here. */
function hasMark(bytes: Uint8Array, end: number): boolean {
  return (bytes[end - 2]! ^ bytes[end - 1]!) === MARK;
}
