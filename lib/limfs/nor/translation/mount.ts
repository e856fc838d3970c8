import { Role, type StoreId, storeSeed } from '../../areas/superblock.js';
import { type Fold, foldDown } from '../../checksum.js';
import { LimfsError } from '../../errors.js';
import type { Medium } from '../../medium/medium.js';
import { createHeader, SectorKind, SectorRing } from '../sectorRing.js';
import {
  identifyNor,
  programFormatting,
  programSuperblock,
  sectorToMark,
  superblockIsProven,
} from '../superblock.js';
import { BlockTranslation } from './blockTranslation.js';
import { DEFAULT_BLOCK_BYTES, translationGeometry } from './layout.js';

export interface TranslationFormat {
  /** 64 random bits, never the same twice. */
  readonly storeId: StoreId;
  /** Bytes of the medium that is offered, whole blocks; by default half of what the flash can hold. */
  readonly sizeBytes?: number;
  /** Bytes that are programmed for a change of one byte: 64 to 512, default 128. */
  readonly blockBytes?: number;
  /** Bytes of the flash to use, whole sectors; all by default. */
  readonly flashBytes?: number;
}

/**
 * Makes an empty translation; all that was on the flash is lost. Only an operator calls this, or a first boot that
 * found the flash blank. A cut on the way leaves the old content or a medium that mounts as `formatting`. Most sectors
 * are erased later, ahead of need. Errors: `parameter-range`.
 */
export function formatTranslation(medium: Medium, format: TranslationFormat): void {
  const { storeId, sizeBytes = 0, blockBytes = DEFAULT_BLOCK_BYTES, flashBytes = medium.sizeBytes } = format;
  if (medium.eraseBytes === 1) {
    throw new LimfsError('parameter-range', 'bytes that can be rewritten need no translation');
  }
  const geometry = translationGeometry(medium, flashBytes, blockBytes, Math.ceil(sizeBytes / blockBytes));
  const marked = sectorToMark(medium);
  medium.erase(marked * medium.eraseBytes, medium.eraseBytes);
  programFormatting(medium, marked, storeId);
  medium.erase((1 - marked) * medium.eraseBytes, medium.eraseBytes);
  const ring = new SectorRing(medium, geometry, storeSeed(storeId), foldDown);
  const header = createHeader();
  for (let sector = 0; sector < geometry.sectors; sector += 1) {
    const isLeftover = ring.examine(sector, header) !== SectorKind.garbage;
    if (sector < geometry.sectorsAhead || isLeftover) ring.erase(sector);
  }
  programSuperblock(medium, 1 - marked, {
    role: Role.translation,
    storeId,
    sizeBytes: flashBytes,
    pageBytes: blockBytes,
    firstSequence: geometry.blocks,
    counter: 1,
    copiedSlots: 0,
  });
}

/**
 * Mounts a translation: the medium that stores are mounted on. Bounded, and writes nothing. Errors: `blank`,
 * `formatting`, `foreign`, `damaged`, `version`, `role`, `parameter-range`.
 */
export function mountTranslation(medium: Medium, fold: Fold = foldDown): BlockTranslation {
  const identity = identifyNor(medium);
  if (identity.kind !== 'ours') {
    throw new LimfsError(identity.kind, `the medium is ${identity.kind}, no translation on NOR flash`);
  }
  const { superblock, logSector } = identity;
  if (superblock.role !== Role.translation) {
    throw new LimfsError('role', `the medium holds a store of role ${superblock.role}, no translation`);
  }
  const translation = new BlockTranslation(medium, superblock, fold);
  // A first copy that a cut has torn may read whole today; anything written behind the second one proves both.
  if (!translation.isUsed && !superblockIsProven(medium, logSector)) {
    throw new LimfsError('formatting', 'the medium is formatting: its superblock was cut off');
  }
  return translation;
}

/**
 * What stores are mounted on, whatever the medium is: the medium itself where bytes can be rewritten, its translation
 * where not. Errors: as for `mountTranslation`.
 */
export function mountRewritable(medium: Medium, fold: Fold = foldDown): Medium {
  return medium.eraseBytes === 1 ? medium : mountTranslation(medium, fold);
}
