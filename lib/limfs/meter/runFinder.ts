import { Key, type PageIndex } from '../ring/pageIndex.js';
import type { PageReader } from './pageReader.js';

/**
 * Finds the page of a time across runs (pages of monotone time). The newest run that covers the time wins, so that a
 * clock that was set back shows the newer readings; where none covers it, the reading nearest before it.
 */
export class RunFinder {
  private readonly index: PageIndex;
  private readonly enter: () => PageReader | null;

  /** `enter` loads, checks and starts the page of `index.entry`; null when it is damaged. */
  constructor(index: PageIndex, enter: () => PageReader | null) {
    this.index = index;
    this.enter = enter;
  }

  /** Position of the page that holds the reading for `timeSeconds`, or -1; its entry is in `index.entry`. */
  find(timeSeconds: number): number {
    const index = this.index;
    const oldest = index.oldestEntry();
    const last = index.count - 1;
    if (oldest.run === index.head.run) return index.search(Key.time, timeSeconds, 0, last);
    let best = -1;
    let bestTime = -1;
    for (let end = last; end >= 0; ) {
      const start = this.startOfRun(end);
      const position = index.search(Key.time, timeSeconds, start, end);
      if (position >= 0) {
        if (position < end) return position;
        const latest = this.latestTime(timeSeconds);
        if (latest > timeSeconds) return index.entryAt(position) ? position : -1;
        if (latest > bestTime) {
          best = position;
          bestTime = latest;
        }
        if (latest === timeSeconds) break;
      }
      end = start - 1;
    }
    return best >= 0 && index.entryAt(best) ? best : -1;
  }

  /** Position of the first page of the run that the page at `end` belongs to. */
  startOfRun(end: number): number {
    const index = this.index;
    if (!index.entryAt(end)) return end;
    const run = index.entry.run;
    // Galloping backwards before halving keeps clear of an older run whose number is the same modulo 256.
    let inside = end;
    let step = 1;
    let outside = -1;
    while (inside > 0 && outside < 0) {
      const probe = Math.max(0, inside - step);
      if (index.entryAt(probe) && index.entry.run === run) inside = probe;
      else outside = probe;
      step *= 2;
    }
    while (inside - outside > 1) {
      const middle = (inside + outside) >> 1;
      if (index.entryAt(middle) && index.entry.run === run) inside = middle;
      else outside = middle;
    }
    return inside;
  }

  /** Position of the last page of the run that starts at `start`. */
  endOfRun(start: number): number {
    const index = this.index;
    const last = index.count - 1;
    if (index.oldestEntry().run === index.head.run) return last;
    if (!index.entryAt(start)) return start;
    const run = index.entry.run;
    let inside = start;
    let step = 1;
    let outside = last + 1;
    while (inside < last && outside > last) {
      const probe = Math.min(last, inside + step);
      if (index.entryAt(probe) && index.entry.run === run) inside = probe;
      else outside = probe;
      step *= 2;
    }
    while (outside - inside > 1) {
      const middle = (inside + outside) >> 1;
      if (index.entryAt(middle) && index.entry.run === run) inside = middle;
      else outside = middle;
    }
    return inside;
  }

  /** Time of the newest reading of the found page that is not later than asked, or a later one if there is one. */
  private latestTime(timeSeconds: number): number {
    const reader = this.enter();
    if (reader === null) return -1;
    reader.advance(undefined, timeSeconds);
    const latest = reader.state.timeSeconds;
    return latest > timeSeconds || reader.reachedEnd() ? latest : timeSeconds + 1;
  }
}
