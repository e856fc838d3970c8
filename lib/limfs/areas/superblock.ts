import { foldDown, seed, stored } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { getUint16, getUint32, putUint16, putUint32 } from './bytes.js';
import { type Geometry, geometryOf, SUPERBLOCK_ADDRESSES, SUPERBLOCK_BYTES } from './layout.js';

/** 64 random bits in two u32, given at format(): half of every reading's identity. */
export type StoreId = readonly [high: number, low: number];

export const FORMAT_VERSION = 1;
export const Role = Object.freeze({
  meter: 1,
  paperMeter: 2,
  manager: 3,
  concentrator: 4,
  events: 5,
  /** NOR flash as a medium whose bytes can be rewritten: the store's own superblock lies inside of it. */
  translation: 6,
} as const);
export type Role = (typeof Role)[keyof typeof Role];

const MAGIC = 0x464d_494c; // "LIMF"
const FORMATTED = 0x5a;
const FORMATTING = 0xf0;
/** Blank media are told from others by reading all of them in pieces of this many bytes. */
const SCAN_BYTES = 256;

export interface Superblock {
  readonly role: Role;
  readonly storeId: StoreId;
  readonly geometry: Geometry;
  /** Sequence of the very first reading. */
  readonly firstSequence: number;
}

/** What a medium holds; found without writing a byte. */
export type Identity =
  | { readonly kind: 'blank' | 'formatting' | 'foreign' | 'damaged' }
  | { readonly kind: 'ours'; readonly superblock: Superblock; readonly damagedCopies: number };

/** Seeds every checksum of a store: leftovers of another store never pass. */
export function storeSeed(storeId: StoreId): number {
  return seed(seed(1, storeId[0]), storeId[1]);
}

function checkOf(bytes: Uint8Array, copy: number): number {
  const words = new Uint16Array(bytes.buffer, 0, SUPERBLOCK_BYTES >> 1);
  return stored(foldDown(seed(1, copy), words, SUPERBLOCK_BYTES >> 1, 1));
}

function encode(superblock: Superblock, copy: number): Uint8Array {
  const bytes = new Uint8Array(SUPERBLOCK_BYTES);
  putUint32(bytes, 2, MAGIC);
  bytes[6] = FORMAT_VERSION;
  bytes[7] = superblock.role;
  putUint32(bytes, 8, superblock.storeId[0]);
  putUint32(bytes, 12, superblock.storeId[1]);
  putUint16(bytes, 16, superblock.geometry.pageBytes);
  putUint16(bytes, 18, superblock.geometry.pages);
  putUint32(bytes, 20, superblock.firstSequence);
  bytes[SUPERBLOCK_BYTES - 1] = FORMATTED;
  putUint16(bytes, 0, checkOf(bytes, copy));
  return bytes;
}

function decode(bytes: Uint8Array): Superblock {
  return {
    role: bytes[7] as Role,
    storeId: [getUint32(bytes, 8), getUint32(bytes, 12)],
    geometry: geometryOf(getUint16(bytes, 16), getUint16(bytes, 18)),
    firstSequence: getUint32(bytes, 20),
  };
}

/** Marks the medium as being formatted; from here on it mounts as `formatting` until `writeSuperblock` is done. */
export function markFormatting(medium: Medium): void {
  const bytes = new Uint8Array(SUPERBLOCK_BYTES);
  putUint32(bytes, 2, MAGIC);
  bytes[SUPERBLOCK_BYTES - 1] = FORMATTING;
  const last = SUPERBLOCK_BYTES - 1;
  for (const address of SUPERBLOCK_ADDRESSES) {
    // The mark goes first: a cut on a blank medium must not leave a name that looks like a damaged store.
    medium.write(address + last, bytes, last, 1);
    medium.write(address, bytes, 0, last);
  }
}

/** The last step of format(): both copies, the first one last. */
export function writeSuperblock(medium: Medium, superblock: Superblock): void {
  medium.write(SUPERBLOCK_ADDRESSES[1], encode(superblock, 1), 0, SUPERBLOCK_BYTES);
  medium.write(SUPERBLOCK_ADDRESSES[0], encode(superblock, 0), 0, SUPERBLOCK_BYTES);
}

/** Says what the medium holds. Reads one superblock when all is well, and the whole medium when it looks blank. */
export function identify(medium: Medium): Identity {
  const bytes = new Uint8Array(SUPERBLOCK_BYTES);
  let marked = false;
  let named = false;
  for (let copy = 0; copy < SUPERBLOCK_ADDRESSES.length; copy += 1) {
    if (medium.sizeBytes < SUPERBLOCK_ADDRESSES[copy]! + SUPERBLOCK_BYTES) return { kind: 'foreign' };
    medium.read(SUPERBLOCK_ADDRESSES[copy]!, bytes, 0, SUPERBLOCK_BYTES);
    const ours = getUint32(bytes, 2) === MAGIC;
    if (ours && bytes[SUPERBLOCK_BYTES - 1] === FORMATTED && getUint16(bytes, 0) === checkOf(bytes, copy)) {
      if (bytes[6] !== FORMAT_VERSION) {
        throw new LimfsError(
          'version',
          `format version ${bytes[6]} is unknown; this program reads ${FORMAT_VERSION}`,
        );
      }
      return { kind: 'ours', superblock: decode(bytes), damagedCopies: copy };
    }
    // A text may begin with the magic's letters, but not go on with a small version and a small role.
    if (ours && bytes[6]! < 0x10 && bytes[7]! < 0x10) named = true;
    if (ours && bytes[SUPERBLOCK_BYTES - 1] === FORMATTING) marked = true;
  }
  if (marked) return { kind: 'formatting' };
  if (named) return { kind: 'damaged' };
  return { kind: isBlank(medium) ? 'blank' : 'foreign' };
}

function isBlank(medium: Medium): boolean {
  const piece = new Uint8Array(SCAN_BYTES);
  medium.read(0, piece, 0, 1);
  const filling = piece[0]!;
  for (let address = 0; address < medium.sizeBytes; address += SCAN_BYTES) {
    const length = Math.min(SCAN_BYTES, medium.sizeBytes - address);
    medium.read(address, piece, 0, length);
    for (let index = 0; index < length; index += 1) if (piece[index] !== filling) return false;
  }
  return true;
}
