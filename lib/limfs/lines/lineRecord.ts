import { RecordPair } from '../areas/record.js';
import { type StoreId, storeSeed } from '../areas/superblock.js';
import { foldDown, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { LINE_BYTES, LineList } from './lineList.js';

/** So many lines a meter can name: whoever has not heard of it for longer asks for all of its readings. */
export const KEPT_LINES = 16;
export const LINES_KIND = 0x0308;
/** Checksum, counter and mark of a record. */
const FRAME_BYTES = 4;
export const LINES_COPY_BYTES = FRAME_BYTES + KEPT_LINES * LINE_BYTES;
/** Bytes of the record, both copies. */
export const LINES_BYTES = 2 * LINES_COPY_BYTES;

/** The newest lines of a meter, on its own chip. */
export class LineRecord {
  readonly list = new LineList(KEPT_LINES);
  private readonly record: RecordPair;
  private readonly payload: Uint8Array;

  /** A record that is blank, or whose copies are both damaged, has no lines. */
  constructor(medium: Medium, address: number, storeId: StoreId) {
    const seedSum = seed(storeSeed(storeId), LINES_KIND);
    this.record = new RecordPair(medium, address, LINES_COPY_BYTES, seedSum, foldDown);
    this.payload = new Uint8Array(this.record.payloadBytes);
    if (this.record.load()) this.list.read(this.record.buffer, this.record.payloadOffset, KEPT_LINES);
  }

  /** The power is on: what is stored from `first` on is a line of its own, durably. `random`: 32 bits that no other start has. */
  begin(random: number, first: number): void {
    const { list, payload } = this;
    list.add(random === 0 ? 1 : random, first);
    payload.fill(0);
    list.write(payload, 0, 0, list.count);
    this.record.store(payload);
  }
}
