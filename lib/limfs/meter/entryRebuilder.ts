import { lapIn } from '../ring/findHead.js';
import type { EntryDamage } from '../ring/pageIndex.js';
import type { Entry, PageRing } from '../ring/pageRing.js';
import { addFinding, type Finding } from './finding.js';
import type { PageReader } from './pageReader.js';

/** Rebuilds damaged PVT entries from their neighbours and their pages. */
export class EntryRebuilder implements EntryDamage {
  private readonly ring: PageRing;
  private readonly reader: PageReader;
  private readonly findings: Finding[];

  constructor(ring: PageRing, reader: PageReader, findings: Finding[]) {
    this.ring = ring;
    this.reader = reader;
    this.findings = findings;
  }

  lost(slot: number): void {
    addFinding(this.findings, 'entry-damaged', slot);
  }

  /** The page's checksum, seeded by its place, sequence and time, proves a guess at the last two. */
  rebuild(before: Entry, slot: number, into: Entry): boolean {
    const { reader, ring } = this;
    const { timeSeconds, sequence, run } = into;
    reader.load(ring.pageAddress(before.slot));
    if (!reader.verify(ring.pageSeed(before))) return false;
    reader.start(before.timeSeconds);
    reader.advance();
    const nextSequence = (before.sequence + reader.state.count) >>> 0;
    const nextTime = reader.state.timeSeconds + reader.state.intervalSeconds;
    reader.load(ring.pageAddress(slot));
    into.slot = slot;
    into.lap = lapIn(slot, before.lap);
    into.run = run === ((before.run + 1) & 0xff) ? run : before.run;
    for (let guess = 0; guess < 4; guess += 1) {
      into.timeSeconds = (guess & 1) === 0 ? nextTime : timeSeconds;
      into.sequence = (guess & 2) === 0 ? nextSequence : sequence;
      if (reader.verify(ring.pageSeed(into))) {
        addFinding(this.findings, 'entry-rebuilt', slot);
        return true;
      }
    }
    return false;
  }
}
