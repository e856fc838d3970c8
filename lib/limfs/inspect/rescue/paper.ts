import { ENTRY_BYTES, type Geometry, geometryOf, MINIMUM_PAGES, PVT_ADDRESS } from '../../areas/layout.js';
import { identify, Role, writeSuperblock } from '../../areas/superblock.js';
import { LimfsError } from '../../errors.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import { OWN_ENTRY_BYTES, openPaperFormat } from '../../paper/paperFormat.js';
import { PaperPages } from '../../paper/paperPages.js';
import { PageRing } from '../../ring/pageRing.js';
import { endOf } from '../areas.js';
import { readPaper } from '../paper.js';
import { standInId } from './algebra.js';
import { type FoundEntry, findTables, storeSeedOf, type TableGuess } from './entries.js';
import { NOBODY, type Rescue } from './rescue.js';

/** First pages of stretches that have to check with a number of pages. */
const LEAST_PAGES = 2;

/**
 * Reads a store in the paper's layout from what is left of its PVT, if a copy of its settings is whole: a copy of the image
 * gets a superblock that fits, and is then read like any other.
 */
export function rescuePaper(bytes: Uint8Array): Rescue | null {
  const identity = identify(new BufferMedium(bytes));
  if (identity.kind === 'ours' && identity.superblock.role === Role.paperMeter) {
    const statement = 'A superblock is whole and was used. Every page has a checksum of its own.';
    // What a cut-out has lost behind its end is zero.
    const { storeId, geometry } = identity.superblock;
    const padded = new Uint8Array(Math.max(bytes.length, endOf(geometry)));
    padded.set(bytes);
    return openable(padded) ? rescued(new BufferMedium(padded), storeId, [statement]) : null;
  }
  for (const guess of findTables(bytes)) {
    const firstSlot = (guess.firstAddress - PVT_ADDRESS) / ENTRY_BYTES;
    if (!Number.isInteger(firstSlot)) continue;
    const copy = new BufferMedium(bytes.slice());
    const seedSum = storeSeedOf(guess.origin, firstSlot);
    const blockBytes = blockBytesWith(copy, seedSum);
    const geometry = blockBytes === 0 ? null : findGeometry(copy, guess, seedSum, blockBytes);
    if (geometry === null) continue;
    name(copy, seedSum, geometry);
    return rescued(copy, null, [
      `No superblock was used: ${guess.entries.length} PVT entries and the settings agree about the seed of their checksums.`,
      `Blocks of ${blockBytes} bytes from byte ${geometry.dataAddress} on match it: what they hold is proven.`,
      'Sequences are counted from the first reading on: the superblock said with which number it began.',
      'The store id is in no byte that is left: the readings belong to a meter whose name is not known.',
    ]);
  }
  return null;
}

/** Whether a copy of the settings is whole. */
function openable(bytes: Uint8Array): boolean {
  try {
    openPaperFormat(new BufferMedium(bytes));
    return true;
  } catch (error) {
    if (error instanceof LimfsError) return false;
    throw error;
  }
}

function rescued(medium: BufferMedium, storeId: Rescue['storeId'], statements: readonly string[]): Rescue {
  const proven = [...readPaper(medium)].map((reading) => ({ ...reading, storeId: storeId ?? NOBODY }));
  return { role: 'paper', storeId, channels: [], proven, unproven: [], statements };
}

/** Gives the copy a superblock with some store id of this seed. */
function name(copy: BufferMedium, seedSum: number, geometry: Geometry): void {
  const storeId = standInId(seedSum);
  writeSuperblock(copy, { role: Role.paperMeter, storeId, geometry, firstSequence: 0 });
}

/** What the settings say, if a copy of them checks with this seed; else 0. */
function blockBytesWith(copy: BufferMedium, seedSum: number): number {
  name(copy, seedSum, geometryOf(0, 0));
  try {
    return openPaperFormat(copy).settings.blockBytes;
  } catch (error) {
    if (error instanceof LimfsError) return 0;
    throw error;
  }
}

function findGeometry(
  copy: BufferMedium,
  { entries, firstAddress }: TableGuess,
  seedSum: number,
  blockBytes: number,
): Geometry | null {
  const pageBytes = blockBytes + OWN_ENTRY_BYTES;
  const most = Math.floor((copy.sizeBytes - PVT_ADDRESS) / (pageBytes + ENTRY_BYTES));
  const lastSlot = entries.reduce((last, { index }) => Math.max(last, index), 0) + firstAddress / ENTRY_BYTES;
  const least = Math.max(MINIMUM_PAGES, lastSlot - PVT_ADDRESS / ENTRY_BYTES + 1);
  for (let pages = most; pages >= least; pages -= 1) {
    const geometry = geometryOf(pageBytes, pages);
    const store = new PaperPages(copy, new PageRing(copy, geometry, seedSum), blockBytes);
    const isWhole = ({ sequence, timeSeconds }: FoundEntry) => store.load(sequence, timeSeconds);
    if (entries.filter(isWhole).length >= Math.min(LEAST_PAGES, entries.length)) return geometry;
  }
  return null;
}
