import { Key, type PageIndex } from '../ring/pageIndex.js';
import { endOfRun, startOfRun } from '../ring/runs.js';
import { addFinding, type Finding } from './finding.js';
import type { OpenPage } from './openPage.js';
import type { PageReader } from './pageReader.js';
import type { Timeline } from './timeline.js';

/** Instead of a sequence: the page in the reader was sealed when it was read, and does not grow. */
const SEALED = -1;

/** The pages of a ring, found through its PVT, as a timeline; the newest one is open. */
export class PageTimeline implements Timeline {
  readonly single = null;
  /** Sequence of the next reading. */
  readonly next: () => number;
  private readonly index: PageIndex;
  private readonly reader: PageReader;
  private readonly open: OpenPage;
  private readonly findings: Finding[];
  /** The sequence that was next when the reader read the open page. */
  private nextWhenRead = SEALED;

  constructor(index: PageIndex, reader: PageReader, open: OpenPage, next: () => number, findings: Finding[]) {
    this.index = index;
    this.reader = reader;
    this.open = open;
    this.next = next;
    this.findings = findings;
  }

  first(): number {
    this.index.oldestEntry();
    return 0;
  }

  last(): number {
    return this.index.count - 1;
  }

  lastPage(): number {
    return this.index.count - 1;
  }

  before(position: number): number {
    return position - 1;
  }

  take(position: number): boolean {
    return this.index.entryAt(position);
  }

  lastUpTo(timeSeconds: number, low: number, high: number): number {
    return this.index.search(Key.time, timeSeconds, low, high);
  }

  startOfRun(end: number): number {
    return startOfRun(this.index, end);
  }

  endOfRun(start: number): number {
    return endOfRun(this.index, start);
  }

  pageOf(sequence: number): number {
    const { index, reader } = this;
    const resumed = this.resume(sequence);
    if (resumed !== null) return index.positionOf(reader.place) + (reader.reachedEnd() ? 1 : 0);
    const offset = (sequence - index.oldestEntry().sequence) | 0;
    if (offset <= 0 || index.count === 0) return 0;
    return Math.max(0, index.search(Key.sequence, offset, 0, index.count - 1));
  }

  resume(sequence: number): PageReader | null {
    const { reader } = this;
    return reader.place >= 0 && reader.nextSequence() === sequence && this.isAsRead() ? reader : null;
  }

  startSeconds(): number {
    return this.index.entry.timeSeconds;
  }

  enter(): PageReader | null {
    const { reader, index, open } = this;
    const { entry } = index;
    const isOpen = entry.slot === index.head.slot;
    if (isOpen && open.damaged) return null;
    if (reader.place === entry.slot && this.isAsRead()) return reader;
    reader.load(index.ring.pageAddress(entry.slot));
    if (isOpen) open.endTornPage(reader);
    else if (!reader.verify(index.ring.pageSeed(entry))) {
      addFinding(this.findings, 'page-damaged', entry.slot);
      return null;
    }
    this.nextWhenRead = isOpen ? this.next() : SEALED;
    reader.enter(entry.slot, entry);
    return reader;
  }

  /** Whether the page in the reader's buffer has not changed since: it did not grow, nor was it sealed. */
  private isAsRead(): boolean {
    const { nextWhenRead, reader, index } = this;
    return nextWhenRead < 0 || (nextWhenRead === this.next() && reader.place === index.head.slot);
  }
}
