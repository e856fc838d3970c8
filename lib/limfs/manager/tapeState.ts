import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { RecordPair } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { createEntry, type Entry } from '../ring/pageRing.js';

export const STATE_KIND = 0x0315;
/** Both copies of the record of the tape's state take twice this. */
export const STATE_BYTES = 52;

/**
 * Where a manager's ring of pages stands. Pages lie on an endless tape of cells; a position counts cells since
 * format(). All fields change together, in the transaction that changes the pages.
 */
export class TapeState {
  /** The paper's report pointer: everything before this position was acknowledged, or dropped. */
  oldestUnreported = 0;
  /** Windows never enter a page before this position: its report may have begun. */
  frozen = 0;
  /** The position behind the newest page. */
  end = 0;
  /** The open window page, and its cells; 0 cells: none is open. */
  windowPosition = 0;
  windowCells = 0;
  /** The newest page's PVT entry. */
  readonly head: Entry = createEntry();
  oldestSlot = 0;
  /** Whether the ring holds any page. */
  filled = false;
  /** Cells that are being dropped before they were reported: from the first not yet noted to the end of the page. */
  dropFirst = 0;
  dropEnd = 0;
  /** Pages that were dropped before they were reported. */
  droppedPages = 0;
  /** Readings in them of meters that were not managed any more: nobody can be asked for them. */
  ownerlessReadings = 0;
  /** Places in use: a new page has so many cells. */
  places = 0;
  /** A copy of the record did not pass its check. */
  damaged = false;
  private readonly record: RecordPair;
  private readonly payload: Uint8Array;

  constructor(medium: Medium, address: number, seedSum: number, fold: Fold) {
    this.record = new RecordPair(medium, address, STATE_BYTES, seed(seedSum, STATE_KIND), fold);
    this.payload = new Uint8Array(this.record.payloadBytes);
  }

  /** format(): both copies, so that a missing one is damage ever after. */
  initialise(): void {
    this.record.clear();
    this.store();
    this.store();
  }

  /** False when no copy is whole. */
  load(): boolean {
    const whole = this.record.load();
    this.damaged = this.record.damaged;
    if (!whole) return false;
    const { buffer, payloadOffset: at } = this.record;
    this.oldestUnreported = getUint32(buffer, at);
    this.frozen = getUint32(buffer, at + 4);
    this.end = getUint32(buffer, at + 8);
    this.windowPosition = getUint32(buffer, at + 12);
    this.head.sequence = getUint32(buffer, at + 16);
    this.head.timeSeconds = getUint32(buffer, at + 20);
    this.dropFirst = getUint32(buffer, at + 24);
    this.dropEnd = getUint32(buffer, at + 28);
    this.droppedPages = getUint32(buffer, at + 32);
    this.head.slot = getUint16(buffer, at + 36);
    this.oldestSlot = getUint16(buffer, at + 38);
    this.head.lap = buffer[at + 40]!;
    this.head.run = buffer[at + 41]! & 0x7f;
    this.filled = buffer[at + 41]! >= 0x80;
    this.windowCells = buffer[at + 42]!;
    this.places = buffer[at + 43]!;
    this.ownerlessReadings = getUint32(buffer, at + 44);
    return true;
  }

  /** Adds the record to the transaction. */
  store(): void {
    const { payload } = this;
    putUint32(payload, 0, this.oldestUnreported);
    putUint32(payload, 4, this.frozen);
    putUint32(payload, 8, this.end);
    putUint32(payload, 12, this.windowPosition);
    putUint32(payload, 16, this.head.sequence);
    putUint32(payload, 20, this.head.timeSeconds);
    putUint32(payload, 24, this.dropFirst);
    putUint32(payload, 28, this.dropEnd);
    putUint32(payload, 32, this.droppedPages);
    putUint16(payload, 36, this.head.slot);
    putUint16(payload, 38, this.oldestSlot);
    payload[40] = this.head.lap;
    payload[41] = this.head.run | (this.filled ? 0x80 : 0);
    payload[42] = this.windowCells;
    payload[43] = this.places;
    putUint32(payload, 44, this.ownerlessReadings);
    this.record.store(payload);
    // A damaged copy is put right at once: as long as it stands, every mount has to read the whole PVT.
    if (this.damaged) this.record.store(payload);
    this.damaged = false;
  }
}
