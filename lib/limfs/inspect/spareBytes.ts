import { getUint32 } from '../areas/bytes.js';
import type { RecordPair } from '../areas/record.js';
import { identify, Role } from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import { MediumRegion } from '../events/index.js';
import type { Medium } from '../medium/medium.js';
import { framPulseRecord, PULSE_BYTES, PulseCounter } from '../pulse/index.js';
import { endOfEventLog, eventLogReport } from './events.js';
import type { EventLogReport, PulseReport } from './report.js';

const MAGIC_OFFSET = 2;
const MAGIC = 0x464d_494c;
/** Pulse records and regions begin at even addresses. */
const STEP_BYTES = 2;

/**
 * Looks for what a port may have put behind a store: event logs, which have a superblock of their own, and pulse
 * counters, both copies of which must check, for chance alone would make one check once in a few images.
 */
export function inspectSpareBytes(
  medium: Medium,
  from: number,
): { eventLogs: EventLogReport[]; pulses: PulseReport[] } {
  const eventLogs: EventLogReport[] = [];
  const pulses: PulseReport[] = [];
  const bytes = new Uint8Array(Math.max(0, medium.sizeBytes - from));
  medium.read(from, bytes, 0, bytes.length);
  for (let at = (from & 1) as number; at + PULSE_BYTES <= bytes.length; at += STEP_BYTES) {
    const log =
      at + 6 <= bytes.length && getUint32(bytes, at + MAGIC_OFFSET) === MAGIC
        ? logAt(medium, from + at)
        : null;
    if (log !== null) {
      eventLogs.push(log);
      at += log.sizeBytes - STEP_BYTES;
      continue;
    }
    const pulse = looksLikeRecord(bytes, at) ? pulsesAt(medium, from + at) : null;
    if (pulse !== null) {
      pulses.push(pulse);
      at += PULSE_BYTES - STEP_BYTES;
    }
  }
  return { eventLogs, pulses };
}

function logAt(medium: Medium, address: number): EventLogReport | null {
  const region = new MediumRegion(medium, address, medium.sizeBytes - address);
  const identity = identify(region);
  if (identity.kind !== 'ours' || identity.superblock.role !== Role.events) return null;
  if (endOfEventLog(identity.superblock) > region.sizeBytes) return null;
  return eventLogReport(region, address);
}

/** Counter and mark of both copies fit each other. */
function looksLikeRecord(bytes: Uint8Array, at: number): boolean {
  const copy = PULSE_BYTES >> 1;
  for (const end of [at + copy, at + 2 * copy]) {
    if ((bytes[end - 2]! ^ bytes[end - 1]!) !== 0xa5) return false;
  }
  return ((bytes[at + copy - 2]! - bytes[at + 2 * copy - 2]! + 1) & 0xff) <= 2;
}

function pulsesAt(medium: Medium, address: number): PulseReport | null {
  const record: RecordPair = framPulseRecord(medium, address, foldDown);
  if (!record.load() || record.damaged) return null;
  return { address, count: new PulseCounter(record).count };
}
