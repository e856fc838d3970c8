import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import {
  CONFIGURATION_ADDRESS,
  type Geometry,
  geometryOf,
  largestGeometry,
  MAXIMUM_PAGE_BYTES,
} from '../areas/layout.js';
import { RecordPair } from '../areas/record.js';
import {
  identify,
  markFormatting,
  Role,
  type StoreId,
  type Superblock,
  storeSeed,
  writeSuperblock,
} from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { PageRing } from '../ring/pageRing.js';

/** A page's own PVT entry, behind its block: checksum 2, lap 1. */
export const OWN_ENTRY_BYTES = 3;
const LAP_OFFSET = 2;
/** Table 1 of the paper: 1..80 readings of 1..80 bytes in a window. */
const MAXIMUM_READINGS = 80;
const MAXIMUM_READING_BYTES = 80;
const MAXIMUM_BLOCK_BYTES = MAXIMUM_PAGE_BYTES - OWN_ENTRY_BYTES;
const CONFIGURATION_KIND = 0x0303;
const CONFIGURATION_RECORD_BYTES = 12;

/** A store in the paper's layout, as it is asked for. */
export interface PaperFormat {
  readonly storeId: StoreId;
  readonly intervalSeconds: number;
  /** n: readings in an accumulated block, 1..80. */
  readonly windowReadings: number;
  /** k: bytes of a reading in it, 1..80. */
  readonly readingBytes: number;
  /** Bytes of a block, at least n * k, which is the default; the rest of it is zero. */
  readonly blockBytes?: number;
  /** d: bytes of the blocks that are kept; by default as many as fit. The spare page is not counted in it. */
  readonly dataBytes?: number;
  /** 0 by default. */
  readonly firstSequence?: number;
}

/** The same as it is kept in the configuration record. */
export interface PaperSettings {
  readonly intervalSeconds: number;
  readonly windowReadings: number;
  readonly readingBytes: number;
  readonly blockBytes: number;
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new LimfsError('parameter-range', `${name} is ${least} to ${most}, not ${value}`);
}

function settingsOf(format: PaperFormat): PaperSettings {
  const windowReadings = inRange('the window', format.windowReadings, 1, MAXIMUM_READINGS);
  const readingBytes = inRange('a reading in bytes', format.readingBytes, 1, MAXIMUM_READING_BYTES);
  const least = windowReadings * readingBytes;
  return {
    intervalSeconds: inRange('the interval in seconds', format.intervalSeconds, 1, 0xffff_ffff),
    windowReadings,
    readingBytes,
    blockBytes: inRange('a block in bytes', format.blockBytes ?? least, least, MAXIMUM_BLOCK_BYTES),
  };
}

function geometryFor(medium: Medium, format: PaperFormat, blockBytes: number): Geometry {
  const largest = largestGeometry(medium.sizeBytes, blockBytes + OWN_ENTRY_BYTES);
  if (format.dataBytes === undefined) return largest;
  const pages = Math.floor(format.dataBytes / blockBytes) + 1;
  inRange('the pages and the spare one', pages, 4, largest.pages);
  return geometryOf(largest.pageBytes, pages);
}

function configurationOf(medium: Medium, seedSum: number): RecordPair {
  const kindSeed = seed(seedSum, CONFIGURATION_KIND);
  return new RecordPair(medium, CONFIGURATION_ADDRESS, CONFIGURATION_RECORD_BYTES, kindSeed, foldDown);
}

/** Makes an empty store in the paper's layout. Errors: `parameter-range`. */
export function formatPaperStore(medium: Medium, format: PaperFormat): void {
  if (medium.eraseBytes !== 1) {
    throw new LimfsError('parameter-range', 'this store needs bytes that can be rewritten');
  }
  const settings = settingsOf(format);
  const geometry = geometryFor(medium, format, settings.blockBytes);
  const seedSum = storeSeed(format.storeId);
  markFormatting(medium);
  const record = configurationOf(medium, seedSum);
  const payload = new Uint8Array(record.payloadBytes);
  putUint32(payload, 0, settings.intervalSeconds);
  putUint16(payload, 4, settings.blockBytes);
  payload[6] = settings.readingBytes;
  payload[7] = settings.windowReadings;
  record.clear();
  record.store(payload);
  record.store(payload);
  const ring = new PageRing(medium, geometry, seedSum);
  ring.clear();
  // What lies in the data area may look like laps; no slot belongs to any yet.
  const noLap = new Uint8Array(1);
  for (let slot = 0; slot < geometry.pages; slot += 1) {
    medium.write(ring.pageAddress(slot) + settings.blockBytes + LAP_OFFSET, noLap, 0, 1);
  }
  const firstSequence = format.firstSequence ?? 0;
  writeSuperblock(medium, { role: Role.paperMeter, storeId: format.storeId, geometry, firstSequence });
}

/** Superblock and settings of a store in the paper's layout; writes nothing. Errors: as for `mountPaperStore`. */
export function openPaperFormat(medium: Medium): { superblock: Superblock; settings: PaperSettings } {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new LimfsError(identity.kind, `the medium is ${identity.kind}`);
  const { superblock } = identity;
  if (superblock.role !== Role.paperMeter) {
    throw new LimfsError('role', `the medium holds a store of role ${superblock.role}`);
  }
  const record = configurationOf(medium, storeSeed(superblock.storeId));
  if (!record.load()) throw new LimfsError('damaged', 'both copies of the settings are damaged');
  const { buffer, payloadOffset: at } = record;
  const settings = {
    intervalSeconds: getUint32(buffer, at),
    blockBytes: getUint16(buffer, at + 4),
    readingBytes: buffer[at + 6]!,
    windowReadings: buffer[at + 7]!,
  };
  return { superblock, settings };
}
