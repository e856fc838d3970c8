import { createReading, type Reading } from '../meter/reading.js';
import type { Journal } from './journal.js';
import type { Packer } from './packer.js';
import type { PageTable } from './pageTable.js';

/**
 * Everything that is stored, in order of age, as one line of items: pages, and behind them the readings that are in the
 * journal only. Positions below `base` are the table's; some of them hold nothing.
 */
export class Timeline {
  /** What `load` found: time of the (first) reading, its sequence and its run. */
  timeSeconds = 0;
  sequence = 0;
  run = 0;
  /** The reading, where the item is one of the journal. */
  readonly reading: Reading = createReading();
  private readonly table: PageTable;
  private readonly journal: Journal;
  private readonly packer: Packer;
  private readonly base: number;

  constructor(table: PageTable, journal: Journal, packer: Packer, places: number) {
    this.table = table;
    this.journal = journal;
    this.packer = packer;
    this.base = places;
  }

  get first(): number {
    return this.table.isEmpty ? this.base : this.table.oldest();
  }

  get last(): number {
    return this.base + ((this.journal.next - this.packer.packed) >>> 0) - 1;
  }

  isPage(position: number): boolean {
    return position < this.base;
  }

  /** Loads the item at a position, or where nothing is there the nearest before; returns its position, or -1. */
  load(position: number): number {
    const { table, journal, reading } = this;
    let at = position;
    for (; at >= this.base; at -= 1) {
      if (!journal.find((this.packer.packed + at - this.base) >>> 0, reading)) continue;
      this.timeSeconds = reading.timeSeconds;
      this.sequence = reading.sequence;
      this.run = reading.run;
      return at;
    }
    if (table.isEmpty) return -1;
    at = table.loadUpTo(Math.min(at, table.highestPosition));
    if (at < 0) return -1;
    this.timeSeconds = table.entry.timeSeconds;
    this.sequence = table.entry.sequence;
    this.run = table.entry.run;
    return at;
  }

  /** The last item in [low, high] for which `holds`, which turns from true to false at most once; -1: none. */
  lastWhere(low: number, high: number, holds: () => boolean): number {
    let best = -1;
    let below = low;
    let above = high;
    while (below <= above) {
      const middle = below + ((above - below) >> 1);
      const found = this.load(middle);
      if (found < below) below = middle + 1;
      else if (holds()) {
        best = found;
        below = middle + 1;
      } else above = found - 1;
    }
    return best < 0 ? -1 : this.load(best);
  }

  /** The last item in [low, high] that does not begin later than `timeSeconds`; -1: none. */
  lastUpTo(timeSeconds: number, low: number, high: number): number {
    return this.lastWhere(low, high, () => this.timeSeconds <= timeSeconds);
  }

  /** The first item of the run that the item at `end` belongs to. */
  startOfRun(end: number): number {
    const first = this.first;
    this.load(end);
    const { run } = this;
    // Galloping backwards before halving keeps clear of an older run whose number is the same modulo 256.
    let inside = end;
    for (let step = 1; inside > first; step *= 2) {
      const probe = this.load(Math.max(first, inside - step));
      if (probe < first) break;
      if (this.run !== run) return this.lastWhere(probe, inside, () => this.run !== run) + 1;
      inside = probe;
    }
    return inside;
  }

  /** The last item of the run that starts with the item at `start`. */
  endOfRun(start: number): number {
    const { last } = this;
    this.load(start);
    const { run } = this;
    let inside = start;
    for (let step = 1; inside < last; step *= 2) {
      const probe = Math.min(last, inside + step);
      this.load(probe);
      if (this.run !== run) return this.lastWhere(start, probe, () => this.run === run);
      inside = probe;
    }
    return this.load(inside);
  }
}
