import { getUint32, putUint32 } from '../areas/bytes.js';
import { type StoreId, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { type Channel, checkChannels, sameChannels } from '../meter/channels.js';
import { Configuration } from '../meter/configuration.js';
import { addFinding, type Finding, type FindingCode } from '../meter/finding.js';
import { checkInterval, checkPageBytes } from '../meter/meterStore.js';
import { PageReader } from '../meter/pageReader.js';
import { type Batch, createReading, MAXIMUM_CHANNELS, type Reading } from '../meter/reading.js';
import type { ReadingStore } from '../meter/readingStore.js';
import { type Context, copyReading, Journal, sameContext } from './journal.js';
import { MAXIMUM_JOURNAL_SECTORS, type NorGeometry, norGeometry, recordsPerSector } from './layout.js';
import { Packer } from './packer.js';
import { createPageEntry, type PageEntry, PageTable, pageSeed } from './pageTable.js';
import { LogRecord, RecordKind, RecordLog } from './recordLog.js';
import { createHeader, type SectorHeader, SectorKind, SectorRing } from './sectorRing.js';
import type { NorSuperblock } from './superblock.js';
import { Timeline } from './timeline.js';

/**
 * A meter's store on NOR flash. A reading is durable in the journal when `append` returns; `idle` packs the journal's
 * oldest readings into pages and erases sectors ahead. Made by `mountNorMeterStore`.
 */
export class NorMeterStore implements ReadingStore {
  readonly storeId: StoreId;
  readonly findings: readonly Finding[] = [];
  private readonly seedSum: number;
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly geometry: NorGeometry;
  private readonly log: RecordLog;
  private readonly ring: SectorRing;
  private readonly journal: Journal;
  private readonly table: PageTable;
  private readonly packer: Packer;
  private readonly timeline: Timeline;
  private readonly reader: PageReader;
  private readonly loaded: PageEntry = createPageEntry();
  private readonly incoming: Reading = createReading();
  /** What holds from the next reading on. */
  private context: Context;
  private runWanted = false;
  private failed = false;

  /** Mounts; writes nothing. `superblock` and `logSector` come from `identifyNor`. */
  constructor(medium: Medium, superblock: NorSuperblock, logSector: number, fold: Fold) {
    this.medium = medium;
    this.fold = fold;
    this.storeId = superblock.storeId;
    this.seedSum = storeSeed(superblock.storeId);
    this.geometry = norGeometry(medium, superblock.sizeBytes, superblock.pageBytes);
    const { geometry, seedSum } = this;
    this.log = new RecordLog(medium, superblock, logSector, seedSum, fold, true);
    this.ring = new SectorRing(medium, geometry, seedSum, fold);
    this.journal = new Journal(medium, this.ring, superblock.firstSequence, seedSum, fold);
    this.reader = new PageReader(medium, geometry.pageBytes, fold);
    const report = (code: FindingCode, slot: number) => this.report(code, slot);
    this.table = new PageTable(medium, this.ring, seedSum, fold, {
      journalHolds: (sequence) => this.journal.find(sequence, this.incoming),
      isWhole: (entry) => this.isWhole(entry),
      report,
    });
    const packed = this.mountRing();
    const { entryBytes, pageBytes } = geometry;
    this.packer = new Packer(this.table, this.journal, packed, entryBytes, pageBytes, seedSum, report);
    const places = geometry.sectors * geometry.pagesPerSector;
    this.timeline = new Timeline(this.table, this.journal, this.packer, places);
    this.context = this.mountContext();
    if (!this.journal.found) this.journal.found = this.lastWholeBefore(places, this.journal.newest);
  }

  get nextSequence(): number {
    return this.journal.next;
  }

  get oldestSequence(): number {
    if (this.table.isEmpty) return this.packer.packed;
    this.table.oldest();
    return this.table.entry.sequence;
  }

  get count(): number {
    return (this.nextSequence - this.oldestSequence) >>> 0;
  }

  get intervalSeconds(): number {
    return this.context.intervalSeconds;
  }

  get channelCount(): number {
    return this.context.channels;
  }

  channels(revision = -1): Channel[] {
    const configuration = this.configuration();
    return configuration.list(revision < 0 ? configuration.newestRevision() : revision);
  }

  append(timeSeconds: number, values: ArrayLike<number>, status = 0): number {
    return this.store(timeSeconds, values, status, true);
  }

  appendHole(timeSeconds: number, status: number): number {
    return this.store(timeSeconds, this.incoming.values, status, false);
  }

  startRun(): void {
    this.runWanted = true;
  }

  setInterval(intervalSeconds: number): void {
    this.refuseWhenFailed();
    checkInterval(intervalSeconds);
    if (intervalSeconds === this.context.intervalSeconds) return;
    this.guarded(() => this.configuration().setInterval(intervalSeconds));
    this.context = { ...this.context, intervalSeconds };
    this.startRun();
  }

  reviseChannels(channels: readonly Channel[]): void {
    this.refuseWhenFailed();
    checkChannels(channels);
    checkPageBytes(this.geometry.pageBytes, channels.length);
    const configuration = this.configuration();
    if (sameChannels(configuration.list(this.context.revision), channels)) return;
    const oldest = this.oldestRevision();
    const revision = this.guarded(() => configuration.add(channels, oldest));
    this.context = { ...this.context, revision, channels: channels.length };
    this.startRun();
  }

  newest(into: Reading): boolean {
    if (this.journal.found) copyReading(this.journal.newest, into, MAXIMUM_CHANNELS);
    return this.journal.found;
  }

  find(timeSeconds: number, into: Reading): boolean {
    this.refuseWhenFailed();
    const position = this.positionOf(timeSeconds);
    if (position < 0) return false;
    if (!this.timeline.isPage(position)) {
      copyReading(this.timeline.reading, into, MAXIMUM_CHANNELS);
      return true;
    }
    const reader = this.enter(0);
    if (reader === null) return this.lastWholeBefore(position, into);
    reader.advance(undefined, timeSeconds);
    if (reader.state.timeSeconds > timeSeconds) {
      // An exceptional reading has to be unpacked before its time is known: go back to the one before it.
      const count = reader.state.count - 1;
      reader.start(this.loaded.timeSeconds);
      reader.advance(count);
    }
    this.deliver(into);
    return true;
  }

  read(firstSequence: number, batch: Batch): number {
    this.refuseWhenFailed();
    batch.count = 0;
    if (((firstSequence - this.journal.next) | 0) >= 0) return 0;
    if (!this.table.isEmpty && ((firstSequence - this.packer.packed) | 0) < 0) {
      this.readPages(firstSequence, batch);
    }
    if (batch.count === 0) this.readJournal(firstSequence, batch);
    return batch.count;
  }

  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number {
    this.refuseWhenFailed();
    const { timeline } = this;
    const reading = createReading();
    const { last } = timeline;
    let visited = 0;
    let expected = this.oldestSequence;
    let end = -1;
    for (let position = timeline.first; position <= last; position += 1) {
      if (timeline.load(position) !== position) continue;
      if (position > end) {
        end = timeline.endOfRun(position);
        position = Math.max(position, timeline.lastUpTo(fromSeconds - 1, position, end));
        timeline.load(position);
      }
      if (timeline.timeSeconds >= toSeconds) {
        position = end;
        continue;
      }
      const take = (each: Reading) => {
        // A page that was packed twice, because a cut came before its entry, is visited once.
        if (((each.sequence - expected) | 0) < 0) return;
        expected = (each.sequence + 1) >>> 0;
        visited += 1;
        visit(each);
      };
      if (timeline.isPage(position)) this.visitPage(fromSeconds, toSeconds, reading, take);
      else if (timeline.timeSeconds >= fromSeconds) {
        copyReading(timeline.reading, reading, MAXIMUM_CHANNELS);
        take(reading);
      }
    }
    return visited;
  }

  checkpoint(timeSeconds: number): void {
    this.refuseWhenFailed();
    const payload = new Uint8Array(RecordKind.clock.payloadBytes);
    putUint32(payload, 0, timeSeconds);
    this.guarded(() => this.log.store(RecordKind.clock, payload));
  }

  lastCheckpointSeconds(): number {
    const payload = new Uint8Array(RecordKind.clock.payloadBytes);
    return this.log.load(RecordKind.clock, payload) ? getUint32(payload, 0) : 0;
  }

  idle(): boolean {
    this.refuseWhenFailed();
    return this.guarded(() => this.work());
  }

  /** The most urgent piece of background work: room first, because everything else needs it. */
  private work(): boolean {
    const { journal, packer, ring, log } = this;
    journal.dropBefore(packer.packed);
    if (ring.free.length < this.geometry.sectorsAhead && this.eraseNext()) return true;
    if (journal.confirmIfThereIsRoom()) return true;
    return packer.step() || log.eraseAhead() || log.confirm();
  }

  /** Erases the nearest sector ahead whose content is not needed; the oldest pages if there is no other. */
  private eraseNext(): boolean {
    const { ring, journal, table } = this;
    for (let distance = 0; distance < this.geometry.sectors - 1; distance += 1) {
      const sector = ring.sectorAt(distance);
      if (ring.free.includes(sector) || journal.includes(sector)) continue;
      table.dropSector(sector);
      if (Math.floor(this.loaded.place / this.geometry.pagesPerSector) === sector) this.loaded.place = -1;
      ring.erase(sector);
      return true;
    }
    return false;
  }

  private store(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): number {
    this.refuseWhenFailed();
    const { journal, incoming, context } = this;
    this.packer.checkReading(timeSeconds, values, status, valid, context.channels);
    const { newest } = journal;
    const before = journal.context;
    const changed = before !== null && !sameContext(before, context);
    const starts = journal.found && (this.runWanted || changed || timeSeconds < newest.timeSeconds);
    incoming.timeSeconds = timeSeconds;
    incoming.status = status;
    incoming.valid = valid;
    incoming.run = journal.found ? (newest.run + (starts ? 1 : 0)) & 0xff : 0;
    for (let channel = 0; channel < context.channels; channel += 1) {
      incoming.values[channel] = valid ? values[channel]! : 0;
    }
    this.guarded(() => {
      // Readings may name a configuration only when its record cannot be one that a cut has torn.
      if (changed) this.log.confirm();
      journal.append(incoming, context);
    });
    this.runWanted = false;
    return newest.sequence;
  }

  /** Finds head, journal and erased sectors; returns the sequence of the first reading that is in no page. */
  private mountRing(): number {
    const { ring, table, journal, geometry } = this;
    const sectors: (SectorHeader & { sector: number })[] = [];
    const free: number[] = [];
    let pages = 0;
    let newestPages = 0;
    for (let sector = 0; sector < geometry.sectors; sector += 1) {
      const header = createHeader();
      const kind = ring.examine(sector, header);
      if (kind === SectorKind.free) free.push(sector);
      if (kind === SectorKind.journal) sectors.push({ ...header, sector });
      if (kind !== SectorKind.page) continue;
      if (pages === 0 || ((header.generation - newestPages) | 0) > 0) {
        newestPages = header.generation;
        ring.head = sector;
      }
      pages += 1;
    }
    for (const sector of free) ring.addFree(sector);
    sectors.sort((a, b) => (a.generation - b.generation) | 0);
    const lost = journal.mount(sectors);
    if (pages > 0) table.mount(this.firstPageSector());
    return this.mountEnds(lost);
  }

  /** The page sector that comes first behind the head: the oldest. */
  private firstPageSector(): number {
    const header = createHeader();
    for (let distance = 0; ; distance += 1) {
      const sector = this.ring.sectorAt(distance);
      if (this.ring.examine(sector, header) === SectorKind.page) return sector;
    }
  }

  private mountEnds(lost: number): number {
    const { table, journal } = this;
    for (let index = 0; index < lost; index += 1) {
      this.report('record-damaged', (journal.next - lost + index) >>> 0);
    }
    const { sequence, count } = table.last;
    const packed = table.isEmpty ? journal.firstSequence : (sequence + count) >>> 0;
    if (!table.isEmpty && journal.isEmpty) {
      // A journal is there as long as there are pages: it must be damaged, and its sequences are not used again.
      this.report('record-damaged', packed);
      const records = recordsPerSector(this.geometry, 1) * MAXIMUM_JOURNAL_SECTORS;
      journal.next = (packed + records) >>> 0;
      return journal.next;
    }
    if (journal.found && ((packed - journal.newest.sequence) | 0) > 0) journal.doubtful = false;
    if (((packed - journal.next) | 0) > 0) journal.next = packed;
    journal.dropBefore(packed);
    return packed;
  }

  private mountContext(): Context {
    const configuration = this.configuration();
    const revision = configuration.newestRevision();
    const channels = configuration.list(revision).length;
    return { intervalSeconds: configuration.intervalSeconds, revision, channels };
  }

  /** Position of the item that holds the reading for a time, or -1; it is loaded. */
  private positionOf(timeSeconds: number): number {
    const { timeline } = this;
    const { first } = timeline;
    let best = -1;
    let bestTime = -1;
    for (let end = timeline.load(timeline.last); end >= first; end = timeline.load(end)) {
      const start = timeline.startOfRun(end);
      const position = timeline.lastUpTo(timeSeconds, start, end);
      if (position >= 0) {
        if (position < end) return position;
        const latest = this.latestTime(position, timeSeconds);
        if (latest > timeSeconds || latest === timeSeconds) return timeline.load(position);
        if (latest > bestTime) {
          best = position;
          bestTime = latest;
        }
      }
      end = start - 1;
      if (end < first) break;
    }
    return best < 0 ? -1 : timeline.load(best);
  }

  /** Time of the newest reading of the loaded item that is not later than asked, or a later one if there is one. */
  private latestTime(position: number, timeSeconds: number): number {
    if (!this.timeline.isPage(position)) return this.timeline.timeSeconds;
    const reader = this.enter(0);
    if (reader === null) return -1;
    reader.advance(undefined, timeSeconds);
    const latest = reader.state.timeSeconds;
    return latest > timeSeconds || reader.reachedEnd() ? latest : timeSeconds + 1;
  }

  private readPages(firstSequence: number, batch: Batch): void {
    const { table, timeline } = this;
    const oldest = table.oldest();
    const last = table.highestPosition;
    const position = timeline.lastWhere(oldest, last, () => ((timeline.sequence - firstSequence) | 0) <= 0);
    for (let at = Math.max(position, oldest); at <= last && batch.count === 0; at += 1) {
      if (timeline.load(at) !== at) continue;
      const from = Math.max(0, (firstSequence - timeline.sequence) | 0);
      const reader = this.enter(from);
      if (reader === null) continue;
      reader.advance(from);
      if (reader.state.count < from) continue;
      batch.firstSequence = (this.loaded.sequence + from) >>> 0;
      batch.channels = reader.state.channels;
      batch.run = this.loaded.run;
      reader.advance(undefined, undefined, batch);
    }
  }

  private readJournal(firstSequence: number, batch: Batch): void {
    const { journal, incoming, packer } = this;
    const early = ((firstSequence - packer.packed) | 0) < 0;
    let sequence = early ? packer.packed : firstSequence;
    for (; sequence !== journal.next && batch.count < batch.capacity; sequence = (sequence + 1) >>> 0) {
      if (!journal.find(sequence, incoming)) {
        this.report('record-damaged', sequence);
        if (batch.count > 0) return;
        continue;
      }
      const { channels } = journal.contextOf(sequence)!;
      if (batch.count === 0) {
        batch.firstSequence = sequence;
        batch.channels = channels;
        batch.run = incoming.run;
      } else if (channels !== batch.channels || incoming.run !== batch.run) return;
      addRow(incoming, batch);
    }
  }

  private visitPage(from: number, to: number, reading: Reading, visit: (reading: Reading) => void): void {
    const reader = this.enter(0);
    if (reader === null) return;
    const { state } = reader;
    reader.advance(undefined, from - 1);
    if (state.count === 0 || state.timeSeconds < from) reader.advance(state.count + 1);
    let before = -1;
    while (state.count > before && state.timeSeconds < to) {
      if (state.count > 0 && state.timeSeconds >= from) {
        this.deliver(reading);
        visit(reading);
      }
      before = state.count;
      reader.advance(before + 1);
    }
  }

  /** Loads, checks and starts the page of the table's entry, unless it is loaded and still before reading `from`. */
  private enter(from: number): PageReader | null {
    const { reader, loaded, table } = this;
    const { entry } = table;
    if (loaded.place !== entry.place || loaded.sequence !== entry.sequence) {
      if (!this.isWhole(entry)) {
        this.report('page-damaged', entry.place);
        return null;
      }
      Object.assign(loaded, entry);
      reader.start(entry.timeSeconds);
    } else if (reader.state.count > from) reader.start(entry.timeSeconds);
    return reader;
  }

  /** Reads a page and checks it. */
  private isWhole(entry: PageEntry): boolean {
    this.loaded.place = -1;
    this.reader.load(this.table.streamAddress(entry.place));
    return this.reader.verify(pageSeed(this.seedSum, entry.sequence, entry.timeSeconds));
  }

  /** Stores the reading that the reader stands at. */
  private deliver(into: Reading): void {
    const { state } = this.reader;
    into.sequence = (this.loaded.sequence + state.count - 1) >>> 0;
    into.timeSeconds = state.timeSeconds;
    into.status = state.lastStatus;
    into.valid = state.lastValid;
    into.run = this.loaded.run;
    for (let channel = 0; channel < state.channels; channel += 1) {
      into.values[channel] = state.values[channel]!;
    }
  }

  /** The last reading of the newest whole page before a position. */
  private lastWholeBefore(position: number, into: Reading): boolean {
    const { table } = this;
    if (table.isEmpty) return false;
    let before = Math.min(position - 1, table.highestPosition);
    for (before = table.loadUpTo(before); before >= 0; before = table.loadUpTo(before - 1)) {
      const reader = this.enter(0);
      if (reader === null) continue;
      reader.advance();
      this.deliver(into);
      return true;
    }
    return false;
  }

  private oldestRevision(): number {
    if (this.table.isEmpty) {
      return this.journal.contextOf(this.packer.packed)?.revision ?? this.context.revision;
    }
    this.table.oldest();
    return this.table.entry.revision;
  }

  private configuration(): Configuration {
    const record = new LogRecord(this.log, RecordKind.configuration);
    const configuration = new Configuration(this.medium, this.seedSum, this.fold, record);
    if (!configuration.load()) throw new LimfsError('damaged', 'the configuration is damaged');
    return configuration;
  }

  private report(code: FindingCode, slot: number): void {
    addFinding(this.findings as Finding[], code, slot);
  }

  private refuseWhenFailed(): void {
    if (this.failed) throw new LimfsError('needs-mount', 'an earlier write failed; mount the store again');
  }

  /** Runs a write; a failure makes the store refuse everything until it is mounted again. */
  private guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      this.failed = !isRefusal(error);
      throw error;
    }
  }
}

function addRow(reading: Reading, batch: Batch): void {
  const row = batch.count;
  batch.times[row] = reading.timeSeconds;
  batch.statuses[row] = reading.status;
  batch.valids[row] = reading.valid ? 1 : 0;
  for (let channel = 0; channel < batch.channels; channel += 1) {
    batch.values[row * batch.channels + channel] = reading.values[channel]!;
  }
  batch.count = row + 1;
}

/** Whether an error refused a request before anything had changed. */
function isRefusal(error: unknown): boolean {
  return error instanceof LimfsError && (error.code === 'needs-idle' || error.code === 'channel-lists-full');
}
