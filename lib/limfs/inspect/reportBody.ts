import type { StoreId } from '../areas/superblock.js';
import { cellBytes, PageChecksum } from '../manager/pageChecksum.js';
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
  const checksum = new PageChecksum();
  checksum.begin(origin.storeId, origin.pageCounter);
  const cells: { at: number; length: number }[] = [];
  for (let at = 0; at < body.length; ) {
    const length = cellBytes(body, at, body.length - at);
    if (length === 0) return false;
    checksum.add(body, at, length);
    cells.push({ at, length });
    at += length;
  }
  if (cells.length === 0 || checksum.value !== origin.checksum) return false;
  const opener = new CellOpener();
  for (const { at, length } of cells) {
    const cell = opener.open(body, at, length);
    if (cell !== null) visit(cell, opener.batch);
  }
  return true;
}
