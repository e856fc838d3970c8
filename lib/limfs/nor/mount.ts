import { Role, storeSeed } from '../areas/superblock.js';
import { type Fold, foldDown } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { checkChannels } from '../meter/channels.js';
import { Configuration } from '../meter/configuration.js';
import type { MeterFormat } from '../meter/mount.js';
import { checkInterval, checkPageBytes } from '../meter/parameters.js';
import { norGeometry, recordsPerSector } from './layout.js';
import { NorMeterStore } from './norMeterStore.js';
import { LogRecord, RecordKind, RecordLog, slotsOfAll } from './recordLog.js';
import { createHeader, SectorKind, SectorRing } from './sectorRing.js';
import {
  identifyNor,
  logGeometry,
  type NorSuperblock,
  programFormatting,
  sectorToMark,
} from './superblock.js';

/** A sector takes at least so many readings, so that opening one stays rare. */
const MINIMUM_RECORDS = 8;

/**
 * Makes an empty meter store on NOR flash; all that was on the medium is lost. Only an operator calls this, or a first
 * boot that found the medium blank. A cut on the way leaves the old store or a medium that mounts as `formatting`.
 * Most of the ring is erased later, ahead of need, so that format() takes a second and not minutes.
 * Errors: `parameter-range`.
 */
export function formatNorMeterStore(medium: Medium, format: MeterFormat): void {
  checkChannels(format.channels);
  checkInterval(format.intervalSeconds);
  const sizeBytes = format.sizeBytes ?? medium.sizeBytes;
  const geometry = checkedGeometry(medium, sizeBytes, format);
  const { storeId } = format;
  const seedSum = storeSeed(storeId);
  const marked = sectorToMark(medium);
  medium.erase(marked * medium.eraseBytes, medium.eraseBytes);
  programFormatting(medium, marked, storeId);
  medium.erase((1 - marked) * medium.eraseBytes, medium.eraseBytes);
  const ring = new SectorRing(medium, geometry, seedSum, foldDown);
  const header = createHeader();
  for (let sector = 0; sector < geometry.sectors; sector += 1) {
    const isLeftover = ring.examine(sector, header) !== SectorKind.garbage;
    if (sector < geometry.sectorsAhead || isLeftover) ring.erase(sector);
  }
  const superblock: NorSuperblock = {
    role: Role.meter,
    storeId,
    sizeBytes,
    pageBytes: geometry.pageBytes,
    firstSequence: format.firstSequence ?? 0,
    counter: 1,
    copiedSlots: 0,
  };
  const log = new RecordLog(medium, superblock, 1 - marked, seedSum, foldDown, false);
  const record = new LogRecord(log, RecordKind.configuration);
  new Configuration(medium, seedSum, foldDown, record).initialise(format.channels, format.intervalSeconds);
  log.commit();
}

function checkedGeometry(medium: Medium, sizeBytes: number, format: MeterFormat) {
  if (medium.eraseBytes === 1) {
    throw new LimfsError('parameter-range', 'this store needs a medium with sectors to erase');
  }
  const geometry = norGeometry(medium, sizeBytes, format.pageBytes ?? 0);
  checkPageBytes(geometry.pageBytes, format.channels.length);
  const records = recordsPerSector(geometry, format.channels.length);
  if (records < MINIMUM_RECORDS || logGeometry(medium).slots < 1.5 * slotsOfAll(medium)) {
    throw new LimfsError(
      'parameter-range',
      `sectors of ${medium.eraseBytes} bytes are too small for a store`,
    );
  }
  return geometry;
}

/**
 * Mounts a meter store on NOR flash. Bounded, and writes nothing; what is wrong is in `findings`. `fold` may be a native
 * twin of `foldDown`. Errors: `blank`, `formatting`, `foreign`, `damaged`, `version`, `role`, `parameter-range`.
 */
export function mountNorMeterStore(medium: Medium, fold: Fold = foldDown): NorMeterStore {
  const identity = identifyNor(medium);
  if (identity.kind !== 'ours') {
    throw new LimfsError(identity.kind, `the medium is ${identity.kind}, no meter store on NOR flash`);
  }
  const { superblock, logSector } = identity;
  if (superblock.role !== Role.meter) {
    throw new LimfsError('role', `the medium holds a store of role ${superblock.role}, no meter store`);
  }
  return new NorMeterStore(medium, superblock, logSector, fold);
}
