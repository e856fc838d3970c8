import { getUint16, getUint32, putUint16, putUint32 } from '../../lib/limfs/areas/bytes.js';
import { type Health, healthOf, qualityOf, stateOf } from './health.js';

/** The most bytes of a packet, header and tag included; a radio may take less, but never less than the least. */
export const MAXIMUM_PACKET_BYTES = 128;
export const MINIMUM_PACKET_BYTES = 51;

/** The concentrator's address in every network. */
export const CONCENTRATOR_ADDRESS = 0;

/** The most devices on a way: six routers and the local manager. */
export const MAXIMUM_WAY = 7;

/** A header without its way. */
export const HEADER_BYTES = 14;

/** The front of a header, which nobody changes on the way; the seal covers it. */
export const COVERED_HEADER_BYTES = 11;

/** What a device on the way up says: address, quality of reception, state. */
export const UP_HOP_BYTES = 4;

/** What a device on the way down takes: its address. */
export const DOWN_HOP_BYTES = 2;

const VERSION = 1;
const VERSION_SHIFT = 5;
const DOWN = 0x10;
const PIECE = 0x08;
const UNUSED = 0x07;

/** A device that a packet passed on its way up, and what it said about itself. */
export interface Hop extends Health {
  /** u16. */
  readonly address: number;
}

/** The fixed fields of a header. Ways are read and written in the packet itself. */
export interface PacketHeader {
  down: boolean;
  /** The body is a piece of a message, not a whole one. */
  piece: boolean;
  networkId: number;
  destination: number;
  source: number;
  counter: number;
  /** The device that takes this packet at this hop. */
  receiver: number;
  /** Devices in the way. */
  hops: number;
  /** Down: index of `receiver` in the way, or `hops` when that is the destination. Up: devices that found no room. */
  place: number;
}

export function createHeader(): PacketHeader {
  return {
    down: false,
    piece: false,
    networkId: 0,
    destination: 0,
    source: 0,
    counter: 0,
    receiver: 0,
    hops: 0,
    place: 0,
  };
}

/** Bytes of a header with a way of so many devices. */
export function headerBytes(down: boolean, hops: number): number {
  return HEADER_BYTES + hops * (down ? DOWN_HOP_BYTES : UP_HOP_BYTES);
}

export function putHeader(bytes: Uint8Array, header: PacketHeader): void {
  bytes[0] = (VERSION << VERSION_SHIFT) | (header.down ? DOWN : 0) | (header.piece ? PIECE : 0);
  putUint16(bytes, 1, header.networkId);
  putUint16(bytes, 3, header.destination);
  putUint16(bytes, 5, header.source);
  putUint32(bytes, 7, header.counter);
  putUint16(bytes, 11, header.receiver);
  bytes[13] = (header.hops << 4) | header.place;
}

/** Reads a header; false when packet[0, length) has none of this version. */
export function getHeader(bytes: Uint8Array, length: number, into: PacketHeader): boolean {
  if (length < HEADER_BYTES || length > MAXIMUM_PACKET_BYTES) return false;
  const first = bytes[0]!;
  if (first >>> VERSION_SHIFT !== VERSION || (first & UNUSED) !== 0) return false;
  into.down = (first & DOWN) !== 0;
  into.piece = (first & PIECE) !== 0;
  into.networkId = getUint16(bytes, 1);
  into.destination = getUint16(bytes, 3);
  into.source = getUint16(bytes, 5);
  into.counter = getUint32(bytes, 7);
  into.receiver = getUint16(bytes, 11);
  into.hops = bytes[13]! >>> 4;
  into.place = bytes[13]! & 15;
  const tooFar = into.down ? into.place > into.hops : into.hops + into.place > MAXIMUM_WAY;
  return into.hops <= MAXIMUM_WAY && !tooFar && length >= headerBytes(into.down, into.hops);
}

/** The address at a place of a way down. */
export function downHop(bytes: Uint8Array, place: number): number {
  return getUint16(bytes, HEADER_BYTES + place * DOWN_HOP_BYTES);
}

export function putDownHop(bytes: Uint8Array, place: number, address: number): void {
  putUint16(bytes, HEADER_BYTES + place * DOWN_HOP_BYTES, address);
}

/** A device of a way up; the nearest to the source is the first. */
export function upHop(bytes: Uint8Array, index: number): Hop {
  const at = HEADER_BYTES + index * UP_HOP_BYTES;
  const { rssiDbm, batteryMillivolts, errors } = healthOf(bytes[at + 2]!, bytes[at + 3]!);
  return { address: getUint16(bytes, at), rssiDbm, batteryMillivolts, errors };
}

export function putUpHop(bytes: Uint8Array, index: number, address: number, health: Health): void {
  const at = HEADER_BYTES + index * UP_HOP_BYTES;
  putUint16(bytes, at, address);
  bytes[at + 2] = qualityOf(health);
  bytes[at + 3] = stateOf(health);
}
