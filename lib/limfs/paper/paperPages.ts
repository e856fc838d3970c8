import { getUint16, putUint16 } from '../areas/bytes.js';
import { foldDown, stored } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { lapOfTurn, NO_LAP } from '../ring/lap.js';
import { createEntry, type Entry, type PageRing } from '../ring/pageRing.js';
import { OWN_ENTRY_BYTES } from './paperFormat.js';

/** What the lap byte of a page's slot says. */
export type LapState =
  /** The page is there. */
  | 'stored'
  /** The page one turn before is there, or none ever was. */
  | 'before'
  /** Neither: the byte has rotted, or was written half in a brown-out. */
  | 'odd';

/**
 * The circular data area: each slot a block and, behind it, the page's own PVT entry (checksum and lap), so that both
 * go to the medium in one ascending write, whose last byte commits. Pages are named by their position, counted from
 * format() on for ever; slot and lap follow from it. Their TIME is in the checksum's seed.
 */
export class PaperPages {
  /** The block that was loaded last. */
  readonly block: Uint8Array;
  readonly slots: number;
  private readonly medium: Medium;
  private readonly ring: PageRing;
  private readonly blockBytes: number;
  private readonly words: Uint16Array;
  private readonly place: Entry = createEntry();
  private readonly lap = new Uint8Array(1);

  constructor(medium: Medium, ring: PageRing, blockBytes: number) {
    this.medium = medium;
    this.ring = ring;
    this.slots = ring.pages;
    this.blockBytes = blockBytes;
    this.block = new Uint8Array((blockBytes + OWN_ENTRY_BYTES + 1) & ~1);
    this.words = new Uint16Array(this.block.buffer, 0, (blockBytes + 1) >> 1);
  }

  /** Stores a block; the page that takes its slot's turn next is no longer part of the store. */
  write(position: number, timeSeconds: number, block: Uint8Array): void {
    const { block: page, blockBytes, medium, ring } = this;
    page.set(block);
    const check = this.check(position, timeSeconds);
    putUint16(page, blockBytes, check);
    page[blockBytes + 2] = this.place.lap;
    medium.write(ring.pageAddress(this.place.slot), page, 0, blockBytes + OWN_ENTRY_BYTES);
  }

  /** Loads the block of a page; false when the bytes there are not those of this position and time. */
  load(position: number, timeSeconds: number): boolean {
    const { block: page, blockBytes, medium, ring } = this;
    medium.read(ring.pageAddress(position % this.slots), page, 0, blockBytes + 2);
    const check = getUint16(page, blockBytes);
    return check === this.check(position, timeSeconds);
  }

  lapState(position: number): LapState {
    const { lap, blockBytes, slots } = this;
    const turn = Math.floor(position / slots);
    this.medium.read(this.ring.pageAddress(position % slots) + blockBytes + 2, lap, 0, 1);
    if (lap[0] === lapOfTurn(turn)) return 'stored';
    return lap[0] === (turn === 0 ? NO_LAP : lapOfTurn(turn - 1)) ? 'before' : 'odd';
  }

  /** Checksum of the block in `block`; leaves slot and lap of the page in `place`. */
  private check(position: number, timeSeconds: number): number {
    const { place, words, slots } = this;
    place.slot = position % slots;
    place.lap = lapOfTurn(Math.floor(position / slots));
    place.sequence = position;
    place.timeSeconds = timeSeconds;
    // The last word of a block of odd length has a zero for its upper half.
    if ((this.blockBytes & 1) === 1) this.block[this.blockBytes] = 0;
    return stored(foldDown(this.ring.pageSeed(place), words, words.length, 0));
  }
}
