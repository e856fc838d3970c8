/**
 * What mount or a later read found wrong with a store. Damage stays local: a finding names the place, everything else
 * goes on working.
 */
export type FindingCode =
  /** One of the two superblocks does not check; the other was used. */
  | 'superblock-copy-damaged'
  /** The newest PVT entry had to be looked for in the whole table. */
  | 'table-scanned'
  /** A lap byte was wrong and its entry's checksum proved the right one. */
  | 'lap-repaired'
  /** The newest PVT entry is damaged: its page is lost, and sequences jump so that none is used again. */
  | 'head-entry-damaged'
  /** The open page has no readable head or contradicts the clock record: it is lost, and sequences jump. */
  | 'open-page-damaged'
  /** The open page makes no sense from some reading on: those before it are kept, and sequences jump. */
  | 'open-page-torn'
  /** A PVT entry was damaged and could be rebuilt from its neighbour and its page. */
  | 'entry-rebuilt'
  /** A PVT entry is damaged and could not be rebuilt: its page is lost. */
  | 'entry-damaged'
  /**
   * A journal record (NOR flash) is damaged: its reading is lost. `slot` names its sequence. In a translation (-1):
   * heads of blocks are missing, so that some blocks may show older content.
   */
  | 'record-damaged'
  /** A sealed page does not match its checksum: its readings are lost. */
  | 'page-damaged'
  /** A local manager's redo log has rotted; what it held was in its places already, unless a cut came in between. */
  | 'log-damaged'
  /** The state of a local manager's pages was damaged and read from the PVT instead: pages may be reported twice. */
  | 'state-rebuilt'
  /** A cell of a local manager's page does not match its checksum: its block is lost. */
  | 'cell-damaged'
  /** What a local manager knew of the meter at a place (`slot`) is damaged: the meter must be added again. */
  | 'meter-damaged';

export interface Finding {
  readonly code: FindingCode;
  /** Slot of the page, -1 where it names none. */
  readonly slot: number;
}

/** A store keeps at most this many findings; the same one twice is kept once. */
const MAXIMUM_FINDINGS = 32;

export function addFinding(findings: Finding[], code: FindingCode, slot: number): void {
  if (findings.length >= MAXIMUM_FINDINGS) return;
  for (const finding of findings) if (finding.code === code && finding.slot === slot) return;
  findings.push({ code, slot });
}
