import { addFinding, type Finding } from '../meter/finding.js';
import type { Journal } from './journal.js';
import { MAXIMUM_JOURNAL_SECTORS, recordsPerSector } from './layout.js';
import type { PageTable } from './pageTable.js';
import { createHeader, type SectorHeader, SectorKind, type SectorRing } from './sectorRing.js';

/** Finds head, journal and erased sectors; returns the sequence of the first reading that is in no page. */
export function mountRing(ring: SectorRing, table: PageTable, journal: Journal, findings: Finding[]): number {
  const sectors: (SectorHeader & { sector: number })[] = [];
  const free: number[] = [];
  let pages = 0;
  let newestPages = 0;
  for (let sector = 0; sector < ring.geometry.sectors; sector += 1) {
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
  if (pages > 0) table.mount(firstPageSector(ring));
  for (let index = 0; index < lost; index += 1) {
    addFinding(findings, 'record-damaged', (journal.next - lost + index) >>> 0);
  }
  return mountEnds(ring, table, journal, findings);
}

/** The page sector that comes first behind the head: the oldest. */
function firstPageSector(ring: SectorRing): number {
  const header = createHeader();
  for (let distance = 0; ; distance += 1) {
    const sector = ring.sectorAt(distance);
    if (ring.examine(sector, header) === SectorKind.page) return sector;
  }
}

/** Brings the journal's ends in line with the pages. */
function mountEnds(ring: SectorRing, table: PageTable, journal: Journal, findings: Finding[]): number {
  const { sequence, count } = table.last;
  const packed = table.isEmpty ? journal.firstSequence : (sequence + count) >>> 0;
  if (!table.isEmpty && journal.isEmpty) {
    // A journal is there as long as there are pages: it must be damaged, and its sequences are not used again.
    addFinding(findings, 'record-damaged', packed);
    const records = recordsPerSector(ring.geometry, 1) * MAXIMUM_JOURNAL_SECTORS;
    journal.next = (packed + records) >>> 0;
    return journal.next;
  }
  if (journal.found && ((packed - journal.newest.sequence) | 0) > 0) journal.doubtful = false;
  if (((packed - journal.next) | 0) > 0) journal.next = packed;
  journal.dropBefore(packed);
  return packed;
}
