import { addFinding, type Finding } from '../meter/finding.js';
import type { PageReader } from '../meter/pageReader.js';
import { createReading, type Reading } from '../meter/reading.js';
import type { Timeline } from '../meter/timeline.js';
import type { Journal } from './journal.js';
import type { Packer } from './packer.js';
import type { PageTable } from './pageTable.js';

/**
 * The pages of a store on NOR flash and behind them, from position `base` on, the readings that are in the journal only.
 * Positions below `base` are the table's; some of them hold nothing.
 */
export class NorTimeline implements Timeline {
  single: Reading | null = null;
  private readonly table: PageTable;
  private readonly journal: Journal;
  private readonly packer: Packer;
  private readonly findings: Finding[];
  private readonly base: number;
  private readonly reading: Reading = createReading();
  /** (First) time, sequence and run of the item that was taken. */
  private timeSeconds = 0;
  private sequence = 0;
  private run = 0;

  constructor(table: PageTable, journal: Journal, packer: Packer, places: number, findings: Finding[]) {
    this.table = table;
    this.journal = journal;
    this.packer = packer;
    this.base = places;
    this.findings = findings;
  }

  next(): number {
    return this.journal.next;
  }

  first(): number {
    return this.table.isEmpty ? this.base : this.table.oldest();
  }

  last(): number {
    return this.takeUpTo(this.base + ((this.journal.next - this.packer.packed) >>> 0) - 1);
  }

  lastPage(): number {
    return this.table.isEmpty ? -1 : this.table.highestPosition;
  }

  before(position: number): number {
    return this.takeUpTo(position - 1);
  }

  take(position: number): boolean {
    return this.takeUpTo(position) === position;
  }

  lastUpTo(timeSeconds: number, low: number, high: number): number {
    return this.lastWhere(low, high, () => this.timeSeconds <= timeSeconds);
  }

  startOfRun(end: number): number {
    const first = this.first();
    this.takeUpTo(end);
    const { run } = this;
    // Galloping backwards before halving keeps clear of an older run whose number is the same modulo 256.
    let inside = end;
    for (let step = 1; inside > first; step *= 2) {
      const probe = this.takeUpTo(Math.max(first, inside - step));
      if (probe < first) break;
      if (this.run !== run) return this.lastWhere(probe, inside, () => this.run !== run) + 1;
      inside = probe;
    }
    return inside;
  }

  endOfRun(start: number): number {
    const { run } = this;
    const last = this.last();
    let inside = start;
    for (let step = 1; inside < last; step *= 2) {
      const probe = Math.min(last, inside + step);
      this.takeUpTo(probe);
      if (this.run !== run) return this.lastWhere(start, probe, () => this.run === run);
      inside = probe;
    }
    return inside;
  }

  pageOf(sequence: number): number {
    const last = this.lastPage();
    if (last < 0 || ((sequence - this.packer.packed) | 0) >= 0) return last + 1;
    const oldest = this.table.oldest();
    return Math.max(
      oldest,
      this.lastWhere(oldest, last, () => ((this.sequence - sequence) | 0) <= 0),
    );
  }

  resume(sequence: number): PageReader | null {
    const { reader } = this.table;
    return reader.place >= 0 && reader.nextSequence() === sequence ? reader : null;
  }

  startSeconds(): number {
    return this.timeSeconds;
  }

  enter(): PageReader | null {
    const { table } = this;
    const { reader, entry } = table;
    if (reader.place === entry.place) return reader;
    if (!table.isWhole(entry)) {
      addFinding(this.findings, 'page-damaged', entry.place);
      return null;
    }
    reader.enter(entry.place, entry);
    return reader;
  }

  /** Takes the item at a position, or where nothing is there the nearest before; returns its position, or -1. */
  private takeUpTo(position: number): number {
    const { table, journal, reading } = this;
    let at = position;
    for (; at >= this.base; at -= 1) {
      if (!journal.find((this.packer.packed + at - this.base) >>> 0, reading)) continue;
      this.single = reading;
      this.timeSeconds = reading.timeSeconds;
      this.sequence = reading.sequence;
      this.run = reading.run;
      return at;
    }
    if (table.isEmpty) return -1;
    at = table.loadUpTo(Math.min(at, table.highestPosition));
    if (at < 0) return -1;
    this.single = null;
    this.timeSeconds = table.entry.timeSeconds;
    this.sequence = table.entry.sequence;
    this.run = table.entry.run;
    return at;
  }

  /** Takes the last item in [low, high] for which `holds`, which turns from true to false at most once; -1: none. */
  private lastWhere(low: number, high: number, holds: () => boolean): number {
    let best = -1;
    let below = low;
    let above = high;
    while (below <= above) {
      const middle = below + ((above - below) >> 1);
      const found = this.takeUpTo(middle);
      if (found < below) below = middle + 1;
      else if (holds()) {
        best = found;
        below = middle + 1;
      } else above = found - 1;
    }
    return best < 0 ? -1 : this.takeUpTo(best);
  }
}
