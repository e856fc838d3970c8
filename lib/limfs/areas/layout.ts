import { LimfsError } from '../errors.js';

/**
 * Where things lie on a FRAM-like medium: superblocks, install area, environment area (with the clock and the meter's
 * configuration), PVT, data (the paper's Figure 2). FORMAT.md holds the same table; a test compares both.
 */
export const SUPERBLOCK_BYTES = 28;
export const SUPERBLOCK_ADDRESSES = Object.freeze([0, 28] as const);
export const CLOCK_ADDRESS = 56;
export const CLOCK_BYTES = 14;
export const INSTALL_ADDRESS = 84;
export const INSTALL_BYTES = 110;
export const ENVIRONMENT_ADDRESS = 304;
export const ENVIRONMENT_BYTES = 92;
export const CONFIGURATION_ADDRESS = 488;
export const CONFIGURATION_BYTES = 272;
export const PVT_ADDRESS = 1032;
export const ENTRY_BYTES = 12;

/** A second half of the address space begins here on the FM24V10: no page lies across it, so no append is split. */
const BANK_BYTES = 65_536;
export const MINIMUM_PAGES = 4;
export const MAXIMUM_PAGES = 65_535;
export const MAXIMUM_PAGE_BYTES = 4096;

export interface Geometry {
  readonly pageBytes: number;
  readonly pages: number;
  /** Where the PVT begins; the data area comes behind it. */
  readonly tableAddress: number;
  readonly dataAddress: number;
}

function dataAddressOf(pageBytes: number, pages: number, tableAddress: number): number {
  const address = tableAddress + pages * ENTRY_BYTES;
  if (address >= BANK_BYTES || address + pages * pageBytes <= BANK_BYTES) return address;
  return address + ((BANK_BYTES - address) % pageBytes);
}

/** The geometry of a store with `pages` pages, as a superblock names it. */
export function geometryOf(pageBytes: number, pages: number, tableAddress = PVT_ADDRESS): Geometry {
  return { pageBytes, pages, tableAddress, dataAddress: dataAddressOf(pageBytes, pages, tableAddress) };
}

/**
 * The largest geometry that fits into `sizeBytes`, with `extraBytes` a page behind the data area.
 * Errors: `parameter-range`.
 */
export function largestGeometry(
  sizeBytes: number,
  pageBytes: number,
  tableAddress = PVT_ADDRESS,
  extraBytes = 0,
): Geometry {
  const bytes = pageBytes + extraBytes;
  let pages = Math.floor((sizeBytes - tableAddress) / (bytes + ENTRY_BYTES));
  while (pages > 0 && dataAddressOf(pageBytes, pages, tableAddress) + pages * bytes > sizeBytes) pages -= 1;
  if (pages < MINIMUM_PAGES || pages > MAXIMUM_PAGES) {
    throw new LimfsError(
      'parameter-range',
      `${sizeBytes} bytes hold ${pages} pages of ${pageBytes}; a store needs ${MINIMUM_PAGES} to ${MAXIMUM_PAGES}`,
    );
  }
  return geometryOf(pageBytes, pages, tableAddress);
}
