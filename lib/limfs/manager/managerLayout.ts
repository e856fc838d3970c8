import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { CONFIGURATION_ADDRESS, ENTRY_BYTES, type Geometry, geometryOf } from '../areas/layout.js';
import { RecordPair } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { WRITE_HEAD_BYTES } from '../transaction/transactionMedium.js';
import { CELL_HEAD_BYTES, type CellPlaces, MAXIMUM_BLOCK_BYTES } from './cell.js';
import { METER_BYTES } from './meterTable.js';
import { RECORD_FOOT_BYTES } from './redoLog.js';
import { STATE_BYTES } from './tapeState.js';

/** The paper's Table 1. */
const MAXIMUM_METERS = 100;
const MAXIMUM_WINDOW = 80;
const MAXIMUM_READING_BYTES = 80;
const MAXIMUM_CELLS = 65_535;

/** PVT entries beside four for each page that holds all meters: fill pages may be as small as a cell. */
const SPARE_PAGES = 64;
/** The largest transaction: a cell, a meter with its gaps and lines, a PVT entry, and both copies of the tape's state. */
const TRANSACTION_WRITES = 7;
const TRANSACTION_BYTES = METER_BYTES + 2 * STATE_BYTES + ENTRY_BYTES;

export const SETTINGS_KIND = 0x0314;
export const SETTINGS_BYTES = 20;
const ROLL = 1;
const BACKFILL = 2;
/** Twice so many readings may a sequence jump, unless format() says otherwise: a meter's chip holds 83,000. */
const METER_CAPACITY = 100_000;
const INTERVAL_SECONDS = 3600;

export interface ManagerFormat {
  /** 64 random bits. */
  readonly storeId: readonly [high: number, low: number];
  /** The most meters it may ever manage, 1..100. A page has only as many cells as places are in use. */
  readonly meters: number;
  /** n: readings in a window at the most, 1..80. */
  readonly windowReadings: number;
  /** k: bytes of a reading, 1..80, when windows come in raw coding; none: they come packed. */
  readonly readingBytes?: number;
  /** Bytes of a window in a page without its head, 1..100; by default k*n, or 100 for packed windows. */
  readonly blockBytes?: number;
  /** d: bytes for windows, heads not counted; by default all that there is. */
  readonly dataBytes?: number;
  /** Whether a page may be opened early before a reading slides out of a window; default true. */
  readonly roll?: boolean;
  /** Whether there are fill pages: for windows with errors, backfill, and notes of what is lost; default true. */
  readonly backfill?: boolean;
  /** A meter may force one page in so many seconds; default 3600. */
  readonly rollSeconds?: number;
  /** Readings that a meter keeps; a sequence that jumps by more than twice this is not believed. Default 100,000. */
  readonly meterCapacityReadings?: number;
}

/** What format() decided, as the settings record keeps it. */
export interface ManagerSettings {
  readonly meters: number;
  readonly windowReadings: number;
  /** 0: packed. */
  readonly readingBytes: number;
  readonly blockBytes: number;
  readonly cells: number;
  readonly roll: boolean;
  readonly backfill: boolean;
  readonly rollSeconds: number;
  readonly meterCapacityReadings: number;
}

/** Where things lie: behind the four areas of every store come the tape's state, the redo log and the meters. */
export class ManagerLayout implements CellPlaces {
  readonly readingBytes: number;
  readonly meters: number;
  readonly cells: number;
  readonly cellBytes: number;
  readonly geometry: Geometry;
  readonly stateAddress: number;
  readonly logAddress: number;
  readonly logPlaceBytes: number;
  readonly metersAddress: number;
  readonly sizeBytes: number;

  constructor(settings: ManagerSettings) {
    const { blockBytes, cells, meters } = settings;
    this.readingBytes = settings.readingBytes;
    this.meters = meters;
    this.cells = cells;
    this.cellBytes = CELL_HEAD_BYTES + ((blockBytes + 1) & ~1);
    this.geometry = geometryOf(this.cellBytes, pagesFor(cells, meters));
    this.stateAddress = this.geometry.dataAddress + cells * this.cellBytes;
    this.logAddress = this.stateAddress + 2 * STATE_BYTES;
    const largest = this.cellBytes + TRANSACTION_BYTES + TRANSACTION_WRITES * WRITE_HEAD_BYTES;
    this.logPlaceBytes = (largest + RECORD_FOOT_BYTES + 2) & ~1;
    this.metersAddress = this.logAddress + 2 * this.logPlaceBytes;
    this.sizeBytes = this.metersAddress + meters * METER_BYTES;
  }

  /** Positions count cells since format(), for ever; the data area is the last `cells` of them. */
  cellAddress(position: number): number {
    return this.geometry.dataAddress + (position % this.cells) * this.cellBytes;
  }

  lapOf(position: number): number {
    return (Math.floor(position / this.cells) + 1) & 0xffff;
  }
}

function pagesFor(cells: number, meters: number): number {
  return Math.min(cells, SPARE_PAGES + 4 * Math.ceil(cells / meters));
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new LimfsError('parameter-range', `${name} is ${least} to ${most}, not ${value}`);
}

/** Checks a format against the paper's ranges and the medium. Errors: `parameter-range`. */
export function settingsOf(format: ManagerFormat, sizeBytes: number): ManagerSettings {
  const meters = inRange('the number of meters', format.meters, 1, MAXIMUM_METERS);
  const windowReadings = inRange('the window', format.windowReadings, 1, MAXIMUM_WINDOW);
  const raw = format.readingBytes !== undefined;
  const readingBytes = raw ? inRange('a reading in bytes', format.readingBytes, 1, MAXIMUM_READING_BYTES) : 0;
  const least = raw ? readingBytes * windowReadings : 1;
  const blockBytes = format.blockBytes ?? (raw ? least : MAXIMUM_BLOCK_BYTES);
  inRange('a block in bytes', blockBytes, 1, MAXIMUM_BLOCK_BYTES);
  if (blockBytes < least) {
    throw new LimfsError(
      'parameter-range',
      `${windowReadings} readings of ${readingBytes} bytes do not fit a block of ${blockBytes}`,
    );
  }
  const settings = {
    meters,
    windowReadings,
    readingBytes,
    blockBytes,
    roll: format.roll ?? true,
    backfill: format.backfill ?? true,
    rollSeconds: inRange('rollSeconds', format.rollSeconds ?? INTERVAL_SECONDS, 1, 0xffff_ffff),
    meterCapacityReadings: inRange(
      'a meter store in readings',
      format.meterCapacityReadings ?? METER_CAPACITY,
      1,
      0x1fff_ffff,
    ),
  };
  const { dataBytes } = format;
  let cells = dataBytes === undefined ? Math.floor(sizeBytes / (CELL_HEAD_BYTES + blockBytes)) : 0;
  if (dataBytes !== undefined) cells = Math.floor(dataBytes / blockBytes);
  cells = Math.min(cells, MAXIMUM_CELLS);
  while (dataBytes === undefined && cells > 0 && sizeOf({ ...settings, cells }) > sizeBytes) cells -= 1;
  if (cells < meters || sizeOf({ ...settings, cells }) > sizeBytes) {
    throw new LimfsError(
      'parameter-range',
      `${cells} cells of ${blockBytes} bytes for ${meters} meters: a page does not fit, or ${sizeBytes} bytes are too few`,
    );
  }
  return { ...settings, cells };
}

function sizeOf(settings: ManagerSettings): number {
  return new ManagerLayout(settings).sizeBytes;
}

function settingsRecord(medium: Medium, seedSum: number, fold: Fold): RecordPair {
  return new RecordPair(medium, CONFIGURATION_ADDRESS, SETTINGS_BYTES, seed(seedSum, SETTINGS_KIND), fold);
}

export function storeSettings(medium: Medium, settings: ManagerSettings, seedSum: number, fold: Fold): void {
  const record = settingsRecord(medium, seedSum, fold);
  const payload = new Uint8Array(record.payloadBytes);
  payload[0] = settings.meters;
  payload[1] = settings.windowReadings;
  payload[2] = settings.readingBytes;
  payload[3] = settings.blockBytes;
  putUint16(payload, 4, settings.cells);
  payload[6] = (settings.roll ? ROLL : 0) | (settings.backfill ? BACKFILL : 0);
  putUint32(payload, 8, settings.rollSeconds);
  putUint32(payload, 12, settings.meterCapacityReadings);
  record.clear();
  record.store(payload);
  record.store(payload);
}

/** Errors: `damaged`. */
export function loadSettings(medium: Medium, seedSum: number, fold: Fold): ManagerSettings {
  const record = settingsRecord(medium, seedSum, fold);
  if (!record.load()) throw new LimfsError('damaged', 'both copies of the settings are damaged');
  const { buffer, payloadOffset: at } = record;
  return {
    meters: buffer[at]!,
    windowReadings: buffer[at + 1]!,
    readingBytes: buffer[at + 2]!,
    blockBytes: buffer[at + 3]!,
    cells: getUint16(buffer, at + 4),
    roll: (buffer[at + 6]! & ROLL) !== 0,
    backfill: (buffer[at + 6]! & BACKFILL) !== 0,
    rollSeconds: getUint32(buffer, at + 8),
    meterCapacityReadings: getUint32(buffer, at + 12),
  };
}
