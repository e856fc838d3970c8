import { getUint16, putUint16 } from '../../lib/limfs/areas/bytes.js';
import { RecordPair } from '../../lib/limfs/areas/record.js';
import { storeSeed } from '../../lib/limfs/areas/superblock.js';
import { seed } from '../../lib/limfs/checksum.js';
import { foldDown, type Medium, type StoreId } from '../../lib/limfs/index.js';

const ROSTER_KIND = 0x0331;
/** Checksum, counter and mark of a record. */
const FRAME_BYTES = 4;
const PLACE_BYTES = 4;
const SILENT = 1;

/** The address of the concentrator is no meter's: here it says that a meter's is not known. */
export const UNKNOWN_ADDRESS = 0;

/** Bytes of the record, both copies. */
export function rosterBytes(places: number): number {
  return 2 * (FRAME_BYTES + places * PLACE_BYTES);
}

/**
 * What a local manager must know of its meters beside their readings, by place, after every restart: the address, and
 * whether the server was told that the meter is silent. A meter without an address is believed wherever it speaks from
 * and keeps that address: so a cut between two steps of a change leaves nothing to mend.
 */
export class MeterRoster {
  readonly #record: RecordPair;
  readonly #payload: Uint8Array;

  constructor(medium: Medium, address: number, places: number, storeId: StoreId) {
    const seedSum = seed(storeSeed(storeId), ROSTER_KIND);
    const copyBytes = FRAME_BYTES + places * PLACE_BYTES;
    this.#record = new RecordPair(medium, address, copyBytes, seedSum, foldDown);
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

  address(place: number): number {
    return getUint16(this.#payload, place * PLACE_BYTES);
  }

  /** The first place with this address; -1 when no meter is known to have it. */
  placeOf(address: number): number {
    for (let at = 0; at < this.#payload.length; at += PLACE_BYTES) {
      if (getUint16(this.#payload, at) === address) return at / PLACE_BYTES;
    }
    return -1;
  }

  isSilent(place: number): boolean {
    return (this.#payload[place * PLACE_BYTES + 2]! & SILENT) !== 0;
  }

  /** A meter's address; whoever was silent at this place before was another one, or speaks now. */
  setAddress(place: number, address: number): void {
    if (this.address(place) === address && !this.isSilent(place)) return;
    putUint16(this.#payload, place * PLACE_BYTES, address);
    this.#payload[place * PLACE_BYTES + 2] = 0;
    this.#record.store(this.#payload);
  }

  setSilent(place: number, silent: boolean): void {
    if (this.isSilent(place) === silent) return;
    this.#payload[place * PLACE_BYTES + 2] = silent ? SILENT : 0;
    this.#record.store(this.#payload);
  }
}
