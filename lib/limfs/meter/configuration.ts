import { getUint32, putUint32 } from '../areas/bytes.js';
import { CONFIGURATION_ADDRESS, CONFIGURATION_BYTES } from '../areas/layout.js';
import { RecordPair, type SmallRecord } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { type Channel, LIST_BYTES, readList, writeList } from './channels.js';

export const CONFIGURATION_KIND = 0x0303;
/** Channel lists that are kept; a page names one of the newest by its revision modulo 16. */
const KEPT_LISTS = 4;
const REVISIONS = 16;
const NO_REVISION = 0xff;

/**
 * The channel lists of a store and its reading interval, in a record of the environment area. List r lies in place
 * r modulo 4. Made for one use and dropped: its buffers are larger than all others of a store.
 */
export class Configuration {
  private readonly record: SmallRecord;
  private readonly payload: Uint8Array;

  /** `record` is the pair in the environment area, or on NOR flash a record of the log. */
  constructor(
    medium: Medium,
    storeSeedSum: number,
    fold: Fold,
    record: SmallRecord = configurationPair(medium, storeSeedSum, fold),
  ) {
    this.record = record;
    this.payload = new Uint8Array(record.payloadBytes).fill(NO_REVISION);
  }

  /** format(): the first list, revision 0. */
  initialise(channels: readonly Channel[], intervalSeconds: number): void {
    this.record.clear();
    writeList(this.payload, 0, 0, channels);
    putUint32(this.payload, KEPT_LISTS * LIST_BYTES, intervalSeconds);
    this.record.store(this.payload);
  }

  /** Reads the record; false when both copies are damaged. */
  load(): boolean {
    if (!this.record.load()) return false;
    const start = this.record.payloadOffset;
    this.payload.set(this.record.buffer.subarray(start, start + this.payload.length));
    return true;
  }

  get intervalSeconds(): number {
    return getUint32(this.payload, KEPT_LISTS * LIST_BYTES);
  }

  /** Stores another interval. */
  setInterval(intervalSeconds: number): void {
    putUint32(this.payload, KEPT_LISTS * LIST_BYTES, intervalSeconds);
    this.record.store(this.payload);
  }

  /** Revision (0..15) of the newest list. */
  newestRevision(): number {
    let newest = -1;
    for (let place = 0; place < KEPT_LISTS; place += 1) {
      const revision = this.payload[place * LIST_BYTES]!;
      if (revision === NO_REVISION) continue;
      if (newest < 0 || ((revision - newest) & (REVISIONS - 1)) < REVISIONS / 2) newest = revision;
    }
    return newest;
  }

  /** The list of a revision; an empty one when it is not kept any more. */
  list(revision: number): Channel[] {
    const at = (revision % KEPT_LISTS) * LIST_BYTES;
    return this.payload[at] === revision ? readList(this.payload, at) : [];
  }

  /** Adds a list and returns its revision; `oldestInUse` is the revision of the oldest stored page. */
  add(channels: readonly Channel[], oldestInUse: number): number {
    const revision = (this.newestRevision() + 1) % REVISIONS;
    if (((revision - oldestInUse) & (REVISIONS - 1)) >= KEPT_LISTS) {
      throw new LimfsError(
        'channel-lists-full',
        `${KEPT_LISTS} channel lists are still named by stored pages; wait until the oldest has gone`,
      );
    }
    writeList(this.payload, (revision % KEPT_LISTS) * LIST_BYTES, revision, channels);
    this.record.store(this.payload);
    return revision;
  }
}

function configurationPair(medium: Medium, storeSeedSum: number, fold: Fold): RecordPair {
  return new RecordPair(
    medium,
    CONFIGURATION_ADDRESS,
    CONFIGURATION_BYTES,
    seed(storeSeedSum, CONFIGURATION_KIND),
    fold,
  );
}
