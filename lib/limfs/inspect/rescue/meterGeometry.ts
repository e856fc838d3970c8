import { ENTRY_BYTES, geometryOf, MINIMUM_PAGES, PVT_ADDRESS } from '../../areas/layout.js';
import { MODULUS } from '../../checksum.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import { PageRing } from '../../ring/pageRing.js';
import { inversePower, modulo } from './algebra.js';
import { type FoundEntry, storeSeedOf, type TableGuess } from './entries.js';
import type { Watch } from './rescue.js';
import type { Sums } from './sums.js';

/** A meter's store without its superblock. */
export interface MeterPlace {
  readonly seedSum: number;
  readonly pageBytes: number;
  readonly dataAddress: number;
  /** Address on the chip of the image's first byte. */
  readonly offset: number;
}

const SMALLEST_PAGE_BYTES = 34;
const LARGEST_PAGE_BYTES = 4096;
/** Larger pages are not looked for in a cut-out: that would take minutes. */
const LARGEST_CUT_PAGE_BYTES = 1024;
/** Pages that are tried with each geometry. */
const MOST_TRIED = 24;
/**
 * So many of them must check, for chance makes one of 65,537 check, and many places are tried. A cut-out is placed by one
 * page, which then proves nothing any more; and a wrong place would be believed by all neighbours of that page.
 */
const LEAST_PAGES_OF_CHIP = 2;
const LEAST_PAGES_OF_CUT = 4;
const FEWEST_ENTRIES_OF_CUT = 3;
/** Entries from which a cut-out is tried to be placed. */
const MOST_STARTS = 4;

/** Every page that the table describes but the newest, which is open and has no checksum. */
function sealedEntries(entries: readonly FoundEntry[]): FoundEntry[] {
  let newest = entries[0]!;
  for (const entry of entries) if (((entry.sequence - newest.sequence) | 0) > 0) newest = entry;
  return entries.filter((entry) => entry !== newest);
}

/** Spread over all of them, because damage comes in stretches. */
function spread(entries: readonly FoundEntry[], most: number): FoundEntry[] {
  const step = Math.max(1, Math.floor(entries.length / most));
  return entries.filter((_, at) => at % step === 0).slice(0, most);
}

/**
 * Finds where a meter's pages lie: some page size and some number of pages make the pages check that the entries
 * describe. First as if the image were a whole chip, then as a cut-out from anywhere.
 */
export function findMeterPlace(sums: Sums, guess: TableGuess, watch: Watch): MeterPlace | null {
  const tried = spread(sealedEntries(guess.entries), MOST_TRIED);
  if (tried.length === 0) return null;
  return wholeChip(sums, guess, tried) ?? cutOut(sums, guess, tried, watch);
}

/** Whether so many pages of the entries check. */
function fits(
  sums: Sums,
  guess: TableGuess,
  tried: readonly FoundEntry[],
  place: MeterPlace,
  ring: PageRing,
  least: number,
): boolean {
  const { pageBytes, dataAddress, offset } = place;
  const firstSlot = (guess.firstAddress + offset - PVT_ADDRESS) / ENTRY_BYTES;
  let pages = 0;
  for (const entry of tried) {
    const slot = firstSlot + entry.index;
    const address = dataAddress + slot * pageBytes - offset;
    if (!sums.looksSealed(address, pageBytes)) continue;
    if (sums.pageChecks(address, pageBytes, ring.pageSeed({ ...entry, slot }))) pages += 1;
    if (pages >= least) return true;
  }
  return false;
}

/** A ring without a medium, which knows the seeds of a store's pages. */
function ringOf(seedSum: number): PageRing {
  const geometry = { pageBytes: 0, pages: 0, tableAddress: PVT_ADDRESS, dataAddress: 0 };
  return new PageRing(new BufferMedium(new Uint8Array(0)), geometry, seedSum);
}

function wholeChip(sums: Sums, guess: TableGuess, tried: readonly FoundEntry[]): MeterPlace | null {
  const firstSlot = (guess.firstAddress - PVT_ADDRESS) / ENTRY_BYTES;
  if (!Number.isInteger(firstSlot)) return null;
  const seedSum = storeSeedOf(guess.origin, firstSlot);
  const ring = ringOf(seedSum);
  const least = Math.min(LEAST_PAGES_OF_CHIP, tried.length);
  const lastSlot = firstSlot + guess.entries.reduce((last, { index }) => Math.max(last, index), 0);
  for (let pageBytes = SMALLEST_PAGE_BYTES; pageBytes <= LARGEST_PAGE_BYTES; pageBytes += 2) {
    const most = Math.floor((sums.bytes.length - PVT_ADDRESS) / (pageBytes + ENTRY_BYTES));
    // One finished page has no second one to vouch for it: it is looked for in a chip that is used to its end only.
    const fewest = tried.length === 1 ? most : Math.max(MINIMUM_PAGES, lastSlot + 1);
    for (let pages = fewest; pages <= most; pages += 1) {
      const { dataAddress } = geometryOf(pageBytes, pages);
      const place = { seedSum, pageBytes, dataAddress, offset: 0 };
      if (fits(sums, guess, tried, place, ring, least)) return place;
    }
  }
  return null;
}

/**
 * Places a cut-out: for each page size and each place of a page its checksum says with which seed it checks, and with
 * that the slot of its entry; other pages of that size and those slots must check too.
 */
function cutOut(
  sums: Sums,
  guess: TableGuess,
  tried: readonly FoundEntry[],
  watch: Watch,
): MeterPlace | null {
  if (tried.length < FEWEST_ENTRIES_OF_CUT) return null;
  const least = Math.min(LEAST_PAGES_OF_CUT, tried.length);
  const inverses = new Uint32Array((LARGEST_CUT_PAGE_BYTES >> 1) + 1);
  for (let count = 0; count < inverses.length; count += 1) inverses[count] = inversePower(count);
  const starts = spread(tried, MOST_STARTS);
  const constants = starts.map((start) => constantOf(guess, start));
  const sizes = (LARGEST_CUT_PAGE_BYTES - SMALLEST_PAGE_BYTES) / 2 + 1;
  for (let pageBytes = SMALLEST_PAGE_BYTES; pageBytes <= LARGEST_CUT_PAGE_BYTES; pageBytes += 2) {
    watch((pageBytes - SMALLEST_PAGE_BYTES) / 2 / sizes);
    for (let address = 0; address + pageBytes <= sums.bytes.length; address += 2) {
      const pageSeed = sums.pageSeed(address, pageBytes, inverses);
      if (pageSeed < 0) continue;
      for (let start = 0; start < starts.length; start += 1) {
        const firstSlot = firstSlotOf(constants[start]!, pageSeed);
        const offset = PVT_ADDRESS + firstSlot * ENTRY_BYTES - guess.firstAddress;
        const slot = firstSlot + starts[start]!.index;
        const dataAddress = address + offset - slot * pageBytes;
        // The data area begins behind the entry, and the cut-out behind the chip's first byte.
        if (offset <= 0 || dataAddress < PVT_ADDRESS + (slot + 1) * ENTRY_BYTES) continue;
        const place = { seedSum: storeSeedOf(guess.origin, firstSlot), pageBytes, dataAddress, offset };
        if (fits(sums, guess, tried, place, ringOf(place.seedSum), least)) return place;
      }
    }
  }
  return null;
}

/** 1 / 486 modulo 65,537. */
const INVERSE_OF_486 = ((): number => {
  let factor = 1;
  while ((486 * factor) % MODULUS !== 1) factor += 1;
  return factor;
})();

/**
 * What a page's seed would be if the table began with slot 0. As in PageRing.pageSeed, with the store's seed S expressed
 * by the origin: its 6561 S is 729 (origin - 0x300 - firstSlot).
 */
function constantOf({ origin }: TableGuess, { index, lap, sequence, timeSeconds }: FoundEntry): number {
  const words =
    (sequence & 0xffff) * 27 + (sequence >>> 16) * 9 + (timeSeconds & 0xffff) * 3 + (timeSeconds >>> 16);
  return modulo(729 * modulo(origin - 0x300) + (0x0200 | lap) * 2187 + 243 * index + words);
}

/** Each slot more takes 729 - 243 from the seed. A cut-out that begins in front of the table begins before slot 0. */
function firstSlotOf(constant: number, pageSeed: number): number {
  const solved = (modulo(constant - pageSeed) * INVERSE_OF_486) % MODULUS;
  return solved > MODULUS >> 1 ? solved - MODULUS : solved;
}
