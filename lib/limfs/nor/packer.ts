import type { Medium } from '../medium/medium.js';
import { addFinding, type Finding } from '../meter/finding.js';
import { PageState } from '../meter/pageState.js';
import { PageWriter } from '../meter/pageWriter.js';
import { createReading, type Reading } from '../meter/reading.js';
import type { Journal } from './journal.js';
import { type Context, sameContext } from './journalSector.js';
import { createPageEntry, type PageTable, pageSeed } from './pageTable.js';

/** Readings that one step moves from the journal into the page in RAM. */
const READINGS_PER_STEP = 16;

/** The memory of one page, behind room for its entry, as the medium of the `PageWriter`. */
class PageMemory implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes = 1;
  readonly writeBytes = 1;
  readonly bytes: Uint8Array;
  private readonly offset: number;

  constructor(entryBytes: number, pageBytes: number) {
    this.sizeBytes = pageBytes;
    this.offset = entryBytes;
    this.bytes = new Uint8Array(entryBytes + pageBytes);
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    for (let index = 0; index < length; index += 1)
      into[offset + index] = this.bytes[this.offset + address + index]!;
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    for (let index = 0; index < length; index += 1)
      this.bytes[this.offset + address + index] = from[offset + index]!;
  }

  erase(): void {
    this.bytes.fill(0xff);
  }
}

/**
 * Packs the journal's oldest readings into a page in RAM, with the very code of a FRAM store's open page, and programs
 * it when it is full. Until then the journal keeps them: a reset costs the packing, never a reading.
 */
export class Packer {
  /** Sequence of the first reading that is in no page. */
  packed: number;
  private readonly journal: Journal;
  private readonly table: PageTable;
  private readonly findings: Finding[];
  private readonly seedSum: number;
  private readonly memory: PageMemory;
  private readonly writer: PageWriter;
  private readonly entry = createPageEntry();
  private readonly reading: Reading = createReading();

  constructor(
    table: PageTable,
    journal: Journal,
    packed: number,
    entryBytes: number,
    pageBytes: number,
    seedSum: number,
    findings: Finding[],
  ) {
    this.table = table;
    this.journal = journal;
    this.packed = packed;
    this.seedSum = seedSum;
    this.findings = findings;
    this.memory = new PageMemory(entryBytes, pageBytes);
    this.writer = new PageWriter(this.memory, pageBytes, new PageState());
  }

  /** Moves some readings into the page, or programs it; false when there was nothing to do, or no place. */
  step(): boolean {
    const { journal, entry, reading } = this;
    // A reading that is doubtful yet is not packed: after the next mount it may be another one.
    const end = journal.doubtful ? journal.newest.sequence : journal.next;
    for (let moved = 0; moved < READINGS_PER_STEP; moved += 1) {
      const sequence = (this.packed + entry.count) >>> 0;
      if (sequence === end) return journal.isFull && entry.count > 0 ? this.finish() : moved > 0;
      if (!journal.find(sequence, reading)) {
        addFinding(this.findings, 'record-damaged', sequence);
        if (entry.count > 0) return this.finish();
        this.packed = (sequence + 1) >>> 0;
      } else if (!this.take(reading, journal.contextOf(sequence)!)) return this.finish();
    }
    return true;
  }

  /** Packs one reading; false when it belongs into the next page. */
  private take(reading: Reading, context: Context): boolean {
    const { entry, writer, memory } = this;
    const { timeSeconds, values, status, valid } = reading;
    if (entry.count > 0) {
      if (reading.run !== entry.run || !sameContext(context, writer.state)) return false;
      if (!writer.append(timeSeconds, values, status, valid)) return false;
    } else {
      const { state } = writer;
      if (state.revision !== context.revision || state.channels !== context.channels) state.forget();
      state.revision = context.revision;
      state.channels = context.channels;
      state.intervalSeconds = context.intervalSeconds;
      entry.sequence = reading.sequence;
      entry.timeSeconds = timeSeconds;
      entry.run = reading.run;
      entry.revision = context.revision;
      memory.erase();
      const sum = pageSeed(this.seedSum, reading.sequence, timeSeconds);
      writer.open(memory.sizeBytes, sum, timeSeconds, values, status, valid);
    }
    entry.count += 1;
    return true;
  }

  private finish(): boolean {
    this.writer.seal();
    if (!this.table.add(this.entry, this.memory.bytes)) return false;
    this.packed = (this.packed + this.entry.count) >>> 0;
    this.entry.count = 0;
    return true;
  }
}
