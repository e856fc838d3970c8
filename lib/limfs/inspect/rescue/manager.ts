import { getUint16, getUint32 } from '../../areas/bytes.js';
import { CONFIGURATION_ADDRESS } from '../../areas/layout.js';
import { type StoreId, storeSeed } from '../../areas/superblock.js';
import { foldDown } from '../../checksum.js';
import { CELL_HEAD_BYTES, CELL_KIND, Cell, CellKind, type CellPlaces } from '../../manager/cell.js';
import {
  loadSettings,
  ManagerLayout,
  type ManagerSettings,
  SETTINGS_BYTES,
  SETTINGS_KIND,
} from '../../manager/managerLayout.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import { CellOpener } from '../cells.js';
import { rowsOf } from '../readings.js';
import type { ImageReading } from '../report.js';
import { modulo, seedBefore, sumsOf, unseed } from './algebra.js';
import type { Rescue, Watch } from './rescue.js';

const LARGEST_BLOCK_BYTES = 100;
/** So many cells have to ask for the same seed, in a row of equal distances, to prove each other. */
const LEAST_CELLS = 3;
const ID_OFFSETS = [8, 36];

/** Reads a local manager's cells: by its settings if a copy of them is whole, else by what the cells agree about. */
export function rescueManager(bytes: Uint8Array, watch: Watch): Rescue | null {
  for (const { seedSum, settings } of settingsIn(bytes)) {
    const rescue = rescueBySettings(bytes, seedSum, settings);
    if (rescue !== null) return rescue;
  }
  return rescueCells(bytes, 0, watch) ?? rescueCells(bytes, 1, watch);
}

/** Settings that check with some seed: each copy tells the one seed with which it does. */
function settingsIn(bytes: Uint8Array): { seedSum: number; settings: ManagerSettings }[] {
  const found: { seedSum: number; settings: ManagerSettings }[] = [];
  for (let copy = 0; copy < 2; copy += 1) {
    const address = CONFIGURATION_ADDRESS + copy * SETTINGS_BYTES;
    if (address + SETTINGS_BYTES > bytes.length) break;
    const words = new Uint16Array(bytes.slice(address, address + SETTINGS_BYTES).buffer);
    for (const sum of sumsOf(words[0]!)) {
      const seedSum = unseed(unseed(seedBefore(sum, words, words.length, 1), copy), SETTINGS_KIND);
      const settings = settingsWith(bytes, seedSum);
      if (settings !== null) found.push({ seedSum, settings });
    }
  }
  return found;
}

function settingsWith(bytes: Uint8Array, seedSum: number): ManagerSettings | null {
  try {
    const settings = loadSettings(new BufferMedium(bytes), seedSum, foldDown);
    const { meters, blockBytes, cells } = settings;
    const plausible = meters > 0 && blockBytes > 0 && blockBytes <= LARGEST_BLOCK_BYTES && cells > 0;
    return plausible ? settings : null;
  } catch {
    // No copy checks with this seed.
    return null;
  }
}

function rescueBySettings(bytes: Uint8Array, seedSum: number, settings: ManagerSettings): Rescue | null {
  const layout = new ManagerLayout(settings);
  const medium = new BufferMedium(bytes);
  const cell = new Cell(medium, layout, seedSum, foldDown);
  const opener = new CellOpener();
  const proven: ImageReading[] = [];
  let whole = 0;
  for (let index = 0; index < layout.cells; index += 1) {
    const address = layout.cellAddress(index);
    if (address + layout.cellBytes > bytes.length) break;
    const lap = getUint16(bytes, address + 2);
    if (lap === 0 || cell.read((lap - 1) * layout.cells + index) !== 'whole') continue;
    const opened = opener.open(cell.bytes, 0, cell.length);
    if (opened === null) continue;
    whole += 1;
    proven.push(...rowsOf(opener.batch, opened.storeId));
  }
  // The settings alone check with one seed or other; it is the cells that say it is theirs.
  if (whole === 0) return null;
  return {
    role: 'manager',
    storeId: storeIdIn(bytes, seedSum),
    channels: [],
    proven,
    unproven: [],
    statements: [
      "No superblock was used: the local manager's settings say where its cells lie, and which seed they have.",
      `${whole} of ${layout.cells} cells match checksums that name their place and lap; each names its meter and its readings.`,
      'Windows that were replaced, and what their cells held before, are gone.',
    ],
  };
}

function storeIdIn(bytes: Uint8Array, seedSum: number): StoreId | null {
  for (const offset of ID_OFFSETS) {
    const storeId: StoreId = [getUint32(bytes, offset), getUint32(bytes, offset + 4)];
    if (storeSeed(storeId) === seedSum) return storeId;
  }
  return null;
}

/** Cells of one size, one lap and one distance that agree about their seed. */
interface CellGroup {
  readonly cellBytes: number;
  readonly firstAddress: number;
  readonly lap: number;
  /** The seed of a cell less three times its index: what a position adds. */
  readonly origin: number;
  readonly indexes: number[];
}

interface FoundCell {
  readonly address: number;
  readonly length: number;
  readonly lap: number;
  readonly seedSum: number;
}

/**
 * Nothing says where the cells lie nor which seed they have. But positions follow each other, so cells of one lap that lie
 * a whole number of cells apart must ask for seeds that differ by three times that number.
 */
function rescueCells(bytes: Uint8Array, parity: number, watch: Watch): Rescue | null {
  const image = bytes.subarray(parity);
  const candidates = candidatesOf(image);
  let best: CellGroup[] = [];
  let most = 0;
  for (let blockBytes = 2; blockBytes <= LARGEST_BLOCK_BYTES; blockBytes += 2) {
    watch(blockBytes / LARGEST_BLOCK_BYTES);
    const groups = groupsOf(candidates, CELL_HEAD_BYTES + blockBytes);
    const cells = groups.reduce((sum, { indexes }) => sum + indexes.length, 0);
    if (cells <= most) continue;
    most = cells;
    best = groups;
  }
  const proven = best.flatMap((group) => readingsOf(image, group));
  if (proven.length === 0) return null;
  return {
    role: 'manager',
    storeId: null,
    channels: [],
    proven,
    unproven: [],
    statements: [
      `No superblock and no settings were used: ${most} cells of a local manager, ${best[0]!.cellBytes} bytes apart, agree ` +
        'about the seed of their checksums, so each is proven by the others.',
      'Single cells that have lost all others of their lap are not proven and left out.',
    ],
  };
}

function candidatesOf(bytes: Uint8Array): FoundCell[] {
  const candidates: FoundCell[] = [];
  for (let address = 0; address + CELL_HEAD_BYTES <= bytes.length; address += 2) {
    const kind = bytes[address + 4]!;
    const length = CELL_HEAD_BYTES + bytes[address + 6]!;
    const lap = getUint16(bytes, address + 2);
    const possible = kind >= CellKind.window && kind <= CellKind.lines && lap > 0;
    if (!possible || length > CELL_HEAD_BYTES + LARGEST_BLOCK_BYTES || address + length > bytes.length)
      continue;
    const copy = new Uint8Array(length + (length & 1));
    copy.set(bytes.subarray(address, address + length));
    const words = new Uint16Array(copy.buffer);
    for (const sum of sumsOf(words[0]!)) {
      candidates.push({ address, length, lap, seedSum: seedBefore(sum, words, words.length, 1) });
    }
  }
  return candidates;
}

function groupsOf(candidates: readonly FoundCell[], cellBytes: number): CellGroup[] {
  const groups = new Map<string, CellGroup>();
  for (const { address, length, lap, seedSum } of candidates) {
    if (length > cellBytes) continue;
    const firstAddress = address % cellBytes;
    const index = (address - firstAddress) / cellBytes;
    const origin = modulo(seedSum - 3 * index);
    const name = `${firstAddress} ${lap} ${origin}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { cellBytes, firstAddress, lap, origin, indexes: [index] });
    else group.indexes.push(index);
  }
  return [...groups.values()].filter(({ indexes }) => indexes.length >= LEAST_CELLS);
}

/** Reads the cells of a group as if their indexes were their positions: the seed makes up for the difference. */
function readingsOf(
  bytes: Uint8Array,
  { cellBytes, firstAddress, lap, origin, indexes }: CellGroup,
): ImageReading[] {
  const places: CellPlaces = {
    readingBytes: 0,
    cellBytes,
    cellAddress: (position) => firstAddress + position * cellBytes,
    lapOf: () => lap,
  };
  const padded = new Uint8Array(bytes.length + cellBytes);
  padded.set(bytes);
  const seedSum = unseed(unseed(origin, 0), CELL_KIND);
  const cell = new Cell(new BufferMedium(padded), places, seedSum, foldDown);
  const opener = new CellOpener();
  return indexes.flatMap((index) => {
    if (cell.read(index) !== 'whole') return [];
    const opened = opener.open(cell.bytes, 0, cell.length);
    return opened === null ? [] : [...rowsOf(opener.batch, opened.storeId)];
  });
}
