import { getUint16, getUint32, putUint16, putUint32 } from '../areas/bytes.js';
import { MAXIMUM_HOPS } from '../areas/environment.js';
import type { StoreId } from '../areas/superblock.js';
import { LimfsError } from '../errors.js';

/** The header of a device that a report passed (the paper's section 3.3): what it said about itself on the way. */
export interface DeviceHeader {
  /** 64 bits that name the device. */
  readonly device: StoreId;
  /** The device's clock, u32. */
  readonly timeSeconds: number;
  /** 0 to 65,534; null where the device runs on mains. */
  readonly batteryMillivolts: number | null;
  /** Errors that it has counted, u16. */
  readonly errors: number;
  /** -127 to 127; null on wires. */
  readonly rssiDbm: number | null;
}

/** What names a report: the page of a local manager's store that it is a copy of. */
export interface ReportName {
  readonly storeId: StoreId;
  /** u32, as the local manager counts its pages. */
  readonly pageCounter: number;
  /** u32, the local manager's checksum of that page. */
  readonly checksum: number;
  /**
   * Tells apart reports of one name with different bytes, which only damage on the way can make; 0 for the first, and
   * when it is left out.
   */
  readonly copy?: number;
}

/** What is known of a report when it begins to arrive. */
export interface Arrival extends ReportName {
  /** The concentrator's clock, u32: the key of the PVT. */
  readonly timeSeconds: number;
  /** Local manager first, then the routers; at most `MAXIMUM_DEVICES`. */
  readonly headers: readonly DeviceHeader[];
}

/** A stored report without its body. */
export interface Report extends Arrival {
  readonly copy: number;
  readonly bodyBytes: number;
  /** The ring held another report of the same page counter with other content when this one came. */
  readonly conflict: boolean;
  readonly acknowledged: boolean;
  /** Slot of its PVT entry. */
  readonly slot: number;
  /** Where its bytes begin; names it within the ring until its place is overwritten. */
  readonly position: number;
}

/** A local manager and the routers behind it. */
export const MAXIMUM_DEVICES = 1 + MAXIMUM_HOPS;
export const MAXIMUM_BODY_BYTES = 65_534;
export const HEAD_BYTES = 32;
export const DEVICE_HEADER_BYTES = 18;
const NO_BATTERY = 0xffff;
const NO_RSSI = -128;

/** Fields of the head; the checksum of bytes 2..31 lies in front. */
export const Field = Object.freeze({
  check: 0,
  bodyCheck: 2,
  storeHigh: 4,
  storeLow: 8,
  pageCounter: 12,
  checksum: 16,
  time: 20,
  bodyBytes: 24,
  devices: 26,
  conflict: 27,
  copy: 28,
} as const);

function isInteger(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Errors: `parameter-range`. */
export function checkArrival(arrival: Arrival): void {
  const { storeId, pageCounter, checksum, timeSeconds, headers } = arrival;
  const words = [storeId[0], storeId[1], pageCounter, checksum, timeSeconds];
  if (headers.length > MAXIMUM_DEVICES || !words.every((word) => isInteger(word, 0, 0xffff_ffff))) {
    throw new LimfsError(
      'parameter-range',
      `a report has u32 fields and at most ${MAXIMUM_DEVICES} device headers`,
    );
  }
  for (const { device, timeSeconds: time, batteryMillivolts, errors, rssiDbm } of headers) {
    const good =
      [device[0], device[1], time].every((word) => isInteger(word, 0, 0xffff_ffff)) &&
      isInteger(errors, 0, 0xffff) &&
      (batteryMillivolts === null || isInteger(batteryMillivolts, 0, NO_BATTERY - 1)) &&
      (rssiDbm === null || isInteger(rssiDbm, NO_RSSI + 1, 127));
    if (!good) throw new LimfsError('parameter-range', 'a field of a device header is out of its range');
  }
}

/** Bytes of a report in the data area; always even. */
export function reportBytes(devices: number, bodyBytes: number): number {
  return HEAD_BYTES + devices * DEVICE_HEADER_BYTES + ((bodyBytes + 1) & ~1);
}

/** Fills a head but for its two checksums. */
export function putHead(
  head: Uint8Array,
  arrival: Arrival,
  bodyBytes: number,
  copy: number,
  conflict: boolean,
): void {
  head.fill(0);
  putUint32(head, Field.storeHigh, arrival.storeId[0]);
  putUint32(head, Field.storeLow, arrival.storeId[1]);
  putUint32(head, Field.pageCounter, arrival.pageCounter);
  putUint32(head, Field.checksum, arrival.checksum);
  putUint32(head, Field.time, arrival.timeSeconds);
  putUint16(head, Field.bodyBytes, bodyBytes);
  head[Field.devices] = arrival.headers.length;
  putUint16(head, Field.copy, copy);
  head[Field.conflict] = conflict ? 1 : 0;
}

export function putDeviceHeader(bytes: Uint8Array, at: number, header: DeviceHeader): void {
  putUint32(bytes, at, header.device[0]);
  putUint32(bytes, at + 4, header.device[1]);
  putUint32(bytes, at + 8, header.timeSeconds);
  putUint16(bytes, at + 12, header.batteryMillivolts ?? NO_BATTERY);
  putUint16(bytes, at + 14, header.errors);
  bytes[at + 16] = header.rssiDbm ?? NO_RSSI;
  bytes[at + 17] = 0;
}

export function getDeviceHeader(bytes: Uint8Array, at: number): DeviceHeader {
  const battery = getUint16(bytes, at + 12);
  const rssi = (bytes[at + 16]! << 24) >> 24;
  return {
    device: [getUint32(bytes, at), getUint32(bytes, at + 4)],
    timeSeconds: getUint32(bytes, at + 8),
    batteryMillivolts: battery === NO_BATTERY ? null : battery,
    errors: getUint16(bytes, at + 14),
    rssiDbm: rssi === NO_RSSI ? null : rssi,
  };
}
