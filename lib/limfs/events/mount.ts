import { geometryOf, largestGeometry } from '../areas/layout.js';
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
import { EVENT_BYTES, EVENT_TABLE_ADDRESS, type RateLimit } from './event.js';
import { acknowledgedRecord, EventLog } from './eventLog.js';
import { FoldedCounts } from './foldedCounts.js';

/** Makes an empty log of all of `medium`, its quota: usually a `MediumRegion`. Errors: `parameter-range`. */
export function formatEventLog(medium: Medium, storeId: StoreId): void {
  if (medium.eraseBytes !== 1) {
    throw new LimfsError('parameter-range', 'this log needs bytes that can be rewritten');
  }
  const geometry = largestGeometry(medium.sizeBytes, EVENT_BYTES, EVENT_TABLE_ADDRESS);
  const seedSum = storeSeed(storeId);
  markFormatting(medium);
  new PageRing(medium, geometry, seedSum).clear();
  new FoldedCounts(medium, seedSum, foldDown).initialise();
  acknowledgedRecord(medium, seedSum, foldDown).clear();
  writeSuperblock(medium, { role: Role.events, storeId, geometry, firstSequence: 0 });
}

/**
 * Mounts a log; writes nothing. `limit` holds for each code by itself.
 * Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`.
 */
export function mountEventLog(medium: Medium, limit: RateLimit, fold: Fold = foldDown): EventLog {
  const identity = identify(medium);
  if (identity.kind !== 'ours') {
    throw new LimfsError(identity.kind, `the medium is ${identity.kind}, no event log`);
  }
  const { superblock } = identity;
  if (superblock.role !== Role.events) {
    throw new LimfsError('role', `the medium holds a store of role ${superblock.role}, no event log`);
  }
  const geometry = geometryOf(EVENT_BYTES, superblock.geometry.pages, EVENT_TABLE_ADDRESS);
  const ring = new PageRing(medium, geometry, storeSeed(superblock.storeId));
  const log = new EventLog(medium, superblock, ring, limit, fold);
  if (identity.damagedCopies > 0) addFinding(log.findings as Finding[], 'superblock-copy-damaged', -1);
  return log;
}
