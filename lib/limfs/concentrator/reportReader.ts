import { getUint16, getUint32 } from '../areas/bytes.js';
import { type Fold, stored } from '../checksum.js';
import type { Entry, PageRing } from '../ring/pageRing.js';
import type { DataRing } from './dataRing.js';
import {
  DEVICE_HEADER_BYTES,
  type DeviceHeader,
  Field,
  getDeviceHeader,
  HEAD_BYTES,
  type ReportName,
  reportBytes,
} from './report.js';

/** Reports are written, checked and compared in pieces of this many bytes, counted from behind the head. */
export const CHUNK_BYTES = 256;

/** Checksum of a head; the seed stands for the store, the slot, the lap, the position and the time. */
export function headCheck(ring: PageRing, entry: Entry, head: Uint16Array, fold: Fold): number {
  return stored(fold(ring.pageSeed(entry), head, HEAD_BYTES >> 1, 1));
}

/** Reads what lies in the data area; `head` is the one that was read last. */
export class ReportReader {
  private readonly ring: PageRing;
  private readonly data: DataRing;
  private readonly fold: Fold;
  private readonly head = new Uint8Array(HEAD_BYTES);
  private readonly headWords = new Uint16Array(this.head.buffer);
  private readonly chunk = new Uint8Array(CHUNK_BYTES);
  private readonly words = new Uint16Array(this.chunk.buffer);

  constructor(ring: PageRing, data: DataRing, fold: Fold) {
    this.ring = ring;
    this.data = data;
    this.fold = fold;
  }

  /** Reads the head of the report that `entry` describes; false when it does not check. */
  readHead(entry: Entry): boolean {
    this.data.read(entry.sequence, this.head, 0, HEAD_BYTES);
    return this.headWords[0] === headCheck(this.ring, entry, this.headWords, this.fold);
  }

  word(field: number): number {
    return getUint32(this.head, field);
  }

  byte(field: number): number {
    return this.head[field]!;
  }

  half(field: number): number {
    return getUint16(this.head, field);
  }

  get bodyBytes(): number {
    return this.half(Field.bodyBytes);
  }

  get totalBytes(): number {
    return reportBytes(this.byte(Field.devices), this.bodyBytes);
  }

  /** Whether the head names this page of this local manager, whatever the checksum. */
  isPage({ storeId, pageCounter }: ReportName): boolean {
    return (
      this.word(Field.pageCounter) === pageCounter &&
      this.word(Field.storeLow) === storeId[1] &&
      this.word(Field.storeHigh) === storeId[0]
    );
  }

  /** Reads device headers and body, and checks them; `readHead` came before. */
  restIsWhole(entry: Entry): boolean {
    const total = this.totalBytes;
    let sum = this.ring.pageSeed(entry);
    for (let done = HEAD_BYTES; done < total; done += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, total - done);
      this.data.read(this.data.advance(entry.sequence, done), this.chunk, 0, length);
      sum = this.fold(sum, this.words, length >> 1, 0);
    }
    return stored(sum) === this.half(Field.bodyCheck);
  }

  /** The device headers behind the head that was read last. */
  headers(entry: Entry): DeviceHeader[] {
    const count = this.byte(Field.devices);
    const at = this.data.advance(entry.sequence, HEAD_BYTES);
    this.data.read(at, this.chunk, 0, count * DEVICE_HEADER_BYTES);
    const headers: DeviceHeader[] = [];
    for (let hop = 0; hop < count; hop += 1) {
      headers.push(getDeviceHeader(this.chunk, hop * DEVICE_HEADER_BYTES));
    }
    return headers;
  }

  /** Whether the body behind the head that was read last equals the one at `otherBody`, byte for byte. */
  sameBody(entry: Entry, otherBody: number): boolean {
    const { data, chunk } = this;
    const half = CHUNK_BYTES >> 1;
    const body = data.advance(entry.sequence, HEAD_BYTES + this.byte(Field.devices) * DEVICE_HEADER_BYTES);
    for (let done = 0; done < this.bodyBytes; done += half) {
      const length = Math.min(half, this.bodyBytes - done);
      data.read(data.advance(body, done), chunk, 0, length);
      data.read(data.advance(otherBody, done), chunk, half, length);
      for (let index = 0; index < length; index += 1) {
        if (chunk[index] !== chunk[half + index]) return false;
      }
    }
    return true;
  }
}
