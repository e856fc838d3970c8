import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import type { Role, StoreId } from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { Frame } from './frame.js';
import { LOG_SECTORS } from './layout.js';

const MAGIC = 0x4d49_4c4e; // "NLIM"
export const NOR_FORMAT_VERSION = 1;
/** Blank media are told from others by reading all of them in pieces of this many bytes. */
const SCAN_BYTES = 256;
/** Seeds that keep frames apart which are read before the store id is known. */
const FORMATTING_SEED = 0x0410;
const SUPERBLOCK_SEED = 0x0411;

/** What stands in front of the small records of a log sector. */
export interface NorSuperblock {
  readonly role: Role;
  readonly storeId: StoreId;
  readonly sizeBytes: number;
  readonly pageBytes: number;
  /** Sequence of the very first reading. */
  readonly firstSequence: number;
  /** Counts the times the log went to its other sector. */
  readonly counter: number;
  /** Log slots that had been written before this superblock was. */
  readonly copiedSlots: number;
}

export type NorIdentity =
  | { readonly kind: 'blank' | 'formatting' | 'foreign' | 'damaged' }
  | { readonly kind: 'ours'; readonly superblock: NorSuperblock; readonly logSector: number };

/**
 * Where things lie in a log sector: erase-done mark, formatting mark, superblock twice, slots of small records. All but
 * the slots have the same place whatever the write unit is, so that a driver which names another unit is found out.
 */
const FORMATTING_OFFSET = 32;
const SUPERBLOCK_OFFSET = 64;
const SUPERBLOCK_BYTES = 64;
const SLOT_OFFSET = 192;
const SLOT_BYTES = 16;

export interface LogGeometry {
  readonly formattingOffset: number;
  readonly superblockBytes: number;
  readonly superblockOffset: number;
  readonly slotOffset: number;
  readonly slotBytes: number;
  readonly slots: number;
}

export function logGeometry({ eraseBytes, writeBytes }: Medium): LogGeometry {
  const slotBytes = Math.max(SLOT_BYTES, writeBytes);
  return {
    formattingOffset: FORMATTING_OFFSET,
    superblockOffset: SUPERBLOCK_OFFSET,
    superblockBytes: SUPERBLOCK_BYTES,
    slotOffset: SLOT_OFFSET,
    slotBytes,
    slots: Math.floor((eraseBytes - SLOT_OFFSET) / slotBytes),
  };
}

/** Programs the superblock of a log sector twice: the second copy proves that programming the first had ended. */
export function programSuperblock(medium: Medium, sector: number, from: NorSuperblock): void {
  const log = logGeometry(medium);
  const address = sector * medium.eraseBytes + log.superblockOffset;
  const frame = new Frame(medium, log.superblockBytes, foldDown);
  const { bytes } = frame;
  frame.clear();
  bytes[0] = 0;
  putUint32(bytes, 1, MAGIC);
  bytes[5] = NOR_FORMAT_VERSION;
  bytes[6] = from.role;
  putUint32(bytes, 7, from.storeId[0]);
  putUint32(bytes, 11, from.storeId[1]);
  putUint32(bytes, 15, from.sizeBytes);
  putUint16(bytes, 19, from.pageBytes);
  putUint32(bytes, 21, from.firstSequence);
  putUint32(bytes, 25, from.counter);
  putUint16(bytes, 29, from.copiedSlots);
  // The write unit belongs to the layout: a driver that names another one must not be believed.
  bytes[31] = medium.writeBytes;
  putUint16(bytes, 32, medium.eraseBytes >>> 4);
  frame.seal(seed(SUPERBLOCK_SEED, sector));
  frame.program(address);
  frame.program(address + log.superblockBytes);
}

/** Whether the second copy stands, again and again: then programming the first one had ended. */
export function superblockIsProven(medium: Medium, sector: number): boolean {
  const log = logGeometry(medium);
  const address = sector * medium.eraseBytes + log.superblockOffset + log.superblockBytes;
  const frame = new Frame(medium, log.superblockBytes, foldDown);
  return frame.findsWhole(address, seed(SUPERBLOCK_SEED, sector));
}

/** format() begins: until a superblock of this store stands, the medium mounts as `formatting`. */
export function programFormatting(medium: Medium, sector: number, storeId: StoreId): void {
  const frame = formattingFrame(medium);
  frame.clear();
  frame.bytes[0] = 0;
  putUint32(frame.bytes, 1, MAGIC);
  putUint32(frame.bytes, 5, storeId[0]);
  putUint32(frame.bytes, 9, storeId[1]);
  frame.seal(seed(FORMATTING_SEED, sector));
  frame.program(sector * medium.eraseBytes + logGeometry(medium).formattingOffset);
}

function formattingFrame(medium: Medium): Frame {
  return new Frame(medium, SUPERBLOCK_OFFSET - FORMATTING_OFFSET, foldDown);
}

/** Says what the medium holds; writes nothing. Reads all of it only when it looks blank. Errors: `version`. */
export function identifyNor(medium: Medium): NorIdentity {
  if (medium.sizeBytes < LOG_SECTORS * medium.eraseBytes) return { kind: 'foreign' };
  const found = [readSuperblock(medium, 0), readSuperblock(medium, 1)] as const;
  const logSector = newestOf(found[0], found[1]);
  const superblock = logSector < 0 ? null : found[logSector as 0 | 1].superblock;
  const formatting = formattingMark(medium);
  if (superblock === null) {
    if (formatting !== null) return { kind: 'formatting' };
    if (found[0].named || found[1].named) return { kind: 'damaged' };
    return { kind: isBlank(medium) ? 'blank' : 'foreign' };
  }
  const { storeId } = superblock;
  const marked = formatting?.storeId ?? storeId;
  if (marked[0] !== storeId[0] || marked[1] !== storeId[1]) {
    return { kind: 'formatting' };
  }
  return { kind: 'ours', superblock, logSector };
}

interface Found {
  readonly superblock: NorSuperblock | null;
  /** Nothing behind the first copy proves that programming it had ended. */
  readonly doubtful: boolean;
  /** A magic number stands here. */
  readonly named: boolean;
}

function newestOf(first: Found, second: Found): number {
  if (first.superblock === null || second.superblock === null) {
    return first.superblock !== null ? 0 : second.superblock !== null ? 1 : -1;
  }
  const newer = ((second.superblock.counter - first.superblock.counter) | 0) > 0 ? 1 : 0;
  return (newer === 0 ? first : second).doubtful ? 1 - newer : newer;
}

function readSuperblock(medium: Medium, sector: number): Found {
  const log = logGeometry(medium);
  const address = sector * medium.eraseBytes + log.superblockOffset;
  const frame = new Frame(medium, log.superblockBytes, foldDown);
  const place = seed(SUPERBLOCK_SEED, sector);
  if (frame.load(address + log.superblockBytes, place)) {
    return { superblock: decode(frame.bytes, medium), doubtful: false, named: true };
  }
  let doubtful = frame.isBlank();
  let named = getUint32(frame.bytes, 1) === MAGIC;
  if (!frame.load(address, place)) {
    named ||= getUint32(frame.bytes, 1) === MAGIC;
    return { superblock: null, doubtful, named };
  }
  const superblock = decode(frame.bytes, medium);
  const slot = new Frame(medium, log.slotBytes, foldDown);
  for (let behind = 0; doubtful && behind < 2; behind += 1) {
    if (superblock.copiedSlots + behind >= log.slots) break;
    slot.read(
      sector * medium.eraseBytes + log.slotOffset + (superblock.copiedSlots + behind) * log.slotBytes,
    );
    doubtful = slot.isBlank();
  }
  return { superblock, doubtful, named: true };
}

function decode(bytes: Uint8Array, medium: Medium): NorSuperblock {
  const version = bytes[5];
  if (version !== NOR_FORMAT_VERSION) {
    throw new LimfsError(
      'version',
      `format version ${version} on NOR is unknown; this program reads ${NOR_FORMAT_VERSION}`,
    );
  }
  if (bytes[31] !== medium.writeBytes || getUint16(bytes, 32) !== medium.eraseBytes >>> 4) {
    throw new LimfsError(
      'parameter-range',
      `the store was made with write units of ${bytes[31]} and sectors of ${getUint16(bytes, 32) << 4} bytes; the driver says ${medium.writeBytes} and ${medium.eraseBytes}`,
    );
  }
  return {
    role: bytes[6] as Role,
    storeId: [getUint32(bytes, 7), getUint32(bytes, 11)],
    sizeBytes: getUint32(bytes, 15),
    pageBytes: getUint16(bytes, 19),
    firstSequence: getUint32(bytes, 21),
    counter: getUint32(bytes, 25),
    copiedSlots: getUint16(bytes, 29),
  };
}

/**
 * The log sector in which format() puts its mark: never the one that holds the only sign of what the medium is, so
 * that a cut leaves either the old store or a medium that is being formatted.
 */
export function sectorToMark(medium: Medium): number {
  const formatting = formattingMark(medium);
  if (formatting !== null) return 1 - formatting.sector;
  const log = logGeometry(medium);
  const frame = new Frame(medium, log.superblockBytes, foldDown);
  const address = medium.eraseBytes + log.superblockOffset;
  for (let copy = 0; copy < 2; copy += 1) {
    if (frame.load(address + copy * log.superblockBytes, seed(SUPERBLOCK_SEED, 1))) return 0;
  }
  return 1;
}

/** What an unfinished or finished format() has left. */
function formattingMark(medium: Medium): { readonly sector: number; readonly storeId: StoreId } | null {
  const frame = formattingFrame(medium);
  const offset = logGeometry(medium).formattingOffset;
  for (let sector = 0; sector < LOG_SECTORS; sector += 1) {
    if (!frame.load(sector * medium.eraseBytes + offset, seed(FORMATTING_SEED, sector))) continue;
    return { sector, storeId: [getUint32(frame.bytes, 5), getUint32(frame.bytes, 9)] };
  }
  return null;
}

function isBlank(medium: Medium): boolean {
  const piece = new Uint8Array(SCAN_BYTES);
  for (let address = 0; address < medium.sizeBytes; address += SCAN_BYTES) {
    const length = Math.min(SCAN_BYTES, medium.sizeBytes - address);
    medium.read(address, piece, 0, length);
    for (let index = 0; index < length; index += 1) if (piece[index] !== 0xff) return false;
  }
  return true;
}
