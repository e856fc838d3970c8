import { ahead, earlier, later } from '../sequence.js';
import type { Meter } from './meterTable.js';

/**
 * What a manager knows about where a meter's readings stand. Every sequence before `next` stands in the cell of the
 * newest window page, or elsewhere (before `settled`, or in the island), or is a gap, or is lost. Where this forgets
 * something it forgets that a reading stands elsewhere: that costs a page, never a reading.
 */

/** Readings that would stand nowhere any more; created once by its user. */
export interface Range {
  first: number;
  end: number;
}

/** Whether a block [first, end) brings a reading that stands nowhere. */
export function bringsMissing(meter: Meter, first: number, end: number): boolean {
  return ahead(end, meter.next) > 0 || meter.gaps.overlaps(first, end);
}

/** What stands only in the meter's cell and not in a window that begins at `first`; false when nothing does. */
export function slidingOut(meter: Meter, first: number, into: Range): boolean {
  into.first = later(meter.cellFirst, meter.settled);
  into.end = earlier(meter.cellEnd, first);
  const { islandFirst, islandEnd } = meter;
  if (ahead(islandFirst, into.first) <= 0) into.first = later(into.first, earlier(islandEnd, into.end));
  if (ahead(islandEnd, into.end) >= 0) into.end = earlier(into.end, later(islandFirst, into.first));
  return ahead(into.end, into.first) > 0;
}

/** A window [first, end) is the meter's cell in the page at `page` from now on. */
export function coverByWindow(meter: Meter, page: number, first: number, end: number): void {
  if (meter.page !== page) {
    // The cell of a page that takes no windows any more stays what it is.
    meter.settled = later(meter.settled, meter.cellEnd);
    absorbIsland(meter);
  }
  arrive(meter, first, end, true);
  meter.page = page;
  meter.cellFirst = first;
  meter.cellEnd = end;
  meter.cellTaken = false;
}

/** Readings [first, end) stand in a fill page from now on. */
export function coverByFill(meter: Meter, first: number, end: number): void {
  arrive(meter, first, end, false);
  if (ahead(end, meter.settled) <= 0) return;
  const { islandFirst, islandEnd } = meter;
  const joins = ahead(first, islandEnd) <= 0 && ahead(end, islandFirst) >= 0;
  if (joins && ahead(islandEnd, islandFirst) > 0) {
    meter.islandFirst = earlier(first, islandFirst);
    meter.islandEnd = later(end, islandEnd);
  } else if (ahead(end, islandEnd) > 0 || ahead(islandEnd, meter.settled) <= 0) {
    meter.islandFirst = first;
    meter.islandEnd = end;
  }
  absorbIsland(meter);
}

/** Readings [first, end) are missing no more; those between the newest known and `first` are from now on. */
function arrive(meter: Meter, first: number, end: number, inWindow: boolean): void {
  const { gaps } = meter;
  if (ahead(first, meter.next) > 0) gaps.add(meter.next, first, false);
  meter.next = later(meter.next, end);
  if (inWindow) unsettle(meter, first, end);
  gaps.remove(first, end);
}

/** Gaps that the window fills, but that counted as standing elsewhere: those readings stand in the window only. */
function unsettle(meter: Meter, first: number, end: number): void {
  const { gaps } = meter;
  if (gaps.overlaps(later(first, meter.islandFirst), earlier(end, meter.islandEnd))) forgetIsland(meter);
  for (let gap = 0; gap < gaps.count; gap += 1) {
    const from = later(gaps.firsts[gap]!, first);
    if (ahead(from, earlier(gaps.ends[gap]!, end)) >= 0) continue;
    meter.settled = earlier(meter.settled, from);
    return;
  }
}

function forgetIsland(meter: Meter): void {
  meter.islandFirst = meter.settled;
  meter.islandEnd = meter.settled;
}

function absorbIsland(meter: Meter): void {
  const { settled, islandFirst, islandEnd } = meter;
  if (ahead(islandFirst, settled) <= 0) meter.settled = later(settled, islandEnd);
  if (ahead(islandEnd, meter.settled) <= 0) forgetIsland(meter);
}
