import { putUint16 } from '../areas/bytes.js';
import { type Fold, stored } from '../checksum.js';
import { createEntry, type Entry, type PageRing } from '../ring/pageRing.js';
import type { DataRing } from './dataRing.js';
import {
  type Arrival,
  DEVICE_HEADER_BYTES,
  Field,
  HEAD_BYTES,
  putDeviceHeader,
  putHead,
  reportBytes,
} from './report.js';
import { CHUNK_BYTES, headCheck } from './reportReader.js';

/**
 * Puts one report into free bytes of the data area, piece by piece: device headers and body first, the head with both
 * checksums last. Until its PVT entry is committed the report is not part of the ring.
 */
export class ReportWriter {
  readonly entry: Entry = createEntry();
  /** The report under way; null when there is none. */
  arrival: Arrival | null = null;
  bodyBytes = 0;
  private readonly ring: PageRing;
  private readonly data: DataRing;
  private readonly fold: Fold;
  private readonly head = new Uint8Array(HEAD_BYTES);
  private readonly headWords = new Uint16Array(this.head.buffer);
  private readonly chunk = new Uint8Array(CHUNK_BYTES);
  private readonly words = new Uint16Array(this.chunk.buffer);
  private filled = 0;
  private position = 0;
  private sum = 0;

  constructor(ring: PageRing, data: DataRing, fold: Fold) {
    this.ring = ring;
    this.data = data;
    this.fold = fold;
  }

  /** Begins with the device headers; `entry` has been filled. */
  begin(arrival: Arrival): void {
    this.arrival = arrival;
    this.bodyBytes = 0;
    this.filled = 0;
    this.position = this.data.advance(this.entry.sequence, HEAD_BYTES);
    this.sum = this.ring.pageSeed(this.entry);
    arrival.headers.forEach((header, hop) => {
      putDeviceHeader(this.chunk, hop * DEVICE_HEADER_BYTES, header);
    });
    this.filled = arrival.headers.length * DEVICE_HEADER_BYTES;
  }

  /** Bytes of the data area that the report takes with so many more bytes of body. */
  bytesWith(more: number): number {
    return reportBytes(this.arrival?.headers.length ?? 0, this.bodyBytes + more);
  }

  /** Adds a piece of the body. */
  put(from: Uint8Array, offset: number, length: number): void {
    for (let done = 0; done < length; done += 1) {
      this.chunk[this.filled] = from[offset + done]!;
      this.filled += 1;
      if (this.filled === CHUNK_BYTES) this.flush();
    }
    this.bodyBytes += length;
  }

  /** Writes what has not been written of device headers and body. */
  flush(): void {
    if ((this.filled & 1) !== 0) {
      this.chunk[this.filled] = 0;
      this.filled += 1;
    }
    if (this.filled === 0) return;
    this.sum = this.fold(this.sum, this.words, this.filled >> 1, 0);
    this.data.write(this.position, this.chunk, 0, this.filled);
    this.position = this.data.advance(this.position, this.filled);
    this.filled = 0;
  }

  /** Where the body begins. */
  get bodyPosition(): number {
    const devices = this.arrival?.headers.length ?? 0;
    return this.data.advance(this.entry.sequence, HEAD_BYTES + devices * DEVICE_HEADER_BYTES);
  }

  /** The last step before the entry: the head. */
  finish(arrival: Arrival, copy: number, conflict: boolean): void {
    putHead(this.head, arrival, this.bodyBytes, copy, conflict);
    putUint16(this.head, Field.bodyCheck, stored(this.sum));
    putUint16(this.head, Field.check, headCheck(this.ring, this.entry, this.headWords, this.fold));
    this.data.write(this.entry.sequence, this.head, 0, HEAD_BYTES);
    this.arrival = null;
  }
}
