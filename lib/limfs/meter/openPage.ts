import type { Medium } from '../medium/medium.js';
import { lapIn } from '../ring/findHead.js';
import { FIRST_LAP } from '../ring/lap.js';
import type { PageIndex } from '../ring/pageIndex.js';
import { createEntry, type Entry } from '../ring/pageRing.js';
import type { Clock } from './clock.js';
import type { Configuration } from './configuration.js';
import { addFinding, type Finding } from './finding.js';
import { NO_PLACE, type PageReader } from './pageReader.js';
import { PageState } from './pageState.js';
import { PageWriter, SEAL_BYTES } from './pageWriter.js';

/** The page that is being filled: what mount finds of it, readings that are not plain, and the change to the next page. */
export class OpenPage {
  readonly writer: PageWriter;
  /** Whether its readings are lost. */
  damaged = false;
  /** Whether sequences were left out behind the newest reading, because damaged pages may have used them. */
  jumped = false;
  /** Whether the next reading must start a page: whenever there is anything odd about this one or the next. */
  pageWanted = true;
  /** Whether that page starts a run. */
  private runWanted = false;
  /** What the next page is to have instead of this one's; 0, -1: nothing else. */
  private wantedInterval = 0;
  private wantedRevision = -1;
  private wantedChannels = 0;
  /** Slot of a damaged page behind the head, which the next page leaves alone; -1: none. */
  private damagedSlot: number;
  /** Where the stream ends before bits that make no sense; -1: nothing is torn. */
  private tornAtBit = -1;
  private readonly index: PageIndex;
  private readonly reader: PageReader;
  private readonly opening: Entry = createEntry();

  constructor(medium: Medium, index: PageIndex, damagedSlot: number, reader: PageReader) {
    const { ring, head } = index;
    this.index = index;
    this.damagedSlot = damagedSlot;
    this.reader = reader;
    this.writer = new PageWriter(medium, ring.geometry.pageBytes, new PageState(), ring.short);
    this.writer.topAddress = ring.topAddress(head.slot);
  }

  /** Unpacks the page to its end, checking it against the clock record on the way; returns the next sequence. */
  mount(clock: Clock, findings: Finding[]): number {
    const { reader } = this;
    const { head, ring } = this.index;
    const sum = ring.pageSeed(head);
    const record = { timeSeconds: 0, nextSequence: 0, check: 0 };
    const covered = clock.load(record) ? (record.nextSequence - head.sequence) | 0 : 0;
    reader.load(ring.pageAddress(head.slot));
    reader.start(head.timeSeconds);
    let whole = true;
    if (covered > 0) {
      reader.advance(covered);
      reader.finish(sum);
      whole = reader.state.count === covered && reader.state.check() === record.check;
    }
    reader.advance();
    const torn = whole && reader.damaged && reader.state.count > 0;
    if (torn) this.endBeforeTornBits();
    reader.finish(sum);
    this.damaged = !torn && (!whole || reader.damaged);
    this.pageWanted = torn || this.damaged || this.damagedSlot >= 0;
    // The reader's state is the packer's, field by field.
    const { state } = reader;
    reader.state = this.writer.state;
    this.writer.state = state;
    if (!torn && !this.damaged) return (head.sequence + state.count) >>> 0;
    addFinding(findings, torn ? 'open-page-torn' : 'open-page-damaged', head.slot);
    return this.jumpFrom(head.sequence);
  }

  /** Takes interval and channels from the configuration: no page tells them, or a damaged one might tell wrong ones. */
  configure(configuration: Configuration): void {
    const { state } = this.writer;
    state.forget();
    state.revision = configuration.newestRevision();
    state.channels = configuration.list(state.revision).length;
    state.intervalSeconds = configuration.intervalSeconds;
    state.timeSeconds = this.index.head.timeSeconds;
  }

  /** The sequence behind any that a damaged page can have used: a reading has at least one bit. */
  jumpFrom(sequence: number): number {
    this.jumped = true;
    return (sequence + 2 * 8 * (this.index.ring.geometry.pageBytes - SEAL_BYTES)) >>> 0;
  }

  /** Lets a reader that has loaded the page end before bits that make no sense. */
  endTornPage(reader: PageReader): void {
    if (this.tornAtBit >= 0) reader.endAt(this.tornAtBit);
  }

  /** What holds from the next reading on. */
  get intervalSeconds(): number {
    return this.wantedInterval === 0 ? this.writer.state.intervalSeconds : this.wantedInterval;
  }

  get channels(): number {
    return this.wantedRevision < 0 ? this.writer.state.channels : this.wantedChannels;
  }

  get revision(): number {
    return this.wantedRevision < 0 ? this.writer.state.revision : this.wantedRevision;
  }

  wantRun(): void {
    this.pageWanted = true;
    this.runWanted = true;
  }

  wantInterval(intervalSeconds: number): void {
    this.wantedInterval = intervalSeconds;
    this.wantRun();
  }

  wantChannels(revision: number, channels: number): void {
    this.wantedRevision = revision;
    this.wantedChannels = channels;
    this.wantRun();
  }

  /**
   * Opens the next page with its first reading: seals this one, makes the oldest entry invalid before its page is
   * overwritten, writes the new page, and commits it by its entry. A cut anywhere leaves all earlier readings as they were.
   */
  change(
    sequence: number,
    timeSeconds: number,
    values: ArrayLike<number>,
    status: number,
    valid: boolean,
  ): void {
    const { index, writer, opening, reader } = this;
    const { ring, head } = index;
    // A page that is just full has nothing else to be looked at.
    const odd = this.pageWanted;
    if (odd && this.tornAtBit >= 0) writer.writeEnd();
    if (!odd || (index.filled && !this.damaged)) writer.seal();
    const newRun = timeSeconds < writer.state.timeSeconds || (this.runWanted && index.filled);
    if (odd) this.prepare();
    else {
      opening.slot = ring.slotAfter(head.slot);
      opening.lap = lapIn(opening.slot, head.lap);
    }
    opening.timeSeconds = timeSeconds;
    opening.sequence = sequence;
    opening.run = newRun ? (head.run + 1) & 0xff : head.run;
    if (index.mustDropOldest(opening.slot)) {
      index.dropOldest();
      ring.invalidate(opening.slot);
    }
    if (reader.place === opening.slot) reader.place = NO_PLACE;
    writer.open(ring.topAddress(opening.slot), ring.pageSeed(opening), timeSeconds, values, status, valid);
    ring.commit(opening);
    index.add(opening);
    if (odd) this.forget();
  }

  /**
   * Chooses the place of a page that was wanted: behind the head, or behind the damaged page there; the first slot of an
   * empty ring. Takes over the interval and the channel list that are to hold from it on.
   */
  private prepare(): void {
    const { damagedSlot, opening } = this;
    const { ring, head, filled } = this.index;
    const { state } = this.writer;
    const before = damagedSlot < 0 ? head.slot : damagedSlot;
    opening.slot = filled || damagedSlot >= 0 ? ring.slotAfter(before) : 0;
    const lapBefore = before === head.slot ? head.lap : lapIn(before, head.lap);
    opening.lap = filled ? lapIn(opening.slot, lapBefore) : FIRST_LAP;
    if (this.wantedInterval !== 0) state.intervalSeconds = this.wantedInterval;
    if (this.wantedRevision < 0) return;
    state.forget();
    state.revision = this.wantedRevision;
    state.channels = this.wantedChannels;
  }

  /** The new page has no past. */
  private forget(): void {
    this.pageWanted = false;
    this.runWanted = false;
    this.wantedInterval = 0;
    this.wantedRevision = -1;
    this.damaged = false;
    this.tornAtBit = -1;
    this.jumped = false;
    this.damagedSlot = -1;
  }

  /**
   * Keeps the readings before the place where the stream stops making sense: when a brown-out has left the committing
   * byte half-written, everything that was acknowledged lies before it.
   */
  private endBeforeTornBits(): void {
    const { reader, index } = this;
    const whole = reader.state.count;
    reader.start(index.head.timeSeconds);
    reader.advance(whole);
    if (!reader.hasRoom()) {
      // Bits that make sense up to the foot leave no room for END: so their last reading is none.
      reader.start(index.head.timeSeconds);
      reader.advance(whole - 1);
    }
    this.tornAtBit = reader.streamBits;
    reader.endAt(this.tornAtBit);
  }
}
