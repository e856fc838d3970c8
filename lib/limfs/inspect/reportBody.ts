import { type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown, seed, stored } from '../checksum.js';
import { CELL_HEAD_BYTES } from '../manager/cell.js';
import { REPORT_KIND } from '../manager/reports.js';
import type { Batch } from '../meter/reading.js';
import { CellOpener, type OpenedCell } from './cells.js';

/** Who sent a report, and what the sender says its checksum is. */
export interface ReportOrigin {
  readonly storeId: StoreId;
  readonly pageCounter: number;
  readonly checksum: number;
}

/**
 * Opens the body of a report as a local manager's page: cell after cell, head and block. Calls `visit` with each;
 * false, and nothing is visited, when the body is none or does not match the local manager's own checksum.
 */
export function openReportBody(
  body: Uint8Array,
  origin: ReportOrigin,
  visit: (cell: OpenedCell, batch: Batch) => void,
): boolean {
  if (checksumOf(body, origin) !== origin.checksum) return false;
  const opener = new CellOpener();
  for (let at = 0; at < body.length; ) {
    const length = CELL_HEAD_BYTES + body[at + 6]!;
    const cell = opener.open(body, at, length);
    if (cell !== null) visit(cell, opener.batch);
    at += length;
  }
  return true;
}

/** The checksum of a local manager's page; -1 when the bytes do not end with a cell. */
function checksumOf(body: Uint8Array, { storeId, pageCounter }: ReportOrigin): number {
  let sum = seed(seed(storeSeed(storeId), REPORT_KIND), pageCounter);
  for (let at = 0; at < body.length; ) {
    const length = CELL_HEAD_BYTES + (body[at + 6] ?? 0);
    if (at + length > body.length) return -1;
    // An odd cell is checked as if a zero followed.
    const cell = new Uint8Array(length + (length & 1));
    cell.set(body.subarray(at, at + length));
    sum = foldDown(sum, new Uint16Array(cell.buffer), cell.length >> 1, 0);
    at += length;
  }
  return stored(sum);
}
