import { Key, type PageIndex } from '../ring/pageIndex.js';
import type { Entry } from '../ring/pageRing.js';
import { startOfRun } from '../ring/runs.js';
import type { PaperPages } from './paperPages.js';

/** Pages that follow each other at the regular interval: what one entry of the PVT area says of all of them. */
interface Stretch {
  /** Position, time and run of the first page. */
  position: number;
  timeSeconds: number;
  run: number;
  /** 0 where the power failed between the entry and its page. */
  pages: number;
  /** The last time for which the stretch is known to hold the page. */
  untilSeconds: number;
}

function createStretch(): Stretch {
  return { position: 0, timeSeconds: 0, run: 0, pages: 0, untilSeconds: -1 };
}

/**
 * Time-based block search through the PVT. A page's TIME follows from the entry of its stretch; the stretch that was
 * found last and the newest one are kept in RAM, so that a search in them reads nothing but the page.
 */
export class StretchFinder {
  readonly newest: Stretch = createStretch();
  /** Time and run of the page that was found. */
  foundSeconds = 0;
  foundRun = 0;
  /** Whether the page that was found has been loaded, and its check is good. */
  loaded = false;
  private readonly index: PageIndex;
  private readonly pages: PaperPages;
  private readonly intervalSeconds: number;
  private readonly longest: number;
  private readonly last: Stretch = createStretch();
  /** Whether all pages are known to be of one run: then no older page can come later than the newest. */
  private oneRun = false;

  constructor(index: PageIndex, pages: PaperPages, intervalSeconds: number, longest: number) {
    this.index = index;
    this.pages = pages;
    this.intervalSeconds = intervalSeconds;
    this.longest = longest;
  }

  /** The newest stretch is that of `entry`, with so many pages. */
  open(entry: Entry, pages: number): void {
    if (entry.run !== this.newest.run) this.oneRun = false;
    this.take(this.newest, entry, pages);
  }

  /** The newest stretch has one more page. */
  grow(): void {
    this.newest.pages += 1;
    this.newest.untilSeconds = this.latestOf(this.newest);
  }

  /** Whether a page of this time goes on with the newest stretch. */
  goesOnAt(timeSeconds: number): boolean {
    const { newest, intervalSeconds, longest, index } = this;
    const due = newest.timeSeconds + newest.pages * intervalSeconds;
    return index.count > 0 && newest.pages < longest && timeSeconds === due;
  }

  /**
   * Position of the newest page that is not later than a time in the newest run that covers it, else the nearest before;
   * -1: there is none in [oldest, next). Its time and run are in `foundSeconds` and `foundRun`.
   */
  find(timeSeconds: number, oldest: number, next: number): number {
    const { newest, last } = this;
    this.loaded = false;
    if (oldest === next) return -1;
    const isNow = this.oneRun && newest.pages > 0 && timeSeconds >= newest.timeSeconds;
    if (isNow || this.covers(newest, timeSeconds)) return this.enterAt(newest, timeSeconds);
    if (last.run === newest.run && this.covers(last, timeSeconds)) {
      const position = this.enterAt(last, timeSeconds);
      if (position >= oldest) return position;
    }
    return this.search(timeSeconds, oldest, next);
  }

  /** Finds time and run of a page by its position; false when its entry is lost. */
  enter(position: number, next: number): boolean {
    const { index, newest } = this;
    if (index.count === 0) return false;
    let stretch = newest;
    if (position < newest.position) {
      const ahead = position - index.oldestEntry().sequence;
      const place = index.search(Key.sequence, ahead, 0, index.count - 1);
      if (place < 0) return false;
      stretch = this.stretchAt(place, next);
    }
    this.foundSeconds = stretch.timeSeconds + (position - stretch.position) * this.intervalSeconds;
    this.foundRun = stretch.run;
    return true;
  }

  private search(timeSeconds: number, oldest: number, next: number): number {
    const { index, newest } = this;
    this.oneRun = index.oldestEntry().run === index.head.run;
    let best = -1;
    let bestSeconds = -1;
    let bestRun = 0;
    for (let end = index.count - (newest.pages === 0 ? 2 : 1); end >= 0; ) {
      const start = startOfRun(index, end);
      const place = index.search(Key.time, timeSeconds, start, end);
      if (place >= 0) {
        if (place < end && this.meets(timeSeconds, oldest)) return this.enterAt(this.last, timeSeconds);
        const stretch = this.stretchAt(place, next);
        const position = this.enterAt(stretch, timeSeconds);
        // All older runs lie before that.
        if (position < oldest) break;
        if (place < end || this.covers(stretch, timeSeconds) || this.foundSeconds === timeSeconds)
          return position;
        if (this.foundSeconds > bestSeconds) {
          best = position;
          bestSeconds = this.foundSeconds;
          bestRun = this.foundRun;
        }
      }
      end = start - 1;
    }
    this.foundSeconds = bestSeconds;
    this.foundRun = bestRun;
    return best;
  }

  /** The page that is due then by the entry just found proves by its check that it belongs to it: no need to read more. */
  private meets(timeSeconds: number, oldest: number): boolean {
    const { index, last, longest, intervalSeconds } = this;
    const number = Math.floor((timeSeconds - index.entry.timeSeconds) / intervalSeconds);
    if (number >= longest || index.entry.sequence + number < oldest) return false;
    this.take(last, index.entry, number + 1);
    last.untilSeconds = timeSeconds;
    this.loaded = this.pages.load(last.position + number, last.timeSeconds + number * intervalSeconds);
    if (!this.loaded) last.untilSeconds = -1;
    return this.loaded;
  }

  /** The stretch of the entry at a place of the index, which is in `index.entry`. */
  private stretchAt(place: number, next: number): Stretch {
    const { index, last, newest, longest } = this;
    this.take(last, index.entry, 0);
    if (last.position === newest.position) return newest;
    const known = place + 1 < index.count && index.entryAt(place + 1);
    last.pages = known ? index.entry.sequence - last.position : Math.min(longest, next - last.position);
    // The next page of the run may have come late, or at the same time as this stretch's last one.
    const goesOn = known && index.entry.run === last.run;
    last.untilSeconds = goesOn ? index.entry.timeSeconds - 1 : this.latestOf(last);
    return last;
  }

  private covers({ timeSeconds, untilSeconds }: Stretch, seconds: number): boolean {
    return seconds >= timeSeconds && seconds <= untilSeconds;
  }

  /** Time of a stretch's last page; before all its times when it has none. */
  private latestOf({ timeSeconds, pages }: Stretch): number {
    return timeSeconds + (pages - 1) * this.intervalSeconds;
  }

  /** Position of the page of a stretch that is newest at a time. */
  private enterAt(stretch: Stretch, timeSeconds: number): number {
    const { intervalSeconds } = this;
    const due = Math.floor((timeSeconds - stretch.timeSeconds) / intervalSeconds);
    const number = Math.min(due, stretch.pages - 1);
    this.foundSeconds = stretch.timeSeconds + number * intervalSeconds;
    this.foundRun = stretch.run;
    return stretch.position + number;
  }

  private take(stretch: Stretch, entry: Entry, pages: number): void {
    stretch.position = entry.sequence;
    stretch.timeSeconds = entry.timeSeconds;
    stretch.run = entry.run;
    stretch.pages = pages;
    stretch.untilSeconds = this.latestOf(stretch);
  }
}
