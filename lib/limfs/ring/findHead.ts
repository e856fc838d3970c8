import { FIRST_LAP, isLap, NO_LAP, nextLap, previousLap } from './lap.js';
import { copyEntry, createEntry, type Entry, type PageRing } from './pageRing.js';

/** Where a ring begins and ends. */
export interface RingEnds {
  /** False for a ring without pages. */
  readonly filled: boolean;
  /** The newest page's entry. */
  readonly head: Entry;
  /** Slot of the oldest page, and its entry if it was met on the way. */
  readonly oldestSlot: number;
  readonly oldest: Entry | null;
  /** The newest entry had to be looked for in the whole table, because the short search met something odd. */
  readonly scanned: boolean;
  /** Slot of an entry whose lap byte was not what its checksum proves it must have been; -1: none. */
  readonly repairedSlot: number;
  /** Slot of an entry that was committed after `head` and is damaged; -1: none. Its sequences must not be used again. */
  readonly damagedSlot: number;
}

/**
 * Finds the newest page by binary search over lap bytes: one byte a probe, because slots 0..head carry one lap and the
 * slots behind it the one before. What the search found is verified at the head and behind it; anything odd (a rotted
 * lap, an entry half-written by a brown-out) makes it read the whole table instead. Writes nothing.
 */
export function findRingEnds(ring: PageRing): RingEnds {
  return shortSearch(ring) ?? scan(ring);
}

function shortSearch(ring: PageRing): RingEnds | null {
  const last = ring.pages - 1;
  const lap = ring.lapAt(0);
  if (lap === NO_LAP) return searchWithoutFirst(ring);
  if (!isLap(lap)) return null;
  let low = 0;
  let high = ring.pages;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ring.lapAt(middle) === lap) low = middle;
    else high = middle;
  }
  const head = createEntry();
  const count = ring.readEntries(low);
  if (!ring.take(0, low, head) || head.lap !== lap) return null;
  if (count === 1) return found(head, 0);
  const behind = ring.lapOf(1);
  if (behind === previousLap(lap)) {
    const oldest = createEntry();
    return ring.take(1, low, oldest) ? { ...found(head, low + 1), oldest } : null;
  }
  if (behind !== NO_LAP) return null;
  if (low + 1 === last) return found(head, 0);
  const further = ring.lapAt(low + 2);
  if (further === NO_LAP) return found(head, 0);
  return further === previousLap(lap) ? found(head, low + 2) : null;
}

/** Slot 0 holds no page: the ring is empty, or its newest page is in the last slot and a new lap was about to begin. */
function searchWithoutFirst(ring: PageRing): RingEnds | null {
  const last = ring.pages - 1;
  const lap = ring.lapAt(last);
  const second = ring.lapAt(1);
  if (lap === NO_LAP && second === NO_LAP) {
    return { ...found(createEntry(), 0), filled: false };
  }
  const head = createEntry();
  ring.readEntries(last);
  if (second !== lap || !ring.take(0, last, head)) return null;
  return found(head, 1);
}

function found(head: Entry, oldestSlot: number): RingEnds {
  return {
    filled: true,
    head,
    oldestSlot,
    oldest: null,
    scanned: false,
    repairedSlot: -1,
    damagedSlot: -1,
  };
}

/** Reads every entry. The newest is the one with the highest sequence (serial arithmetic) among those that check. */
function scan(ring: PageRing): RingEnds {
  const head = createEntry();
  const entry = createEntry();
  let any = false;
  for (let slot = 0; slot < ring.pages; slot += 1) {
    ring.readEntries(slot);
    if (!ring.take(0, slot, entry)) continue;
    if (!any || ((entry.sequence - head.sequence) | 0) > 0) copyEntry(entry, head);
    any = true;
  }
  // Without any whole entry the first slot of a first lap is the only place where a page can have been committed.
  const next = any ? ring.slotAfter(head.slot) : 0;
  const lap = any ? lapIn(next, head.lap) : FIRST_LAP;
  let repairedSlot = -1;
  let damagedSlot = -1;
  ring.readEntries(next);
  const behind = ring.lapOf(0);
  const untouched = behind === NO_LAP || (any && behind === previousLap(lap));
  if (!untouched) {
    if (ring.take(0, next, entry, lap)) {
      copyEntry(entry, head);
      any = true;
      repairedSlot = next;
    } else if (any && ring.take(0, next, entry, previousLap(lap))) {
      // The oldest page, whose lap rotted or was half made invalid: it is still there, for that comes first.
      const oldest = createEntry();
      copyEntry(entry, oldest);
      return { filled: true, head, oldestSlot: next, oldest, scanned: true, repairedSlot: next, damagedSlot };
    } else damagedSlot = next;
  }
  const oldest = any ? findOldest(ring, head) : null;
  const oldestSlot = oldest?.slot ?? head.slot;
  return { filled: any, head, oldestSlot, oldest, scanned: true, repairedSlot, damagedSlot };
}

/** The lap of a page opened in `slot` right after one of `lap`. */
export function lapIn(slot: number, lap: number): number {
  return slot === 0 ? nextLap(lap) : lap;
}

/** The first entry behind the head that belongs to the ring; null when only the head does. */
function findOldest(ring: PageRing, head: Entry): Entry | null {
  const entry = createEntry();
  for (let slot = ring.slotAfter(head.slot); slot !== head.slot; slot = ring.slotAfter(slot)) {
    ring.readEntries(slot);
    if (takeBehind(ring, head, slot, entry)) return entry;
  }
  return null;
}

/**
 * Takes the entry that was just read, of a page older than the head's, as of the lap that its place tells: its checksum
 * proves it even if the lap byte has rotted. Only "no page" is believed, for such an entry may describe other data.
 */
export function takeBehind(ring: PageRing, head: Entry, slot: number, into: Entry): boolean {
  const lap = slot > head.slot ? previousLap(head.lap) : head.lap;
  return ring.lapOf(0) !== NO_LAP && ring.take(0, slot, into, lap);
}
