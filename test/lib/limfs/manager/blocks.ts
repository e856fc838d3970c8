import { LINE } from '../../../../bench/line.js';
import { createBatch, Status } from '../../../../lib/limfs/index.js';
import {
  CELL_HEAD_BYTES,
  CellKind,
  createManagerPage,
  type ManagerPage,
  type ManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { BlockPacker } from '../../../../lib/limfs/window/packedBlock.js';
import { writeRawBlock } from '../../../../lib/limfs/window/rawBlock.js';

/** Everything a manager is told has the same shape in these tests: one channel, an hour, a value that names the reading. */
const INTERVAL_SECONDS = 3600;
const START_SECONDS = 1_700_000_000;
const batch = createBatch(128);
const bytes = new Uint8Array(256);

/** By sequence: how many intervals later than the first line's its reading was taken. A meter that was set back has lines. */
export type Shift = (sequence: number) => number;

const noShift: Shift = () => 0;

export function readingValue(meter: number, sequence: number): number {
  return (meter * 131 + sequence * 7) % 120;
}

function fill(meter: number, first: number, end: number, errorAt: number, shiftOf: Shift): void {
  batch.count = end - first;
  batch.firstSequence = first;
  batch.channels = 1;
  for (let row = 0; row < batch.count; row += 1) {
    const shift = shiftOf(first + row);
    batch.times[row] = START_SECONDS + (first + row + shift) * INTERVAL_SECONDS;
    batch.statuses[row] = first + row === errorAt ? Status.readingError : 0;
    batch.valids[row] = 1;
    batch.values[row] = readingValue(meter, first + row + 17 * shift);
  }
}

/** A block of the readings [first, end), as a packet brings it; k bytes a reading, or packed where k is 0. */
export function blockOf(
  k: number,
  meter: number,
  first: number,
  end: number,
  errorAt = -1,
  shiftOf = noShift,
): Uint8Array {
  fill(meter, first, end, errorAt, shiftOf);
  if (k > 0) {
    const length = writeRawBlock(batch, { readingBytes: k, channels: 1 }, INTERVAL_SECONDS, bytes, 0);
    return bytes.slice(0, length);
  }
  // A packer learns a meter's habits; a new one packs the same readings to the same bytes.
  const length = new BlockPacker().pack(batch, 0, INTERVAL_SECONDS, bytes, 0, bytes.length);
  return bytes.slice(0, length);
}

/** Sends the window [first, end) of the meter at a place. */
export function send(
  store: ManagerStore,
  place: number,
  first: number,
  end: number,
  more: {
    readonly errorAt?: number;
    readonly oldest?: number;
    readonly time?: number;
    readonly meter?: number;
    readonly shiftOf?: Shift;
    readonly line?: number;
  } = {},
) {
  const { readingBytes } = store.settings;
  const block = blockOf(readingBytes, more.meter ?? place, first, end, more.errorAt, more.shiftOf);
  const time = more.time ?? START_SECONDS + end * INTERVAL_SECONDS;
  const { line = LINE, oldest = 0 } = more;
  return store.receiveWindow(place, { line, oldestSequence: oldest, block }, time);
}

/** Sends the readings [first, end) as backfill. */
export function backfill(
  store: ManagerStore,
  place: number,
  first: number,
  end: number,
  oldest = 0,
  shiftOf = noShift,
  line = LINE,
) {
  const block = blockOf(store.settings.readingBytes, place, first, end, -1, shiftOf);
  const time = START_SECONDS + end * INTERVAL_SECONDS;
  return store.receiveBackfill(place, { line, oldestSequence: oldest, block }, time);
}

/** One cell of a report, as a concentrator reads it. */
export interface ReportedCell {
  readonly kind: number;
  readonly place: number;
  readonly storeLow: number;
  readonly line: number;
  readonly first: number;
  readonly end: number;
  readonly block: string;
}

const cellBytes = new Uint8Array(256);

/** All readings and losses that a page reports. */
export function cellsOf(store: ManagerStore, page: ManagerPage): ReportedCell[] {
  const cells: ReportedCell[] = [];
  for (let index = 0; index < page.cells; index += 1) {
    const length = store.readReport(page, index, cellBytes, 0);
    if (length === 0) continue;
    const view = new DataView(cellBytes.buffer);
    const kind = cellBytes[4]!;
    if (kind === CellKind.lines) continue;
    const sequence = view.getUint32(16, true);
    const count = kind === CellKind.lost ? view.getUint32(20, true) : cellBytes[7]!;
    const newestFirst = store.settings.readingBytes > 0 && kind !== CellKind.lost;
    const first = newestFirst ? sequence - count + 1 : sequence;
    const block = [...cellBytes.slice(16, 28), ...cellBytes.slice(CELL_HEAD_BYTES, length)].join(' ');
    cells.push({
      kind,
      place: cellBytes[5]!,
      storeLow: view.getUint32(12, true),
      line: view.getUint32(28, true),
      first,
      end: first + count,
      block,
    });
  }
  return cells;
}

/** What a cell's block must be; the body of a cell is the block behind its head. */
export function expectedBlock(
  k: number,
  meter: number,
  first: number,
  end: number,
  errorAt = -1,
  shiftOf = noShift,
): string {
  const block = blockOf(k, meter, first, end, errorAt, shiftOf);
  if (k > 0) return block.join(' ');
  return [...block.slice(0, 8), 0, 0, 0, 0, ...block.slice(8)].join(' ');
}

/** The pages that are frozen and not acknowledged, from the report pointer on, without moving it. */
export function drain(store: ManagerStore, visit: (page: ManagerPage, cells: ReportedCell[]) => void): void {
  const page = createManagerPage();
  while (store.report(page)) {
    visit(page, cellsOf(store, page));
    if (!store.acknowledge(store.storeId, page.counter, page.checksum)) throw new Error('not acknowledged');
  }
}

export { CELL_HEAD_BYTES, START_SECONDS };
