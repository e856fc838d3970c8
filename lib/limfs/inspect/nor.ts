import { type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { PageReader } from '../meter/pageReader.js';
import { Frame } from '../nor/frame.js';
import {
  LOG_SECTORS,
  type NorGeometry,
  norGeometry,
  recordBytes,
  recordsPerSector,
  sectorAddress,
} from '../nor/layout.js';
import { mountNorMeterStore } from '../nor/mount.js';
import { createPageEntry, decodeEntry, entrySeed, type PageEntry, pageSeed } from '../nor/pageTable.js';
import { createHeader, type SectorHeader, SectorKind, SectorRing } from '../nor/sectorRing.js';
import { NOR_FORMAT_VERSION, type NorSuperblock } from '../nor/superblock.js';
import { checkLength, damagedBytes } from './areas.js';
import { countReadings, readingsOfStore } from './readings.js';
import type {
  AreaReport,
  ImageFinding,
  ImageReading,
  MeterReport,
  PageReport,
  SectorReport,
  UsedBytes,
} from './report.js';

/** Reads a meter store on NOR flash, whose medium names its sectors and write units. Errors: `mountNorMeterStore`'s. */
export function inspectNor(medium: Medium, superblock: NorSuperblock): MeterReport {
  checkLength(medium, superblock.sizeBytes);
  const geometry = norGeometry(medium, superblock.sizeBytes, superblock.pageBytes);
  const store = mountNorMeterStore(medium);
  const walk = new NorWalk(medium, geometry, superblock.storeId);
  walk.walk();
  const readings = countReadings(store);
  const findings: ImageFinding[] = store.findings.map(({ code, slot }) => {
    const isPage = code === 'page-damaged' || code === 'entry-damaged' || code === 'entry-rebuilt';
    return {
      code,
      slot,
      address: isPage ? walk.pageAddress(slot) : -1,
      sizeBytes: isPage ? geometry.entryBytes + geometry.pageBytes : 0,
    };
  });
  return {
    role: 'meter',
    medium: 'NOR flash',
    formatVersion: NOR_FORMAT_VERSION,
    storeId: superblock.storeId,
    imageBytes: medium.sizeBytes,
    areas: areasOf(geometry),
    install: null,
    environment: null,
    uses: [...walk.uses, ...damagedBytes(findings)],
    slots: walk.pages.map(({ state }) => (state === 'sealed' ? 'closed' : state)),
    newestSlot: -1,
    readings,
    findings,
    notes: [],
    eventLogs: [],
    pulses: [],
    sideRings: [],
    lines: [],
    pageBytes: geometry.pageBytes,
    channels: store.channels(),
    intervalSeconds: store.intervalSeconds,
    checkpointSeconds: store.lastCheckpointSeconds(),
    pages: walk.pages,
    oldestSequence: store.oldestSequence,
    nextSequence: store.nextSequence,
    sectors: walk.sectors,
  };
}

export function readNor(medium: Medium): Generator<ImageReading> {
  return readingsOfStore(mountNorMeterStore(medium));
}

function areasOf({ sectorBytes, sectors }: NorGeometry): AreaReport[] {
  return [
    {
      name: 'superblock, install information, environment variables',
      address: 0,
      sizeBytes: LOG_SECTORS * sectorBytes,
    },
    { name: 'PVT and data', address: LOG_SECTORS * sectorBytes, sizeBytes: sectors * sectorBytes },
  ];
}

/** Looks at every sector and every place of a page by itself. */
class NorWalk {
  readonly pages: PageReport[] = [];
  readonly sectors: SectorReport[] = [];
  readonly uses: UsedBytes[] = [];
  private readonly medium: Medium;
  private readonly geometry: NorGeometry;
  private readonly seedSum: number;
  private readonly ring: SectorRing;
  private readonly reader: PageReader;
  private readonly frame: Frame;

  constructor(medium: Medium, geometry: NorGeometry, storeId: StoreId) {
    this.medium = medium;
    this.geometry = geometry;
    this.seedSum = storeSeed(storeId);
    this.ring = new SectorRing(medium, geometry, this.seedSum, foldDown);
    this.reader = new PageReader(medium, geometry.pageBytes, foldDown);
    this.frame = new Frame(medium, geometry.entryBytes, foldDown);
  }

  walk(): void {
    const { sectorBytes, sectors } = this.geometry;
    for (let sector = 0; sector < LOG_SECTORS; sector += 1) {
      const address = sector * sectorBytes;
      this.sectors.push({ sector, address, kind: 'log', generation: 0, used: 0, capacity: 0 });
      this.uses.push({ address, sizeBytes: sectorBytes, use: 'fixed' });
    }
    const header = createHeader();
    for (let sector = 0; sector < sectors; sector += 1) {
      const kind = this.ring.examine(sector, header);
      if (kind === SectorKind.page) this.addPages(sector, header);
      else if (kind === SectorKind.journal) this.addJournal(sector, header);
      else this.addSector(sector, kind === SectorKind.free ? 'erased' : 'to be erased', 0, 0, 0);
    }
  }

  /** Address of a page with its copy of the entry. */
  pageAddress(place: number): number {
    const { pagesPerSector, entryBytes, pageBytes } = this.geometry;
    const sector = Math.floor(place / pagesPerSector);
    const first = this.ring.contentAddress(sector) + pagesPerSector * entryBytes;
    return first + (place % pagesPerSector) * (entryBytes + pageBytes);
  }

  private addSector(
    sector: number,
    kind: SectorReport['kind'],
    generation: number,
    used: number,
    capacity: number,
  ): void {
    const address = sectorAddress(this.geometry, sector);
    this.sectors.push({ sector: sector + LOG_SECTORS, address, kind, generation, used, capacity });
  }

  private addPages(sector: number, { generation }: SectorHeader): void {
    const { pagesPerSector, entryBytes, pageBytes } = this.geometry;
    const table = this.ring.contentAddress(sector);
    this.uses.push({ address: table, sizeBytes: pagesPerSector * entryBytes, use: 'table' });
    let used = 0;
    for (let index = 0; index < pagesPerSector; index += 1) {
      const page = this.pageOf(sector * pagesPerSector + index, table + index * entryBytes);
      this.pages.push(page);
      if (page.state === 'free') continue;
      used += 1;
      const use = page.state === 'damaged' ? 'damaged' : 'closed';
      this.uses.push({ address: page.address, sizeBytes: entryBytes + pageBytes, use });
    }
    this.addSector(sector, 'pages', generation, used, pagesPerSector);
  }

  private pageOf(place: number, entryAddress: number): PageReport {
    const { frame, reader, seedSum } = this;
    const entry: PageEntry = createPageEntry();
    const address = this.pageAddress(place);
    const isEntry = frame.load(entryAddress, entrySeed(seedSum, entryAddress));
    let state: PageReport['state'] = frame.isBlank() ? 'free' : 'damaged';
    if (isEntry) {
      decodeEntry(frame.bytes, place, entry);
      reader.load(address + this.geometry.entryBytes);
      if (reader.verify(pageSeed(seedSum, entry.sequence, entry.timeSeconds))) state = 'sealed';
      reader.start(entry.timeSeconds);
      reader.advance();
    }
    return {
      slot: place,
      address,
      state,
      run: entry.run,
      firstSequence: entry.sequence,
      firstTimeSeconds: entry.timeSeconds,
      lastTimeSeconds: state === 'sealed' ? reader.state.timeSeconds : 0,
      readings: state === 'sealed' ? reader.state.count : 0,
    };
  }

  private addJournal(sector: number, { generation, channels }: SectorHeader): void {
    const { geometry } = this;
    const bytes = recordBytes(geometry, channels);
    const capacity = recordsPerSector(geometry, channels);
    const record = new Frame(this.medium, bytes, foldDown);
    let used = 0;
    for (let slot = 0; slot < capacity; slot += 1) {
      const address = this.ring.contentAddress(sector) + slot * bytes;
      record.read(address);
      if (record.isBlank()) continue;
      used += 1;
      this.uses.push({ address, sizeBytes: bytes, use: 'open' });
    }
    this.addSector(sector, 'journal', generation, used, capacity);
  }
}
