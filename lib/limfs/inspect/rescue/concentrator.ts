import { getUint16, getUint32 } from '../../areas/bytes.js';
import { identify, Role, type StoreId } from '../../areas/superblock.js';
import { foldDown, stored } from '../../checksum.js';
import {
  DEVICE_HEADER_BYTES,
  Field,
  HEAD_BYTES,
  MAXIMUM_DEVICES,
  reportBytes,
} from '../../concentrator/report.js';
import { CHUNK_BYTES } from '../../concentrator/reportReader.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import { endOf } from '../areas.js';
import { readConcentrator } from '../concentrator.js';
import { rowsOf } from '../readings.js';
import type { ImageReading } from '../report.js';
import { openReportBody } from '../reportBody.js';
import { seedBefore, sumsOf } from './algebra.js';
import type { Rescue, Watch } from './rescue.js';

const WATCH_STEP = 4096;

/**
 * Finds reports wherever they lie. The head of a report tells with which seed it checks; headers and body must check with
 * the same seed, and the local manager's page in the body with a checksum of its own. No other byte of the image is
 * needed. A report that lies across the end of the data area is not found.
 */
export function rescueConcentrator(bytes: Uint8Array, watch: Watch): Rescue | null {
  const proven: ImageReading[] = [];
  let reports = 0;
  let foreign = 0;
  for (let address = 0; address + HEAD_BYTES <= bytes.length; ) {
    if (address % WATCH_STEP === 0) watch(address / bytes.length);
    const length = reportAt(bytes, address);
    if (length === 0) {
      address += 1;
      continue;
    }
    const readings = readingsOf(bytes, address);
    if (readings === null) foreign += 1;
    else {
      reports += 1;
      proven.push(...readings);
    }
    address += length;
  }
  const named = namedRing(bytes);
  // With a whole superblock the ring gives reports that lie across the end of its data, too.
  if (named !== null) proven.push(...readConcentrator(new BufferMedium(bytes)));
  if (reports === 0) return null;
  return {
    role: 'concentrator',
    storeId: named,
    channels: [],
    proven,
    unproven: [],
    statements: [
      `Without superblock and table ${reports} reports were found whose head, headers and body check with one seed, and ` +
        "whose local manager's own checksum holds.",
      'Which of them the server has acknowledged is not known any more.',
      ...(foreign > 0
        ? [`${foreign} whole reports hold something else than a local manager's page: left out.`]
        : []),
    ],
  };
}

/** The store id, if a superblock of a ring of reports is whole. */
function namedRing(bytes: Uint8Array): StoreId | null {
  const identity = identify(new BufferMedium(bytes));
  if (identity.kind !== 'ours' || identity.superblock.role !== Role.concentrator) return null;
  const { geometry, storeId } = identity.superblock;
  return endOf(geometry) + geometry.pages <= bytes.length ? storeId : null;
}

/** Bytes of the report at an address; 0 when none begins there. */
function reportAt(bytes: Uint8Array, address: number): number {
  const devices = bytes[address + Field.devices]!;
  const unused = bytes[address + 30]! | bytes[address + 31]!;
  if (devices > MAXIMUM_DEVICES || bytes[address + Field.conflict]! > 1 || unused !== 0) return 0;
  const length = reportBytes(devices, getUint16(bytes, address + Field.bodyBytes));
  if (address + length > bytes.length) return 0;
  const words = new Uint16Array(bytes.slice(address, address + length).buffer);
  const head = HEAD_BYTES >> 1;
  for (const sum of sumsOf(words[0]!)) {
    let rest = seedBefore(sum, words, head, 1);
    for (let from = head; from < words.length; from += CHUNK_BYTES >> 1) {
      rest = foldDown(rest, words, Math.min(words.length, from + (CHUNK_BYTES >> 1)), from);
    }
    if (stored(rest) === words[1]) return length;
  }
  return 0;
}

/** null when the body is no local manager's page. */
function readingsOf(bytes: Uint8Array, address: number): ImageReading[] | null {
  const from = address + HEAD_BYTES + bytes[address + Field.devices]! * DEVICE_HEADER_BYTES;
  const body = bytes.slice(from, from + getUint16(bytes, address + Field.bodyBytes));
  const origin = {
    storeId: [
      getUint32(bytes, address + Field.storeHigh),
      getUint32(bytes, address + Field.storeLow),
    ] as const,
    pageCounter: getUint32(bytes, address + Field.pageCounter),
    checksum: getUint32(bytes, address + Field.checksum),
  };
  const readings: ImageReading[] = [];
  const isPage = openReportBody(body, origin, (cell, batch) => readings.push(...rowsOf(batch, cell.storeId)));
  return isPage ? readings : null;
}
