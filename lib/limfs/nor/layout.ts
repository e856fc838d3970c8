import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { frameBytes } from './frame.js';

/** Sectors in front of the ring: the log of small records. */
export const LOG_SECTORS = 2;
/** The ring needs a page sector, three of journal, and two to erase ahead. */
const MINIMUM_SECTORS = 6;
const MAXIMUM_SECTORS = 65_535;
/** From so many sectors on, three are kept erased ahead: two cuts in a row, each while a sector is opened, cost two. */
const ROOMY_SECTORS = 12;
/** Journal sectors that hold readings which are in no page yet, the one that is being filled included. */
export const MAXIMUM_JOURNAL_SECTORS = 3;

/** Payload bytes of the frames of a ring sector. */
const MARK_PAYLOAD_BYTES = 1;
const HEADER_PAYLOAD_BYTES = 16;
const ENTRY_PAYLOAD_BYTES = 12;
/** Payload of a journal record of one channel, and what each further channel adds. */
const RECORD_PAYLOAD_BYTES = 13;
export const VALUE_BYTES = 7;
/** Bytes that a page takes with both copies of its entry, when nobody says otherwise. */
const DEFAULT_SHARE_BYTES = 272;

/** Where things lie in a ring of sectors: erase-done mark, header twice, then journal records, or PVT entries and pages. */
export interface NorGeometry {
  readonly sectorBytes: number;
  readonly writeBytes: number;
  /** Sectors of the ring. */
  readonly sectors: number;
  readonly markBytes: number;
  readonly headerBytes: number;
  readonly contentOffset: number;
  readonly entryBytes: number;
  /** Bytes of the packed page itself; its own copy of the entry stands in front of it. */
  readonly pageBytes: number;
  readonly pagesPerSector: number;
  /** Sectors that `idle` keeps erased ahead. */
  readonly sectorsAhead: number;
}

/** The places of a log sector are multiples of this, and short frames are no longer. */
const MAXIMUM_WRITE_BYTES = 32;

/** The geometry of a store on a medium. `pageBytes` 0: as fits best. Errors: `parameter-range`. */
export function norGeometry(medium: Medium, sizeBytes: number, pageBytes: number): NorGeometry {
  const { eraseBytes: sectorBytes, writeBytes } = medium;
  const sectors = Math.floor(sizeBytes / sectorBytes) - LOG_SECTORS;
  if (writeBytes > MAXIMUM_WRITE_BYTES) {
    throw new LimfsError('parameter-range', `write units of ${writeBytes} bytes are too large for a store`);
  }
  if (sectors < MINIMUM_SECTORS || sectors > MAXIMUM_SECTORS || sizeBytes > medium.sizeBytes) {
    throw new LimfsError(
      'parameter-range',
      `a store takes ${MINIMUM_SECTORS + LOG_SECTORS} to ${MAXIMUM_SECTORS} sectors of the medium, not ${sectors + LOG_SECTORS}`,
    );
  }
  const markBytes = frameBytes(MARK_PAYLOAD_BYTES, writeBytes);
  const headerBytes = frameBytes(HEADER_PAYLOAD_BYTES, writeBytes);
  const entryBytes = frameBytes(ENTRY_PAYLOAD_BYTES, writeBytes);
  const contentOffset = markBytes + 2 * headerBytes;
  const room = sectorBytes - contentOffset;
  const unit = Math.max(2, writeBytes);
  const pagesPerSector =
    pageBytes === 0
      ? Math.max(1, Math.floor((room + entryBytes) / DEFAULT_SHARE_BYTES))
      : Math.floor(room / (pageBytes + 2 * entryBytes));
  const best = Math.floor((room / Math.max(1, pagesPerSector) - 2 * entryBytes) / unit) * unit;
  if (pagesPerSector < 1 || (pageBytes !== 0 && pageBytes % unit !== 0)) {
    throw new LimfsError(
      'parameter-range',
      `a page fills write units of ${unit} bytes and fits a sector, ${pageBytes} does not`,
    );
  }
  return {
    sectorBytes,
    writeBytes,
    sectors,
    markBytes,
    headerBytes,
    contentOffset,
    entryBytes,
    pageBytes: pageBytes === 0 ? best : pageBytes,
    pagesPerSector,
    sectorsAhead: sectors < ROOMY_SECTORS ? 2 : 3,
  };
}

export function sectorAddress(geometry: NorGeometry, sector: number): number {
  return (LOG_SECTORS + sector) * geometry.sectorBytes;
}

/** Bytes of a journal record. */
export function recordBytes(geometry: NorGeometry, channels: number): number {
  return frameBytes(RECORD_PAYLOAD_BYTES + VALUE_BYTES * (channels - 1), geometry.writeBytes);
}

/** Records that a journal sector takes. */
export function recordsPerSector(geometry: NorGeometry, channels: number): number {
  return Math.floor((geometry.sectorBytes - geometry.contentOffset) / recordBytes(geometry, channels));
}
