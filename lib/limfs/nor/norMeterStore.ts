import { getUint32, putUint32 } from '../areas/bytes.js';
import { type StoreId, storeSeed } from '../areas/superblock.js';
import type { Fold } from '../checksum.js';
import { isRefusal, LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { type Channel, checkChannels, sameChannels } from '../meter/channels.js';
import { Configuration } from '../meter/configuration.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { NO_PLACE, PageReader } from '../meter/pageReader.js';
import { checkInterval, checkPageBytes, checkReading } from '../meter/parameters.js';
import { Queries } from '../meter/queries.js';
import { type Batch, copyReading, createReading, type Reading, startBatch } from '../meter/reading.js';
import type { ReadingStore } from '../meter/readingStore.js';
import { Journal } from './journal.js';
import { type Context, sameContext } from './journalSector.js';
import { type NorGeometry, norGeometry } from './layout.js';
import { NorTimeline } from './norTimeline.js';
import { Packer } from './packer.js';
import { PageTable } from './pageTable.js';
import { LogRecord, RecordKind, RecordLog } from './recordLog.js';
import { mountRing } from './ringMount.js';
import { SectorRing } from './sectorRing.js';
import type { NorSuperblock } from './superblock.js';

/**
 * A meter's store on NOR flash. A reading is durable in the journal when `append` returns; `idle` packs the journal's
 * oldest readings into pages and erases sectors ahead. Made by `mountNorMeterStore`.
 */
export class NorMeterStore implements ReadingStore {
  readonly storeId: StoreId;
  readonly findings: readonly Finding[];
  private readonly seedSum: number;
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly geometry: NorGeometry;
  private readonly log: RecordLog;
  private readonly ring: SectorRing;
  private readonly journal: Journal;
  private readonly table: PageTable;
  private readonly packer: Packer;
  private readonly queries: Queries;
  private readonly reader: PageReader;
  private readonly incoming: Reading = createReading();
  /** What holds from the next reading on. */
  private context: Context;
  private runWanted = false;
  private failed = false;

  /** Mounts; writes nothing. `superblock` and `logSector` come from `identifyNor`. */
  constructor(medium: Medium, superblock: NorSuperblock, logSector: number, fold: Fold) {
    const findings: Finding[] = [];
    this.findings = findings;
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
    this.table = new PageTable(medium, this.ring, this.reader, seedSum, fold, {
      journalHolds: (sequence) => this.journal.find(sequence, this.incoming),
      report: (code, slot) => addFinding(findings, code, slot),
    });
    const packed = mountRing(this.ring, this.table, this.journal, findings);
    const { entryBytes, pageBytes } = geometry;
    this.packer = new Packer(this.table, this.journal, packed, entryBytes, pageBytes, seedSum, findings);
    const places = geometry.sectors * geometry.pagesPerSector;
    const timeline = new NorTimeline(this.table, this.journal, this.packer, places, findings);
    this.queries = new Queries(timeline);
    this.context = this.mountContext();
    if (!this.journal.found) this.journal.found = this.queries.lastBefore(places, this.journal.newest);
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
    if (this.journal.found) copyReading(this.journal.newest, into);
    return this.journal.found;
  }

  find(timeSeconds: number, into: Reading): boolean {
    this.refuseWhenFailed();
    return this.queries.find(timeSeconds, into);
  }

  read(firstSequence: number, batch: Batch): number {
    this.refuseWhenFailed();
    if (this.queries.read(firstSequence, batch) === 0) this.readJournal(firstSequence, batch);
    return batch.count;
  }

  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number {
    this.refuseWhenFailed();
    return this.queries.range(fromSeconds, toSeconds, visit);
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
      if (Math.floor(this.reader.place / this.geometry.pagesPerSector) === sector)
        this.reader.place = NO_PLACE;
      ring.erase(sector);
      return true;
    }
    return false;
  }

  private store(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): number {
    this.refuseWhenFailed();
    const { journal, incoming, context } = this;
    checkReading(timeSeconds, values, status, valid ? context.channels : 0);
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

  private mountContext(): Context {
    const configuration = this.configuration();
    const revision = configuration.newestRevision();
    const channels = configuration.list(revision).length;
    return { intervalSeconds: configuration.intervalSeconds, revision, channels };
  }

  private readJournal(firstSequence: number, batch: Batch): void {
    const { journal, incoming, packer } = this;
    const early = ((firstSequence - packer.packed) | 0) < 0;
    let sequence = early ? packer.packed : firstSequence;
    for (; ((sequence - journal.next) | 0) < 0 && batch.count < batch.rows; sequence = (sequence + 1) >>> 0) {
      if (!journal.find(sequence, incoming)) {
        addFinding(this.findings as Finding[], 'record-damaged', sequence);
        if (batch.count > 0) return;
        continue;
      }
      const { channels } = journal.contextOf(sequence)!;
      if (batch.count === 0) {
        startBatch(batch, sequence, channels, incoming.run);
      } else if (channels !== batch.channels || incoming.run !== batch.run) return;
      addRow(incoming, batch);
    }
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
