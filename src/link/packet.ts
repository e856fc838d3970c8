import type { StoreId } from '../../lib/limfs/index.js';
import { crc32 } from './crc32.js';
import { type PacketReader, PacketWriter } from './cursor.js';

/** The most that a small radio takes in one piece. */
export const MAXIMUM_PACKET_BYTES = 128;

export const PacketKind = {
  /** Meter to receiver: the newest readings (the paper's ADSS block). */
  window: 1,
  /** Receiver to meter: send the readings from a sequence on. */
  backfillRequest: 2,
  /** Meter to receiver: readings from its store. */
  backfill: 3,
} as const;

/** The most readings in a packet: a hole takes a bit or two. */
export const MAXIMUM_PACKET_READINGS = 128;

const checkBytes = 4;

/** What every packet of a meter says about its store: that turns a gap into a loss or a request. */
export interface StoreState {
  storeId: StoreId;
  /** The oldest reading that the meter still keeps. */
  oldestSequence: number;
  /** The sequence that its next reading will get. */
  nextSequence: number;
}

/** A packet under construction, in a buffer that is used again for the next one. */
export class OutgoingPacket {
  readonly bytes = new Uint8Array(MAXIMUM_PACKET_BYTES);
  readonly writer = new PacketWriter(this.bytes);

  start(kind: number, address: number): void {
    this.writer.restart();
    this.writer.u8(kind);
    this.writer.u16(address);
  }

  /** Bytes that are left for a body. */
  get room(): number {
    return MAXIMUM_PACKET_BYTES - checkBytes - this.writer.position;
  }

  storeState(storeId: StoreId, oldestSequence: number, nextSequence: number): void {
    this.writer.u32(storeId[0]);
    this.writer.u32(storeId[1]);
    this.writer.u32(oldestSequence);
    this.writer.u32(nextSequence);
  }

  /** Adds the check and returns the length of the packet in bytes. */
  finish(): number {
    const length = this.writer.position;
    this.writer.u32(crc32(this.bytes, 0, length));
    return length + checkBytes;
  }
}

/** Checks a packet and sets the reader to its first byte; false if it was damaged on its way. */
export function openPacket(reader: PacketReader, bytes: Uint8Array, length: number): boolean {
  const end = length - checkBytes;
  if (end < 3 || length > MAXIMUM_PACKET_BYTES) return false;
  const check =
    (bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24)) >>> 0;
  if (crc32(bytes, 0, end) !== check) return false;
  reader.restart(bytes, end);
  return true;
}

export function readStoreState(reader: PacketReader): StoreState {
  const storeId: StoreId = [reader.u32(), reader.u32()];
  return { storeId, oldestSequence: reader.u32(), nextSequence: reader.u32() };
}
