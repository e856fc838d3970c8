import { getUint32 } from '../../areas/bytes.js';
import { ENTRY_BYTES, geometryOf, PVT_ADDRESS, SUPERBLOCK_ADDRESSES } from '../../areas/layout.js';
import { identify, Role, type StoreId, storeSeed } from '../../areas/superblock.js';
import { foldDown } from '../../checksum.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import type { Channel } from '../../meter/channels.js';
import { Clock, type ClockRecord } from '../../meter/clock.js';
import { Configuration } from '../../meter/configuration.js';
import { PageReader } from '../../meter/pageReader.js';
import { createBatch, startBatch } from '../../meter/reading.js';
import { nextLap, previousLap } from '../../ring/lap.js';
import { copyEntry, createEntry, type Entry, PageRing } from '../../ring/pageRing.js';
import { rowsOf } from '../readings.js';
import type { ImageReading } from '../report.js';
import { findTables } from './entries.js';
import { findMeterPlace, type MeterPlace } from './meterGeometry.js';
import { NOBODY, type Rescue, type Watch } from './rescue.js';
import { Sums } from './sums.js';

const BATCH_READINGS = 4096;
/** Offset of the store id in a superblock. */
const ID_OFFSET = 8;

/** Reads a meter's store on FRAM from what is left of its PVT and pages; null when no such store is found. */
export function rescueMeter(bytes: Uint8Array, watch: Watch): Rescue | null {
  const named = placeBySuperblock(bytes);
  if (named !== null) return new MeterRescue(bytes, named).run('A superblock is whole and was used.');
  // Everything lies at even addresses of its chip; a cut-out may begin at an odd one.
  return rescueFrom(bytes, watch) ?? rescueFrom(bytes.subarray(1), watch);
}

function rescueFrom(bytes: Uint8Array, watch: Watch): Rescue | null {
  const sums = new Sums(bytes);
  for (const guess of findTables(bytes)) {
    const place = findMeterPlace(sums, guess, watch);
    if (place === null) continue;
    const where =
      place.offset === 0 ? '' : ` The image is a cut-out of a chip, from byte ${place.offset} on.`;
    return new MeterRescue(bytes, place).run(
      `No superblock was used: ${guess.entries.length} PVT entries agree about the seed of their checksums, and pages of ` +
        `${place.pageBytes} bytes from byte ${place.dataAddress} on match it.${where}`,
    );
  }
  return null;
}

function placeBySuperblock(bytes: Uint8Array): MeterPlace | null {
  const identity = identify(new BufferMedium(bytes));
  if (identity.kind !== 'ours' || identity.superblock.role !== Role.meter) return null;
  const { storeId, geometry } = identity.superblock;
  const { pageBytes, dataAddress } = geometry;
  return { seedSum: storeSeed(storeId), pageBytes, dataAddress, offset: 0 };
}

/** Reads page after page; an entry that is lost is found again from its neighbours' pages. */
class MeterRescue {
  private readonly place: MeterPlace;
  /** The chip: what the image does not hold is zero. */
  private readonly chip: BufferMedium;
  private readonly ring: PageRing;
  private readonly reader: PageReader;
  private readonly batch = createBatch(BATCH_READINGS);
  /** By slot: the entry of a page that checks. */
  private readonly whole = new Map<number, Entry>();
  private readonly entries = new Map<number, Entry>();
  private readonly proven: ImageReading[] = [];
  private readonly unproven: ImageReading[] = [];
  private rebuilt = 0;
  private storeId: StoreId | null = null;

  constructor(bytes: Uint8Array, place: MeterPlace) {
    const { offset, pageBytes, dataAddress, seedSum } = place;
    const padded = new Uint8Array(Math.max(PVT_ADDRESS, offset + bytes.length));
    padded.set(bytes, offset);
    this.place = place;
    this.chip = new BufferMedium(padded);
    const inTable = Math.floor((dataAddress - PVT_ADDRESS) / ENTRY_BYTES);
    let pages = Math.max(1, Math.min(inTable, Math.floor((padded.length - dataAddress) / pageBytes)));
    while (pages > 1 && geometryOf(pageBytes, pages).dataAddress > dataAddress) pages -= 1;
    const geometry = { pageBytes, pages, tableAddress: PVT_ADDRESS, dataAddress };
    this.ring = new PageRing(this.chip, geometry, seedSum);
    this.reader = new PageReader(this.chip, pageBytes, foldDown);
  }

  run(how: string): Rescue {
    this.storeId = this.findStoreId();
    this.readTable();
    this.rebuildEntries();
    const { whole, ring } = this;
    for (const entry of inOrder([...whole.values()])) this.take(entry, this.proven);
    const open = this.takeOpenPage();
    const lost = [...this.entries.values()].filter(({ slot }) => !whole.has(slot) && slot !== open).length;
    const statements = [
      how,
      `${whole.size} pages of ${ring.pages} match checksums that name their place, first sequence and first time: ` +
        'their readings are proven.',
    ];
    if (this.rebuilt > 0) {
      statements.push(
        `${this.rebuilt} of them have lost their PVT entry; it follows from the page before or behind.`,
      );
    }
    if (lost > 0)
      statements.push(`${lost} pages are named by an entry, but their bytes are damaged or not here: lost.`);
    if (this.unproven.length > 0) {
      statements.push(
        `${this.unproven.length} readings of the open page are covered by no checksum: they are not proven.`,
      );
    }
    statements.push(
      this.storeId === null
        ? 'The store id is in no byte that is left: the readings belong to a meter whose name is not known.'
        : 'The store id in the remains of a superblock fits the seed of all checksums.',
    );
    const { proven, unproven } = this;
    return { role: 'meter', storeId: this.storeId, channels: this.channels(), proven, unproven, statements };
  }

  private readTable(): void {
    const { ring, entries } = this;
    for (let slot = 0; slot < ring.pages; slot += 1) {
      const entry = createEntry();
      if (PVT_ADDRESS + (slot + 1) * ENTRY_BYTES > this.chip.sizeBytes) break;
      ring.readEntries(slot);
      if (!ring.take(0, slot, entry)) continue;
      entries.set(slot, entry);
      if (this.checks(entry)) this.whole.set(slot, entry);
    }
  }

  private checks(entry: Entry): boolean {
    const address = this.ring.pageAddress(entry.slot);
    if (address + this.place.pageBytes > this.chip.sizeBytes) return false;
    this.reader.load(address);
    return this.reader.verify(this.ring.pageSeed(entry));
  }

  /** A page follows the one before it in sequence, and mostly in time; its checksum says whether it did. */
  private rebuildEntries(): void {
    for (const known of [...this.whole.values()]) {
      for (let next = this.entryBehind(known); next !== null; next = this.entryBehind(next)) this.adopt(next);
      for (let next = this.entryBefore(known); next !== null; next = this.entryBefore(next)) this.adopt(next);
    }
  }

  private adopt(entry: Entry): void {
    this.whole.set(entry.slot, entry);
    this.rebuilt += 1;
  }

  private entryBehind(known: Entry): Entry | null {
    const { ring, reader } = this;
    const slot = ring.slotAfter(known.slot);
    if (this.whole.has(slot)) return null;
    this.open(known);
    const entry = createEntry();
    copyEntry(known, entry);
    entry.slot = slot;
    entry.lap = slot === 0 ? nextLap(known.lap) : known.lap;
    entry.sequence = (known.sequence + reader.state.count) >>> 0;
    entry.timeSeconds = reader.state.timeSeconds + reader.state.intervalSeconds;
    return this.checks(entry) ? entry : null;
  }

  private entryBefore(known: Entry): Entry | null {
    const { ring, reader } = this;
    const slot = ring.slotBefore(known.slot);
    if (this.whole.has(slot)) return null;
    const entry = createEntry();
    copyEntry(known, entry);
    entry.slot = slot;
    entry.lap = known.slot === 0 ? previousLap(known.lap) : known.lap;
    // The page tells its length and its times beside its first; any first time does to unpack it.
    entry.timeSeconds = known.timeSeconds;
    this.open(entry);
    if (reader.damaged) return null;
    const spanSeconds = reader.state.timeSeconds - known.timeSeconds;
    entry.sequence = (known.sequence - reader.state.count) >>> 0;
    entry.timeSeconds = known.timeSeconds - spanSeconds - reader.state.intervalSeconds;
    return entry.timeSeconds >= 0 && this.checks(entry) ? entry : null;
  }

  /** Unpacks a page to its end. */
  private open(entry: Entry): void {
    const { reader, ring, chip } = this;
    const address = ring.pageAddress(entry.slot);
    if (address + this.place.pageBytes <= chip.sizeBytes) reader.load(address);
    reader.start(entry.timeSeconds);
    reader.advance();
  }

  /** Adds the readings of a page, at most `limit`. */
  private take(entry: Entry, into: ImageReading[], limit?: number): void {
    const { reader, batch, ring } = this;
    reader.load(ring.pageAddress(entry.slot));
    reader.start(entry.timeSeconds);
    startBatch(batch, entry.sequence, reader.state.channels, entry.run);
    reader.advance(limit, undefined, batch);
    into.push(...rowsOf(batch, this.storeId ?? NOBODY, entry.run));
  }

  /** The newest page has no checksum; the clock record holds one of its beginning. Returns its slot, or -1. */
  private takeOpenPage(): number {
    const { reader, ring, chip } = this;
    const newest = inOrder([...this.entries.values()]).pop();
    if (newest === undefined || this.whole.has(newest.slot)) return -1;
    if (ring.pageAddress(newest.slot) + this.place.pageBytes > chip.sizeBytes) return -1;
    const record: ClockRecord = { timeSeconds: 0, nextSequence: 0, check: 0 };
    const clock = new Clock(chip, this.place.seedSum, foldDown);
    const covered = clock.load(record) ? (record.nextSequence - newest.sequence) | 0 : 0;
    let proven = 0;
    if (covered > 0 && covered <= BATCH_READINGS) {
      reader.load(ring.pageAddress(newest.slot));
      reader.start(newest.timeSeconds);
      reader.advance(covered);
      reader.finish(ring.pageSeed(newest));
      if (reader.state.count === covered && reader.state.check() === record.check) proven = covered;
    }
    const all: ImageReading[] = [];
    this.take(newest, all);
    if (reader.damaged) all.length = proven;
    this.proven.push(...all.slice(0, proven));
    this.unproven.push(...all.slice(proven));
    return newest.slot;
  }

  private findStoreId(): StoreId | null {
    for (const address of SUPERBLOCK_ADDRESSES) {
      const { bytes } = this.chip;
      const storeId: StoreId = [
        getUint32(bytes, address + ID_OFFSET),
        getUint32(bytes, address + ID_OFFSET + 4),
      ];
      if (storeSeed(storeId) === this.place.seedSum) return storeId;
    }
    return null;
  }

  private channels(): Channel[] {
    const configuration = new Configuration(this.chip, this.place.seedSum, foldDown);
    return configuration.load() ? configuration.list(configuration.newestRevision()) : [];
  }
}

function inOrder(entries: Entry[]): Entry[] {
  const first = entries[0]?.sequence ?? 0;
  return entries.sort((a, b) => ((a.sequence - first) | 0) - ((b.sequence - first) | 0));
}
