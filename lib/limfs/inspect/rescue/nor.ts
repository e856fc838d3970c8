import { Role, type StoreId, storeSeed } from '../../areas/superblock.js';
import { foldDown } from '../../checksum.js';
import { LimfsError } from '../../errors.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import type { Medium } from '../../medium/medium.js';
import { Configuration } from '../../meter/configuration.js';
import { Frame, frameBytes } from '../../nor/frame.js';
import { LOG_SECTORS, type NorGeometry, norGeometry } from '../../nor/layout.js';
import { entrySeed } from '../../nor/pageTable.js';
import { LogRecord, RecordKind, RecordLog } from '../../nor/recordLog.js';
import { createHeader, HEADER_SEED, SectorKind, SectorRing } from '../../nor/sectorRing.js';
import type { NorSuperblock } from '../../nor/superblock.js';
import { inspectNor, readNor } from '../nor.js';
import { findNor, norShapes } from '../norMedium.js';
import { seedBefore, standInId, sumsOf, unseed } from './algebra.js';
import type { Rescue, Watch } from './rescue.js';

const HEADER_BYTES = 16;
const MARK_BYTES = 1;
const SHORT_FRAME_BYTES = 32;
/** Copies of sector headers that have to ask for the same seed. */
const LEAST_HEADERS = 3;
/** Entries whose pages are looked for to find the size of a page. */
const TRIED_ENTRIES = 6;

/** Reads a meter's store on NOR flash without its log of small records; null when no such store is found. */
export function rescueNor(bytes: Uint8Array, watch: Watch): Rescue | null {
  const image = new BufferMedium(bytes);
  const { identity, medium } = findNor(image);
  if (identity.kind === 'ours' && identity.superblock.role === Role.meter) {
    const named = rescueNamed(bytes, medium, identity.superblock);
    if (named !== null) return named;
  }
  const shape = bestShape(image, watch);
  return shape === null ? null : rescueShape(bytes, shape);
}

/** With a whole superblock the store is read as it stands; what a cut-out has lost behind its end is blank. */
function rescueNamed(bytes: Uint8Array, shape: Medium, superblock: NorSuperblock): Rescue | null {
  const padded = new Uint8Array(Math.max(bytes.length, superblock.sizeBytes)).fill(0xff);
  padded.set(bytes);
  const medium = new NorCopy(padded, shape.eraseBytes, shape.writeBytes);
  try {
    const { channels } = inspectNor(medium, superblock);
    const proven = [...readNor(medium)];
    const statements = [
      'A superblock is whole and was used. Every page and record has a checksum of its own.',
    ];
    return { role: 'NOR meter', storeId: superblock.storeId, channels, proven, unproven: [], statements };
  } catch (error) {
    // The store does not open, for want of its configuration.
    if (error instanceof LimfsError) return null;
    throw error;
  }
}

interface SeededShape {
  readonly sectorBytes: number;
  readonly writeBytes: number;
  readonly seedSum: number;
  readonly headers: number;
}

/** The size of sectors and write units with which most sector headers agree about a seed. */
function bestShape(image: Medium, watch: Watch): SeededShape | null {
  let best: SeededShape | null = null;
  for (const medium of norShapes(image)) {
    watch(medium.eraseBytes / image.sizeBytes);
    const { eraseBytes: sectorBytes, writeBytes } = medium;
    for (const [seedSum, headers] of headerSeeds(medium)) {
      // Half a sector has the same headers, every second time: of equals the largest sector is right.
      if (headers < LEAST_HEADERS || headers < (best?.headers ?? 0)) continue;
      best = { sectorBytes, writeBytes, seedSum, headers };
    }
  }
  return best;
}

/** How many copies of headers ask for each seed. */
function headerSeeds(medium: Medium): Map<number, number> {
  const counts = new Map<number, number>();
  const markBytes = frameBytes(MARK_BYTES, medium.writeBytes);
  const headerBytes = frameBytes(HEADER_BYTES, medium.writeBytes);
  const frame = new Frame(medium, headerBytes, foldDown);
  for (let sector = LOG_SECTORS; (sector + 1) * medium.eraseBytes <= medium.sizeBytes; sector += 1) {
    const address = sector * medium.eraseBytes;
    for (let copy = 0; copy < 2; copy += 1) {
      frame.read(address + markBytes + copy * headerBytes);
      if (frame.isBlank() || !frame.isComplete()) continue;
      for (const place of frameSeeds(frame.bytes)) {
        const seedSum = unseed(unseed(place, address), HEADER_SEED);
        counts.set(seedSum, (counts.get(seedSum) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** The seeds with which a frame checks. */
function frameSeeds(bytes: Uint8Array): number[] {
  const words = new Uint16Array(bytes.slice().buffer);
  const isShort = bytes.length <= SHORT_FRAME_BYTES;
  const tail = bytes.length - (isShort ? 3 : 4);
  const check = bytes[tail]! | (bytes[tail + 1]! << 8);
  const last = words.length - 2;
  // In a short frame the odd byte in front of the check is folded first, as a word of its own.
  if (isShort) words[last] = words[last]! & 0xff;
  return sumsOf(check).map((sum) => seedBefore(sum, words, isShort ? last + 1 : last, 0));
}

/** A copy of the image that can be programmed: it gets a log with a new superblock, and is then read like any other. */
class NorCopy implements Medium {
  readonly eraseBytes: number;
  readonly writeBytes: number;
  private readonly copy: BufferMedium;

  constructor(bytes: Uint8Array, eraseBytes: number, writeBytes: number) {
    this.copy = new BufferMedium(bytes.slice());
    this.eraseBytes = eraseBytes;
    this.writeBytes = writeBytes;
  }

  get sizeBytes(): number {
    return this.copy.sizeBytes;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.copy.read(address, into, offset, length);
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.copy.write(address, from, offset, length);
  }

  erase(address: number, length: number): void {
    this.copy.bytes.fill(0xff, address, address + length);
  }
}

function rescueShape(
  bytes: Uint8Array,
  { sectorBytes, writeBytes, seedSum, headers }: SeededShape,
): Rescue | null {
  const medium = new NorCopy(bytes, sectorBytes, writeBytes);
  const sizeBytes = Math.floor(bytes.length / sectorBytes) * sectorBytes;
  const geometry = geometryOf(medium, sizeBytes, seedSum);
  if (geometry === null) return null;
  const storeId: StoreId = standInId(seedSum);
  const superblock = {
    role: Role.meter,
    storeId,
    sizeBytes,
    pageBytes: geometry.pageBytes,
    firstSequence: 0,
    counter: 1,
    copiedSlots: 0,
  };
  medium.erase(0, LOG_SECTORS * sectorBytes);
  const log = new RecordLog(medium, superblock, 0, storeSeed(storeId), foldDown, false);
  const record = new LogRecord(log, RecordKind.configuration);
  const { channels, intervalSeconds } = contextOf(medium, geometry, seedSum);
  const nameless = Array.from({ length: channels }, () => ({ obis: '0.0.0.0.0.0', unit: 0, scale: 0 }));
  new Configuration(medium, seedSum, foldDown, record).initialise(nameless, intervalSeconds);
  log.commit();
  return {
    role: 'NOR meter',
    storeId: null,
    channels: [],
    proven: [...readNor(medium)].map((reading) => ({ ...reading, storeId: [0, 0] as const })),
    unproven: [],
    statements: [
      `No superblock was used: ${headers} headers of sectors of ${sectorBytes} bytes, write units of ${writeBytes}, agree about ` +
        'the seed of their checksums.',
      `Every page of ${geometry.pageBytes} bytes and every record of the journal has a checksum of its own: what they hold is proven.`,
      'The store id and the names of the channels are in no byte that is left.',
    ],
  };
}

/** Finds the size of a page: the pages that entries describe carry a copy of their entry in front. */
function geometryOf(medium: Medium, sizeBytes: number, seedSum: number): NorGeometry | null {
  const unit = Math.max(2, medium.writeBytes);
  for (let pageBytes = 0; pageBytes < medium.eraseBytes; pageBytes += unit) {
    const geometry = geometryWith(medium, sizeBytes, pageBytes);
    if (geometry !== null && copiesFit(medium, geometry, seedSum)) return geometry;
  }
  return geometryWith(medium, sizeBytes, 0);
}

function geometryWith(medium: Medium, sizeBytes: number, pageBytes: number): NorGeometry | null {
  try {
    return norGeometry(medium, sizeBytes, pageBytes);
  } catch (error) {
    if (error instanceof LimfsError) return null;
    throw error;
  }
}

/** Whether entries are found both in the tables and in front of the pages of this size. */
function copiesFit(medium: Medium, geometry: NorGeometry, seedSum: number): boolean {
  const { sectors, pagesPerSector, entryBytes, pageBytes } = geometry;
  const ring = new SectorRing(medium, geometry, seedSum, foldDown);
  const frame = new Frame(medium, entryBytes, foldDown);
  const header = createHeader();
  let tried = 0;
  let found = 0;
  for (let sector = 0; sector < sectors && tried < TRIED_ENTRIES; sector += 1) {
    if (ring.examine(sector, header) !== SectorKind.page) continue;
    for (let index = 0; index < pagesPerSector && tried < TRIED_ENTRIES; index += 1) {
      const entry = ring.contentAddress(sector) + index * entryBytes;
      if (!frame.load(entry, entrySeed(seedSum, entry))) continue;
      tried += 1;
      const copy =
        ring.contentAddress(sector) + pagesPerSector * entryBytes + index * (entryBytes + pageBytes);
      if (frame.load(copy, entrySeed(seedSum, copy))) found += 1;
    }
  }
  // The first page of a sector has its place whatever the size of pages is.
  return found > 1 || (found === tried && found > 0);
}

/** What the newest journal sector says of its readings. */
function contextOf(medium: Medium, geometry: NorGeometry, seedSum: number) {
  const ring = new SectorRing(medium, geometry, seedSum, foldDown);
  const header = createHeader();
  const context = { channels: 1, intervalSeconds: 3600, generation: -1 };
  for (let sector = 0; sector < geometry.sectors; sector += 1) {
    if (ring.examine(sector, header) !== SectorKind.journal || header.generation < context.generation)
      continue;
    context.channels = Math.max(1, header.channels);
    context.intervalSeconds = Math.max(1, header.intervalSeconds);
    context.generation = header.generation;
  }
  return context;
}
