import { getUint16, putUint16 } from '../areas/bytes.js';
import { largestGeometry } from '../areas/layout.js';
import {
  identify,
  markFormatting,
  Role,
  type StoreId,
  storeSeed,
  writeSuperblock,
} from '../areas/superblock.js';
import { foldDown, stored } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { type Batch, createBatch } from '../meter/reading.js';
import { findRingEnds, lapIn } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import { Key, PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import { rawBlockBytes, readRawBlock, writeRawBlock } from '../window/rawBlock.js';

/** Checksum and length of the block, in front of it. */
const HEAD_BYTES = 4;

export interface PaperFormat {
  readonly storeId: StoreId;
  readonly intervalSeconds: number;
  /** n: readings in an accumulated block. */
  readonly windowReadings: number;
  /** k: bytes of a reading in it, 1..80. */
  readonly readingBytes: number;
}

/**
 * A meter's store in the layout that the paper describes (section 3.1, Figures 3 and 4): one block is one page and holds
 * the accumulated window Bk of the last n readings in raw coding, so each reading is stored n times. It is here to be
 * compared with; `MeterStore` keeps each reading once. One channel.
 */
export class PaperStore {
  readonly findings: readonly Finding[] = [];
  private readonly format: PaperFormat;
  private readonly ring: PageRing;
  private readonly index: PageIndex;
  private readonly medium: Medium;
  private readonly page: Uint8Array;
  private readonly words: Uint16Array;
  /** The accumulated readings, oldest first. */
  private readonly window: Batch;
  private readonly opening: Entry = createEntry();
  private next: number;

  /** Mounts; writes nothing. */
  constructor(medium: Medium, format: PaperFormat) {
    const superblock = paperSuperblock(medium);
    this.medium = medium;
    this.format = format;
    this.ring = new PageRing(medium, superblock.geometry, storeSeed(superblock.storeId));
    const ends = findRingEnds(this.ring);
    this.index = new PageIndex(this.ring, ends, {
      rebuild: () => false,
      lost: (slot) => addFinding(this.findings as Finding[], 'entry-damaged', slot),
    });
    this.page = new Uint8Array(superblock.geometry.pageBytes);
    this.words = new Uint16Array(this.page.buffer);
    this.window = createBatch(format.windowReadings);
    this.next = superblock.firstSequence;
    if (!ends.filled) return;
    this.next = (ends.head.sequence + 1) >>> 0;
    if (!this.load(ends.head, this.window)) this.window.count = 0;
  }

  get nextSequence(): number {
    return this.next;
  }

  /** Pages that are stored: one a reading. */
  get count(): number {
    return this.index.count;
  }

  /** Shifts the window by one reading and stores it as a new page; returns the reading's sequence. */
  append(timeSeconds: number, value: number, status = 0): number {
    this.shift(timeSeconds, value, status);
    const { ring, index, opening } = this;
    const first = index.count === 0;
    opening.slot = first ? 0 : ring.slotAfter(index.head.slot);
    opening.lap = first ? FIRST_LAP : lapIn(opening.slot, index.head.lap);
    opening.timeSeconds = timeSeconds;
    opening.sequence = this.next;
    opening.run = first ? 0 : (index.head.run + (timeSeconds < index.head.timeSeconds ? 1 : 0)) & 0xff;
    if (index.mustDropOldest(opening.slot)) {
      index.dropOldest();
      ring.invalidate(opening.slot);
    }
    this.writePage(opening);
    ring.commit(opening);
    index.add(opening);
    this.next = (opening.sequence + 1) >>> 0;
    return opening.sequence;
  }

  /** Reads the block that was newest at a time: PVT, one page, and its check; false when there is none. */
  find(timeSeconds: number, into: Batch): boolean {
    if (this.index.count === 0) return false;
    this.index.oldestEntry();
    const position = this.index.search(Key.time, timeSeconds, 0, this.index.count - 1);
    return position >= 0 && this.load(this.index.entry, into);
  }

  private shift(timeSeconds: number, value: number, status: number): void {
    const { window } = this;
    if (window.count === window.capacity) {
      window.count -= 1;
      window.firstSequence = (window.firstSequence + 1) >>> 0;
      for (let row = 0; row < window.count; row += 1) {
        window.times[row] = window.times[row + 1]!;
        window.statuses[row] = window.statuses[row + 1]!;
        window.valids[row] = window.valids[row + 1]!;
        window.values[row] = window.values[row + 1]!;
      }
    }
    if (window.count === 0) window.firstSequence = this.next;
    window.times[window.count] = timeSeconds;
    window.statuses[window.count] = status;
    window.valids[window.count] = 1;
    window.values[window.count] = value;
    window.count += 1;
  }

  private writePage(entry: Entry): void {
    const { page, format, window } = this;
    page.fill(0);
    const shape = { readingBytes: format.readingBytes, channels: 1 };
    putUint16(page, 2, writeRawBlock(window, shape, format.intervalSeconds, page, HEAD_BYTES));
    putUint16(page, 0, this.checkOf(entry));
    this.medium.write(this.ring.pageAddress(entry.slot), page, 0, page.length);
  }

  private load(entry: Entry, into: Batch): boolean {
    const { page } = this;
    this.medium.read(this.ring.pageAddress(entry.slot), page, 0, page.length);
    const length = getUint16(page, 2);
    if (getUint16(page, 0) !== this.checkOf(entry) || length > page.length - HEAD_BYTES) {
      addFinding(this.findings as Finding[], 'page-damaged', entry.slot);
      return false;
    }
    readRawBlock(page, HEAD_BYTES, length, into);
    return true;
  }

  private checkOf(entry: Entry): number {
    return stored(foldDown(this.ring.pageSeed(entry), this.words, this.words.length, 1));
  }
}

function pageBytesOf(format: PaperFormat): number {
  const block = rawBlockBytes({ readingBytes: format.readingBytes, channels: 1 }, format.windowReadings);
  return (HEAD_BYTES + block + 1) & ~1;
}

/** Makes an empty store in the paper's layout. Errors: `parameter-range`. */
export function formatPaperStore(medium: Medium, format: PaperFormat): void {
  const geometry = largestGeometry(medium.sizeBytes, pageBytesOf(format));
  markFormatting(medium);
  new PageRing(medium, geometry, storeSeed(format.storeId)).clear();
  writeSuperblock(medium, { role: Role.paperMeter, storeId: format.storeId, geometry, firstSequence: 0 });
}

function paperSuperblock(medium: Medium) {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new LimfsError(identity.kind, `the medium is ${identity.kind}`);
  if (identity.superblock.role !== Role.paperMeter) {
    throw new LimfsError('role', `the medium holds a store of role ${identity.superblock.role}`);
  }
  return identity.superblock;
}
