import { largestGeometry, MAXIMUM_PAGE_BYTES } from '../areas/layout.js';
import {
  identify,
  markFormatting,
  Role,
  type StoreId,
  storeSeed,
  writeSuperblock,
} from '../areas/superblock.js';
import { type Fold, foldDown } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { PageRing } from '../ring/pageRing.js';
import { Acknowledgements } from './acknowledgements.js';
import { ReportRing } from './reportRing.js';

/** Bytes of an acknowledgement, one a slot. */
const ACKNOWLEDGEMENT_BYTES = 1;
const MINIMUM_REPORT_BYTES = 34;

export interface ReportRingFormat {
  /** 64 random bits, never the same twice. */
  readonly storeId: StoreId;
  /**
   * Bytes of an ordinary report, head and device headers included; even, 34 to 4096. The table gets a slot for so
   * many bytes of data; longer and shorter reports are welcome.
   */
  readonly reportBytes: number;
  /** Bytes of the medium to use; all by default. */
  readonly sizeBytes?: number;
}

/** Makes an empty ring; a cut on the way leaves a medium that mounts as `formatting`. Errors: `parameter-range`. */
export function formatReportRing(medium: Medium, format: ReportRingFormat): void {
  const { reportBytes, storeId, sizeBytes = medium.sizeBytes } = format;
  const even = Number.isInteger(reportBytes) && (reportBytes & 1) === 0;
  if (!even || reportBytes < MINIMUM_REPORT_BYTES || reportBytes > MAXIMUM_PAGE_BYTES) {
    throw new LimfsError(
      'parameter-range',
      `an ordinary report has an even number of bytes, ${MINIMUM_REPORT_BYTES} to ${MAXIMUM_PAGE_BYTES}`,
    );
  }
  if (medium.eraseBytes !== 1 || sizeBytes > medium.sizeBytes) {
    throw new LimfsError('parameter-range', `this ring needs ${sizeBytes} bytes that can be rewritten`);
  }
  const geometry = largestGeometry(sizeBytes, reportBytes, undefined, ACKNOWLEDGEMENT_BYTES);
  markFormatting(medium);
  new PageRing(medium, geometry, storeSeed(storeId)).clear();
  new Acknowledgements(medium, geometry).clear();
  writeSuperblock(medium, { role: Role.concentrator, storeId, geometry, firstSequence: 0 });
}

/**
 * Mounts a ring of reports. Writes nothing; reads the table, a byte a slot, and the head of each report.
 * Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`.
 */
export function mountReportRing(medium: Medium, fold: Fold = foldDown): ReportRing {
  const identity = identify(medium);
  if (identity.kind !== 'ours') {
    throw new LimfsError(identity.kind, `the medium is ${identity.kind}, no ring of reports`);
  }
  const { superblock } = identity;
  if (superblock.role !== Role.concentrator) {
    throw new LimfsError('role', `the medium holds a store of role ${superblock.role}, no ring of reports`);
  }
  const ring = new ReportRing(medium, superblock, fold);
  if (identity.damagedCopies > 0) addFinding(ring.findings as Finding[], 'superblock-copy-damaged', -1);
  return ring;
}
