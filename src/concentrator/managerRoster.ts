import { getUint16, putUint16 } from '../../lib/limfs/areas/bytes.js';
import { RecordPair } from '../../lib/limfs/areas/record.js';
import { storeSeed } from '../../lib/limfs/areas/superblock.js';
import { seed } from '../../lib/limfs/checksum.js';
import { foldDown, type Medium, type StoreId } from '../../lib/limfs/index.js';

export const MOST_MANAGERS = 64;

const ROSTER_KIND = 0x0332;
/** Checksum, counter and mark of a record. */
const FRAME_BYTES = 4;
const PLACE_BYTES = 4;
const SILENT = 1;
/** The hours of a shortened interval stand above the other bits of a place. */
const SHORT_SHIFT = 4;
/** What the concentrator keeps of itself stands behind the places. */
const OWN = MOST_MANAGERS * PLACE_BYTES;
const OWN_BYTES = 4;
const RING_FULL = 1;

/** Bytes of the record, both copies. */
export const ROSTER_BYTES = 2 * (FRAME_BYTES + OWN + OWN_BYTES);

/** A local manager as its concentrator knows it. */
export interface Managed {
  readonly address: number;
  /** Hours from report to report, 1 to 12. */
  readonly reportHours: number;
  /** Hours to which that is shortened for the time being. */
  readonly shortHours?: number;
  /** The server was told that it does not answer. */
  readonly silent: boolean;
}

/** Hours from report to report as things are. */
export function hoursOf({ reportHours, shortHours = reportHours }: Managed): number {
  return Math.min(reportHours, shortHours);
}

/** The local managers of a concentrator, durably: a free place has the address 0. */
export class ManagerRoster {
  readonly #record: RecordPair;
  readonly #payload: Uint8Array;

  constructor(medium: Medium, address: number, storeId: StoreId) {
    const seedSum = seed(storeSeed(storeId), ROSTER_KIND);
    this.#record = new RecordPair(medium, address, ROSTER_BYTES / 2, seedSum, foldDown);
    this.#payload = new Uint8Array(this.#record.payloadBytes);
    if (!this.#record.load()) return;
    const { buffer, payloadOffset } = this.#record;
    for (let at = 0; at < this.#payload.length; at += 1) this.#payload[at] = buffer[payloadOffset + at]!;
  }

  /** format(): nobody is known. */
  clear(): void {
    this.#record.clear();
    this.#payload.fill(0);
  }

  /** Null: the place is free. */
  at(place: number): Managed | null {
    const at = place * PLACE_BYTES;
    const address = getUint16(this.#payload, at);
    if (address === 0) return null;
    const bits = this.#payload[at + 3]!;
    const shortHours = bits >> SHORT_SHIFT;
    const managed = { address, reportHours: this.#payload[at + 2]!, silent: (bits & SILENT) !== 0 };
    return shortHours === 0 ? managed : { ...managed, shortHours };
  }

  /** -1: nobody has this address. */
  placeOf(address: number): number {
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      if (this.at(place)?.address === address) return place;
    }
    return -1;
  }

  /** The first free place; -1: there is none. */
  freePlace(): number {
    for (let place = 0; place < MOST_MANAGERS; place += 1) if (this.at(place) === null) return place;
    return -1;
  }

  /** Durable when it returns; null frees the place. */
  put(place: number, managed: Managed | null): void {
    const at = place * PLACE_BYTES;
    putUint16(this.#payload, at, managed?.address ?? 0);
    this.#payload[at + 2] = managed?.reportHours ?? 0;
    const shortHours = managed?.shortHours ?? 0;
    this.#payload[at + 3] = (managed?.silent === true ? SILENT : 0) | (shortHours << SHORT_SHIFT);
    this.#record.store(this.#payload);
  }

  /** The server was told that the ring of reports is full. */
  get ringIsFull(): boolean {
    return (this.#payload[OWN]! & RING_FULL) !== 0;
  }

  /** Durable when it returns. */
  noteRing(isFull: boolean): void {
    this.#payload[OWN] = isFull ? RING_FULL : 0;
    this.#record.store(this.#payload);
  }
}
