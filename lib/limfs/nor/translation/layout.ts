import { LimfsError } from '../../errors.js';
import type { Medium } from '../../medium/medium.js';
import { frameBytes } from '../frame.js';
import { LOG_SECTORS, type NorGeometry } from '../layout.js';

/** Payload bytes of an erase-done mark, of a sector's header, and of the head of a block. */
const MARK_PAYLOAD_BYTES = 1;
const HEADER_PAYLOAD_BYTES = 16;
const HEAD_PAYLOAD_BYTES = 11;

const MAXIMUM_WRITE_BYTES = 32;
const MINIMUM_BLOCK_BYTES = 64;
const MAXIMUM_BLOCK_BYTES = 512;
export const DEFAULT_BLOCK_BYTES = 128;
const MINIMUM_SLOTS = 4;
/** Places are kept as 16-bit numbers; the highest says that there is none. */
export const NOWHERE = 0xffff;

/** Blocks that are stored together, all or none, at the most. */
export const MAXIMUM_ROW_BLOCKS = 16;
/** Erased slots that only background work may use: a sector to move blocks to, and what cuts spoil meanwhile. */
const RESERVED_SLOTS = 48;
/** Blocks may take so much of the places that there are when all background work is done. */
const MOST_OF_PLACES = 3 / 4;
const DEFAULT_PART_OF_PLACES = 1 / 2;

/**
 * A ring of sectors with a table of heads and as many slots for blocks in each: `entryBytes` is a head, `pageBytes` a
 * block, `pagesPerSector` the slots.
 */
export interface TranslationGeometry extends NorGeometry {
  /** Blocks of the medium that is offered. */
  readonly blocks: number;
  /** Erased sectors that only background work may open. */
  readonly sectorsReserved: number;
}

/**
 * The geometry of a translation. `blocks` 0: half of what the sectors hold. Errors: `parameter-range`.
 */
export function translationGeometry(
  medium: Medium,
  flashBytes: number,
  blockBytes: number,
  blocks: number,
): TranslationGeometry {
  const { eraseBytes: sectorBytes, writeBytes } = medium;
  const unit = Math.max(2, writeBytes);
  const fits = blockBytes >= MINIMUM_BLOCK_BYTES && blockBytes <= MAXIMUM_BLOCK_BYTES;
  if (writeBytes > MAXIMUM_WRITE_BYTES || !fits || blockBytes % unit !== 0) {
    throw new LimfsError(
      'parameter-range',
      `a block has ${MINIMUM_BLOCK_BYTES} to ${MAXIMUM_BLOCK_BYTES} bytes in write units of at most ${MAXIMUM_WRITE_BYTES}, not ${blockBytes} in units of ${writeBytes}`,
    );
  }
  const markBytes = frameBytes(MARK_PAYLOAD_BYTES, writeBytes);
  const headerBytes = frameBytes(HEADER_PAYLOAD_BYTES, writeBytes);
  const entryBytes = frameBytes(HEAD_PAYLOAD_BYTES, writeBytes);
  const contentOffset = markBytes + 2 * headerBytes;
  const pagesPerSector = Math.floor((sectorBytes - contentOffset) / (entryBytes + blockBytes));
  const sectors = Math.floor(Math.min(flashBytes, medium.sizeBytes) / sectorBytes) - LOG_SECTORS;
  const sectorsReserved = 1 + Math.ceil(RESERVED_SLOTS / Math.max(1, pagesPerSector));
  const sectorsAhead = sectorsReserved + burstSectors(sectors, pagesPerSector);
  // Beside the sectors ahead, one is being filled and one is being emptied.
  const places = (sectors - sectorsAhead - 2) * pagesPerSector;
  const most = Math.floor(places * MOST_OF_PLACES);
  const geometry = {
    sectorBytes,
    writeBytes,
    sectors,
    markBytes,
    headerBytes,
    contentOffset,
    entryBytes,
    pageBytes: blockBytes,
    pagesPerSector,
    sectorsAhead,
    sectorsReserved,
    blocks: blocks === 0 ? Math.floor(places * DEFAULT_PART_OF_PLACES) : blocks,
  };
  const all = sectors * pagesPerSector;
  if (pagesPerSector < MINIMUM_SLOTS || most < 1 || geometry.blocks > most || all > NOWHERE) {
    throw new LimfsError(
      'parameter-range',
      `${sectors} sectors with ${pagesPerSector} blocks each bear ${Math.max(0, most)} blocks, not ${geometry.blocks}`,
    );
  }
  return geometry;
}

/** Erased sectors for writes between two idle times: two rows of the largest size fit at the least. */
function burstSectors(sectors: number, slots: number): number {
  return Math.max(Math.ceil((2 * MAXIMUM_ROW_BLOCKS + 2) / Math.max(1, slots)), Math.floor(sectors / 16));
}
