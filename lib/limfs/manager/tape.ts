import type { Fold } from '../checksum.js';
import { assert } from '../errors.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { lapIn, type RingEnds } from '../ring/findHead.js';
import { FIRST_LAP, NO_LAP } from '../ring/lap.js';
import { Key, PageIndex } from '../ring/pageIndex.js';
import { copyEntry, createEntry, type Entry, PageRing } from '../ring/pageRing.js';
import type { ManagerLayout } from './managerLayout.js';
import type { RedoLog } from './redoLog.js';
import { TapeState } from './tapeState.js';

/** What a PVT entry says in the place of a meter's run. */
export const PageKind = Object.freeze({ window: 1, fill: 2 } as const);
export type PageKind = (typeof PageKind)[keyof typeof PageKind];

/** A concentrator takes reports of up to 65,534 bytes: two such pages fit, which is what a damaged PVT entry makes of them. */
const MAXIMUM_FILL_CELLS = 250;

/**
 * A manager's ring of pages on an endless tape of cells (the paper's Figures 2 and 5: circular PVT, circular data area,
 * pages of several blocks). A page is the cells from its position up to the next page's; the PVT entry's sequence is
 * that position, which names the page for ever. So pages may have any number of cells, and a damaged entry loses none:
 * its cells are found behind the page before.
 */
export class Tape {
  readonly state: TapeState;
  private readonly layout: ManagerLayout;
  private readonly log: RedoLog;
  private readonly ring: PageRing;
  private readonly index: PageIndex;
  private readonly opening: Entry = createEntry();

  /** Mounts; writes nothing. */
  constructor(log: RedoLog, layout: ManagerLayout, seedSum: number, fold: Fold, findings: Finding[]) {
    this.log = log;
    this.layout = layout;
    this.ring = new PageRing(log, layout.geometry, seedSum);
    this.state = new TapeState(log, layout.stateAddress, seedSum, fold);
    const { state } = this;
    const loaded = state.load();
    const rebuilt = !loaded || state.damaged;
    if (rebuilt) {
      addFinding(findings, 'state-rebuilt', -1);
      this.rebuildState(loaded ? state.places : layout.meters);
    } else if (state.filled) this.checkHead(findings);
    const ends: RingEnds = {
      filled: state.filled,
      head: state.head,
      oldestSlot: state.oldestSlot,
      oldest: null,
      scanned: rebuilt,
      repairedSlot: -1,
      damagedSlot: -1,
    };
    this.index = new PageIndex(this.ring, ends, {
      rebuild: () => false,
      lost: (slot) => addFinding(findings, 'entry-damaged', slot),
    });
  }

  /** Pages in the ring; damaged entries between them count. */
  get pages(): number {
    return this.index.count;
  }

  /** Position of the open window page; -1: none is open. */
  get openWindow(): number {
    return this.state.windowCells > 0 ? this.state.windowPosition : -1;
  }

  /** Whether the newest page takes one more cell of a fill page. */
  get fillIsOpen(): boolean {
    const { head, frozen, end } = this.state;
    if (this.index.count === 0 || head.run !== PageKind.fill || head.sequence < frozen) return false;
    return end - head.sequence < MAXIMUM_FILL_CELLS;
  }

  /** The position of the oldest cell that is still kept. */
  get oldest(): number {
    const { state, index } = this;
    const first = index.count === 0 ? state.end : index.oldestEntry().sequence;
    const kept = state.dropFirst < state.dropEnd ? state.dropFirst : state.oldestUnreported;
    return Math.min(first, kept);
  }

  /** Whether `cells` more can be taken without losing an unreported page. */
  hasRoom(cells: number): boolean {
    const { state } = this;
    return state.end + cells - state.oldestUnreported <= this.layout.cells;
  }

  /** Whether the next page goes where the oldest entry lies; then that page must go first. */
  entryIsTaken(): boolean {
    return this.index.mustDropOldest(this.nextSlot());
  }

  /** Whether `cells` more fit behind the newest page as things are. */
  fits(cells: number): boolean {
    return this.state.end + cells - this.oldest <= this.layout.cells;
  }

  /** The position behind the page that begins at, or covers, `position`. */
  endOf(position: number): number {
    const { index, state } = this;
    if (index.count === 0) return state.end;
    const oldest = index.oldestEntry().sequence;
    if (position < oldest) return oldest;
    const at = index.search(Key.sequence, position - oldest, 0, index.count - 1);
    for (let next = at + 1; next < index.count; next += 1) {
      if (index.entryAt(next)) return index.entry.sequence;
    }
    return state.end;
  }

  /** The entry of the page that covers a position; null when its entry is damaged. */
  pageAt(position: number): Entry | null {
    const { index } = this;
    if (index.count === 0) return null;
    const oldest = index.oldestEntry().sequence;
    if (position < oldest) return null;
    return index.search(Key.sequence, position - oldest, 0, index.count - 1) < 0 ? null : index.entry;
  }

  /** Adds a page of `cells` cells to the transaction; they must fit. */
  open(kind: PageKind, cells: number, timeSeconds: number): number {
    const { state, opening, index } = this;
    assert(this.fits(cells) && !this.entryIsTaken(), 'there is room for a page');
    const first = state.head.lap === NO_LAP;
    opening.slot = this.nextSlot();
    opening.lap = first ? FIRST_LAP : lapIn(opening.slot, state.head.lap);
    opening.timeSeconds = timeSeconds;
    opening.sequence = state.end;
    opening.run = kind;
    this.ring.commit(opening);
    index.add(opening);
    copyEntry(opening, state.head);
    state.filled = true;
    state.end += cells;
    if (kind === PageKind.window) {
      state.windowPosition = opening.sequence;
      state.windowCells = cells;
    }
    this.storeState();
    return opening.sequence;
  }

  /** Adds one more cell of the open fill page to the transaction. */
  extend(): number {
    const position = this.state.end;
    this.state.end += 1;
    this.storeState();
    return position;
  }

  /** Adds the end of the oldest page to the transaction. */
  discardOldest(): void {
    const { index, state } = this;
    index.oldestEntry();
    const slot = index.slotOf(0);
    index.dropOldest();
    this.ring.invalidate(slot);
    state.filled = index.count > 0;
    this.storeState();
  }

  /** Adds the end of a dropped page to the transaction; its entry may be damaged, then there is none to end. */
  discardBefore(end: number): void {
    const { index } = this;
    if (index.count > 0 && index.oldestEntry().sequence < end) this.discardOldest();
    else this.storeState();
  }

  /** Adds the state to the transaction; at most once in each. */
  storeState(): void {
    const { state, index } = this;
    if (index.count > 0) state.oldestSlot = index.slotOf(0);
    state.store();
  }

  /** format(): an empty ring. */
  initialise(): void {
    this.ring.clear();
    this.state.initialise();
  }

  private nextSlot(): number {
    const { head } = this.state;
    return head.lap === NO_LAP ? 0 : this.ring.slotAfter(head.slot);
  }

  /** The newest page's entry stands in the state too: a damaged one is put right by the next page. */
  private checkHead(findings: Finding[]): void {
    const entry = createEntry();
    this.ring.readEntries(this.state.head.slot);
    if (!this.ring.take(0, this.state.head.slot, entry)) {
      addFinding(findings, 'head-entry-damaged', this.state.head.slot);
    }
  }

  /**
   * A copy of the state is damaged, and the other may be one change old: what it says about the ring is read from the
   * PVT. Everything counts as frozen and unreported, so pages may be sent twice but none is overwritten unsent.
   */
  private rebuildState(places: number): void {
    const { ring, state } = this;
    const entry = createEntry();
    const { head } = state;
    head.lap = NO_LAP;
    let oldest = 0;
    for (let slot = 0; slot < ring.pages; slot += 1) {
      ring.readEntries(slot);
      if (!ring.take(0, slot, entry)) continue;
      if (head.lap === NO_LAP || entry.sequence < oldest) {
        oldest = entry.sequence;
        state.oldestSlot = slot;
      }
      if (head.lap === NO_LAP || entry.sequence > head.sequence) copyEntry(entry, head);
    }
    state.filled = head.lap !== NO_LAP;
    state.places = places;
    state.windowCells = 0;
    state.dropEnd = state.dropFirst;
    if (!state.filled) return;
    const least = head.run === PageKind.window ? places : 1;
    state.end = Math.max(state.end, head.sequence + this.cellsFrom(head.sequence, least));
    state.frozen = state.end;
    state.oldestUnreported = Math.max(oldest, state.end - this.layout.cells);
  }

  /** Cells of the newest page: `least`, or as many as were written behind one another. */
  private cellsFrom(position: number, least: number): number {
    const bytes = new Uint8Array(2);
    let cells = least;
    for (let next = 0; next < this.layout.cells; next += 1) {
      this.log.read(this.layout.cellAddress(position + next) + 2, bytes, 0, 2);
      const lap = bytes[0]! | (bytes[1]! << 8);
      if (lap === this.layout.lapOf(position + next)) cells = Math.max(cells, next + 1);
      else if (next >= cells) break;
    }
    return cells;
  }
}
