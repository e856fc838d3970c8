import { ANCHORS, Anchors } from './anchors.js';
import { type RingEnds, takeBehind } from './findHead.js';
import { copyEntry, createEntry, type Entry, type PageRing } from './pageRing.js';

/** After so many interpolations a search halves instead: bounded whatever the times are. */
const INTERPOLATIONS = 5;
/** A search looks at so many anchors: more would save less on the bus than they cost XS. */
const ANCHORS_LOOKED_AT = 3;
const NO_SLOT = -1;

/** What a search goes by. */
export const Key = Object.freeze({ time: 0, sequence: 1 } as const);
export type Key = (typeof Key)[keyof typeof Key];

/** What an index does about damaged entries. */
export interface EntryDamage {
  /** Rebuilds the entry of `slot` from its predecessor and the pages themselves; false when that is impossible. */
  rebuild(before: Entry, slot: number, into: Entry): boolean;
  /** An entry is lost, and with it its page. */
  lost(slot: number): void;
}

/**
 * The pages of a ring in order of age, found by time or by sequence through the PVT alone (the paper's "time-based
 * block search"; requirement: one read of the data area a lookup). Position 0 is the oldest page.
 */
export class PageIndex {
  readonly ring: PageRing;
  readonly head: Entry = createEntry();
  /** The entry that the last search found. */
  entry: Entry = createEntry();
  private readonly damage: EntryDamage;
  private readonly anchors: Anchors;
  private readonly oldest: Entry = createEntry();
  private probe: Entry = createEntry();
  /** What a search has narrowed its range to. */
  private readonly bounds = { below: 0, belowKey: 0, above: 0, aboveKey: 0 };
  private oldestSlot: number;
  private oldestKnown = false;
  /** Whether there are any pages. */
  filled: boolean;

  constructor(ring: PageRing, ends: RingEnds, damage: EntryDamage) {
    this.ring = ring;
    this.damage = damage;
    this.anchors = new Anchors(ring.pages);
    this.oldestSlot = ends.oldestSlot;
    this.filled = ends.filled;
    copyEntry(ends.head, this.head);
    if (ends.oldest !== null) {
      copyEntry(ends.oldest, this.oldest);
      this.oldestKnown = true;
    }
  }

  /** Number of pages. */
  get count(): number {
    if (!this.filled) return 0;
    const distance = this.head.slot - this.oldestSlot;
    return (distance < 0 ? distance + this.ring.pages : distance) + 1;
  }

  slotOf(position: number): number {
    const slot = this.oldestSlot + position;
    return slot >= this.ring.pages ? slot - this.ring.pages : slot;
  }

  positionOf(slot: number): number {
    const distance = slot - this.oldestSlot;
    return distance < 0 ? distance + this.ring.pages : distance;
  }

  /** Entry of the oldest page; read once after it has changed. A damaged one is passed over. */
  oldestEntry(): Entry {
    while (!this.oldestKnown && this.oldestSlot !== this.head.slot) {
      this.ring.readEntries(this.oldestSlot);
      if (takeBehind(this.ring, this.head, this.oldestSlot, this.oldest)) this.oldestKnown = true;
      else {
        this.damage.lost(this.oldestSlot);
        this.oldestSlot = this.ring.slotAfter(this.oldestSlot);
      }
    }
    return this.oldestKnown ? this.oldest : this.head;
  }

  /** Whether the next page goes where the oldest one lies. */
  mustDropOldest(slot: number): boolean {
    return this.filled && slot === this.oldestSlot;
  }

  /** The oldest page is about to be overwritten. */
  dropOldest(): void {
    if (this.oldestSlot === this.head.slot) this.filled = false;
    this.oldestSlot = this.ring.slotAfter(this.oldestSlot);
    this.oldestKnown = false;
  }

  /** A new page has been committed. */
  add(entry: Entry): void {
    if (!this.filled) {
      this.oldestSlot = entry.slot;
      this.oldestKnown = false;
    }
    this.filled = true;
    copyEntry(entry, this.head);
    this.anchors.learn(entry.slot, entry.timeSeconds);
  }

  /** Takes the entry at a position into `entry`; false when it is damaged beyond repair. */
  entryAt(position: number): boolean {
    const slot = this.slotOf(position);
    if (slot === this.head.slot || (position === 0 && this.oldestKnown)) {
      copyEntry(slot === this.head.slot ? this.head : this.oldest, this.entry);
      return true;
    }
    this.ring.readEntries(slot);
    if (this.ring.take(0, slot, this.entry)) return true;
    if (position === 0) return false;
    const before = this.ring.slotBefore(slot);
    this.ring.readEntries(before);
    if (this.ring.take(0, before, this.probe) && this.damage.rebuild(this.probe, slot, this.entry))
      return true;
    this.damage.lost(slot);
    return false;
  }

  /**
   * Finds the last page in [low, high] whose key is at most `target` and leaves its entry in `entry`; the times in
   * that range rise. Returns its position, or -1 when even the page at `low` comes later.
   */
  search(key: Key, target: number, low: number, high: number): number {
    const byTime = key === Key.time;
    const lowEntry = this.peek(low);
    if (lowEntry === null) return this.searchOneByOne(key, target, low, high);
    const lowKey = byTime ? lowEntry.timeSeconds : this.offsetOf(lowEntry);
    if (lowKey > target) return -1;
    const highEntry = this.peek(high);
    if (highEntry === null) return this.searchOneByOne(key, target, low, high);
    const highKey = byTime ? highEntry.timeSeconds : this.offsetOf(highEntry);
    if (highKey <= target) return this.entryAt(high) ? high : -1;
    // Whatever an earlier search has left there may describe a page that was overwritten since.
    this.entry.slot = NO_SLOT;
    const bounds = this.bounds;
    bounds.below = low;
    bounds.belowKey = lowKey;
    bounds.above = high;
    bounds.aboveKey = highKey;
    if (byTime) this.narrowByAnchors(target);
    return this.narrow(key, target, low, high);
  }

  /** The entry at a position: without copying it when it is known, which it is at both ends of the ring. */
  private peek(position: number): Entry | null {
    const slot = this.slotOf(position);
    if (slot === this.head.slot) return this.head;
    if (position === 0 && this.oldestKnown) return this.oldest;
    return this.entryAt(position) ? this.entry : null;
  }

  /** Takes the entry that was probed for the one found. */
  private exchange(): void {
    const { entry } = this;
    this.entry = this.probe;
    this.probe = entry;
  }

  /** Looks from the anchor where the time is to be expected, downwards or upwards until it lies between two. */
  private narrowByAnchors(target: number): void {
    const { bounds, anchors } = this;
    const share = (target - bounds.belowKey) / (bounds.aboveKey - bounds.belowKey);
    const expected = bounds.below + ((share * (bounds.above - bounds.below)) | 0);
    let index = anchors.indexOf(this.slotOf(expected));
    let step = 0;
    for (let looked = 0; looked < ANCHORS_LOOKED_AT; looked += 1) {
      const slot = anchors.slotOf(index);
      const position = slot < 0 ? -1 : this.positionOf(slot);
      if (position > bounds.below && position < bounds.above) {
        const time = anchors.timeOf(index);
        if (time <= target) {
          bounds.below = position;
          bounds.belowKey = time;
          if (step < 0) return;
          step = 1;
        } else {
          bounds.above = position;
          bounds.aboveKey = time;
          if (step > 0) return;
          step = -1;
        }
      } else if (slot >= 0 && step !== 0) return;
      index = (index + (step < 0 ? ANCHORS - 1 : 1)) & (ANCHORS - 1);
    }
  }

  private narrow(key: Key, target: number, low: number, high: number): number {
    const { ring } = this;
    const byTime = key === Key.time;
    let { below, belowKey, above, aboveKey } = this.bounds;
    for (let step = 0; above - below > 1; step += 1) {
      const width = above - below;
      const share = (target - belowKey) / (aboveKey - belowKey);
      let guess = below + (step < INTERPOLATIONS ? (share * width) | 0 : width >> 1);
      let slot = this.slotOf(guess);
      // The last slot of the table has no neighbour in its transfer: looking at it again would not get on.
      if (guess === below && slot === ring.pages - 1) {
        guess += 1;
        slot = this.slotOf(guess);
      }
      const read = ring.readEntries(slot);
      for (let index = 0; index < read && guess + index < above; index += 1) {
        const { probe } = this;
        if (!ring.take(index, slot, probe)) return this.searchOneByOne(key, target, low, high);
        const found = byTime ? probe.timeSeconds : this.offsetOf(probe);
        if (byTime && index === 0) this.anchors.learn(slot, found);
        if (found > target) {
          above = guess + index;
          aboveKey = found;
          break;
        }
        below = guess + index;
        belowKey = found;
        this.exchange();
      }
    }
    if (this.entry.slot !== this.slotOf(below) && !this.entryAt(below)) {
      return this.searchOneByOne(key, target, low, high);
    }
    return below;
  }

  /** The slow way around damaged entries: looks at every page of the range. */
  private searchOneByOne(key: Key, target: number, low: number, high: number): number {
    let best = -1;
    for (let position = low; position <= high; position += 1) {
      if (!this.entryAt(position)) continue;
      const found = key === Key.time ? this.entry.timeSeconds : this.offsetOf(this.entry);
      if (found <= target) best = position;
    }
    return best >= 0 && this.entryAt(best) ? best : -1;
  }

  /** Sequences from the oldest page's first one on. */
  private offsetOf(entry: Entry): number {
    return (entry.sequence - this.oldestEntry().sequence) >>> 0;
  }
}
