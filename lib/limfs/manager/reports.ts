import { seed, stored } from '../checksum.js';
import { LimfsError } from '../errors.js';
import { addFinding, type Finding } from '../meter/finding.js';
import type { Cell } from './cell.js';
import type { GapList } from './gapList.js';
import type { Meter } from './meterTable.js';
import type { RedoLog } from './redoLog.js';
import type { Tape } from './tape.js';

export const REPORT_KIND = 0x0316;

/** A page as it is reported; created once by its user. */
export interface ManagerPage {
  /** The page counter: the position of the page's first cell. */
  counter: number;
  /** When it was opened; 0 where its PVT entry is damaged. */
  timeSeconds: number;
  /** Cells, empty ones included. */
  cells: number;
  /** Checksum of all that `readReport` delivers. */
  checksum: number;
}

export function createManagerPage(): ManagerPage {
  return { counter: -1, timeSeconds: 0, cells: 0, checksum: 0 };
}

/** The report pointer and what it points to. */
export class Reports {
  private readonly log: RedoLog;
  private readonly tape: Tape;
  private readonly cell: Cell;
  private readonly seedSum: number;
  private readonly findings: Finding[];
  private readonly cells: number;
  /** The page whose checksum was made last. */
  private readonly page = createManagerPage();

  /** The cell is the caller's; what is in it does not outlast a call. `cells` is the tape's room. */
  constructor(log: RedoLog, tape: Tape, cell: Cell, cells: number, seedSum: number, findings: Finding[]) {
    this.log = log;
    this.tape = tape;
    this.cell = cell;
    this.cells = cells;
    this.seedSum = seed(seedSum, REPORT_KIND);
    this.findings = findings;
  }

  /** No window enters the pages that are there any more. */
  freeze(): void {
    const { state } = this.tape;
    // A cell may have rotted since the page was named: its checksum would never come out right again.
    this.page.counter = -1;
    if (state.frozen === state.end) return;
    state.frozen = state.end;
    state.windowCells = 0;
    this.tape.storeState();
    this.log.commit();
  }

  /** The oldest frozen page that was not acknowledged; false when there is none. Reads all of it, once. */
  oldest(into: ManagerPage): boolean {
    const { state } = this.tape;
    const { page } = this;
    if (state.oldestUnreported === state.frozen) return false;
    if (page.counter !== state.oldestUnreported) this.sum(state.oldestUnreported);
    into.counter = page.counter;
    into.timeSeconds = page.timeSeconds;
    into.cells = page.cells;
    into.checksum = page.checksum;
    return true;
  }

  /** Errors: `page-gone`. */
  read(page: ManagerPage, index: number, into: Uint8Array, offset: number): number {
    const { tape, cell } = this;
    const position = page.counter + index;
    if (page.counter < tape.oldest || position >= tape.state.frozen) {
      throw new LimfsError('page-gone', `page ${page.counter} was dropped; ask for the oldest report again`);
    }
    if (this.examine(position) !== 'whole') return 0;
    const { bytes, length } = cell;
    // On XS a copy of a whole buffer costs as much as one of five bytes in a loop.
    if (offset + bytes.length <= into.length) into.set(bytes, offset);
    else for (let byte = 0; byte < length; byte += 1) into[offset + byte] = bytes[byte]!;
    return length;
  }

  /** Moves the report pointer behind the oldest frozen page, if counter and checksum are its; else changes nothing. */
  acknowledge(counter: number, checksum: number): boolean {
    const { state } = this.tape;
    const { page } = this;
    if (counter !== state.oldestUnreported || counter === state.frozen) return false;
    if (page.counter !== counter) this.sum(counter);
    if (page.checksum !== checksum) return false;
    state.oldestUnreported = counter + page.cells;
    this.tape.storeState();
    this.log.commit();
    return true;
  }

  /** Takes from a list of missing readings of a meter what the pages that wait for their acknowledgement hold of its lines. */
  removeWaiting({ storeHigh, storeLow, lines }: Meter, from: GapList): void {
    const { cell } = this;
    const { state } = this.tape;
    for (let position = state.oldestUnreported; position < state.end; position += 1) {
      if (cell.read(position) !== 'whole') continue;
      const line = lines.indexOf(cell.line);
      if (line < 0 || cell.storeHigh !== storeHigh || cell.storeLow !== storeLow) continue;
      from.remove(cell.first, lines.endOf(line, cell.end));
    }
  }

  private sum(counter: number): void {
    const { tape, page, cell } = this;
    const entry = tape.pageAt(counter);
    page.timeSeconds = entry?.sequence === counter ? entry.timeSeconds : 0;
    page.counter = counter;
    page.cells = tape.endOf(counter) - counter;
    let sum = seed(this.seedSum, counter);
    for (let index = 0; index < page.cells; index += 1) {
      if (this.examine(counter + index) === 'whole') sum = cell.foldInto(sum);
    }
    page.checksum = stored(sum);
  }

  private examine(position: number): 'whole' | 'empty' | 'damaged' {
    const state = this.cell.read(position);
    if (state === 'damaged') addFinding(this.findings, 'cell-damaged', position % this.cells);
    return state;
  }
}
