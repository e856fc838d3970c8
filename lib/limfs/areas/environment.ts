import { foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { getUint16, getUint32, putUint16, putUint32 } from './bytes.js';
import { ENVIRONMENT_ADDRESS, ENVIRONMENT_BYTES } from './layout.js';
import { RecordPair } from './record.js';
import { type StoreId, storeSeed } from './superblock.js';

/** At most this many devices are on the way up, the local manager included. */
export const MAXIMUM_HOPS = 8;

/** At most so many limits are watched. */
export const MAXIMUM_THRESHOLDS = 4;

/** A limit on one channel (D08): over-consumption, pressure, voltage. */
export interface Threshold {
  readonly channel: number;
  /** Of the value itself, or of what it grew since the reading before. */
  readonly of: 'value' | 'growth';
  /** Raised above `raise` or, if that is smaller than `clear`, below it; cleared behind `clear`. Both i32. */
  readonly raise: number;
  readonly clear: number;
}

/** The environment variables (the paper's section 3) that stay until somebody changes them; the current time is the store's `checkpoint`. */
export interface Environment {
  /** Logical network, u32. */
  readonly networkId: number;
  /** This device's address in it, u16. */
  readonly address: number;
  /** The way up, nearest first: the routers, then the local manager (of a local manager: the concentrator); at most `MAXIMUM_HOPS`. */
  readonly route: readonly number[];
  /** Another way there, for when the first is silent; empty when there is none. */
  readonly alternateRoute: readonly number[];
  /** Share of time that the radio may send, in thousandths. */
  readonly dutyCyclePermille: number;
  /** Readings in a window; 0: as many as the firmware chooses. */
  readonly windowReadings: number;
  /** The number of the last command that was begun, u32: none is carried out twice. */
  readonly lastCommand: number;
  /** What a command has set; absent: never, so that the firmware's own count. */
  readonly thresholds?: readonly Threshold[];
}

export const ENVIRONMENT_KIND = 0x0302;

/** Reads and writes the environment area of a store; format() begins with an empty one. */
export class EnvironmentArea {
  private readonly record: RecordPair;

  constructor(medium: Medium, storeId: StoreId) {
    const seedSum = seed(storeSeed(storeId), ENVIRONMENT_KIND);
    this.record = new RecordPair(medium, ENVIRONMENT_ADDRESS, ENVIRONMENT_BYTES, seedSum, foldDown);
  }

  /** null before the first `store`, or when both copies are damaged. */
  load(): Environment | null {
    if (!this.record.load()) return null;
    const { buffer, payloadOffset: at } = this.record;
    return {
      networkId: getUint32(buffer, at),
      address: getUint16(buffer, at + 4),
      dutyCyclePermille: getUint16(buffer, at + 6),
      route: getRoute(buffer, at + 8),
      alternateRoute: getRoute(buffer, at + 26),
      windowReadings: buffer[at + 44]!,
      lastCommand: getUint32(buffer, at + 46),
      ...getThresholds(buffer, at + 50),
    };
  }

  /** Errors: `record-range`, when the route is too long, or there are too many thresholds, or too large ones. */
  store(environment: Environment): void {
    const payload = new Uint8Array(this.record.payloadBytes);
    putUint32(payload, 0, environment.networkId);
    putUint16(payload, 4, environment.address);
    putUint16(payload, 6, environment.dutyCyclePermille);
    putRoute(payload, 8, environment.route);
    putRoute(payload, 26, environment.alternateRoute);
    payload[44] = environment.windowReadings;
    putUint32(payload, 46, environment.lastCommand);
    if (environment.thresholds !== undefined) putThresholds(payload, 50, environment.thresholds);
    this.record.store(payload);
  }
}

/** A route takes a byte of hops, a zero, and two bytes for each of the most hops there can be. */
function getRoute(bytes: Uint8Array, at: number): number[] {
  const route: number[] = [];
  const hops = Math.min(bytes[at]!, MAXIMUM_HOPS);
  for (let hop = 0; hop < hops; hop += 1) route.push(getUint16(bytes, at + 2 + 2 * hop));
  return route;
}

function putRoute(bytes: Uint8Array, at: number, route: readonly number[]): void {
  if (route.length > MAXIMUM_HOPS) {
    throw new LimfsError('record-range', `a route has at most ${MAXIMUM_HOPS} hops, not ${route.length}`);
  }
  bytes[at] = route.length;
  route.forEach((address, hop) => {
    putUint16(bytes, at + 2 + 2 * hop, address);
  });
}

const THRESHOLD_BYTES = 9;
const GROWTH = 0x80;

/** One more than their number, 0 when they were never set; then channel and kind in a byte, and both limits of each. */
function getThresholds(bytes: Uint8Array, at: number): { thresholds?: Threshold[] } {
  if (bytes[at] === 0) return {};
  const thresholds: Threshold[] = [];
  const count = Math.min(bytes[at]! - 1, MAXIMUM_THRESHOLDS);
  for (let index = 0; index < count; index += 1) {
    const from = at + 1 + index * THRESHOLD_BYTES;
    thresholds.push({
      channel: bytes[from]! & ~GROWTH,
      of: (bytes[from]! & GROWTH) === 0 ? 'value' : 'growth',
      raise: getUint32(bytes, from + 1) | 0,
      clear: getUint32(bytes, from + 5) | 0,
    });
  }
  return { thresholds };
}

function putThresholds(bytes: Uint8Array, at: number, thresholds: readonly Threshold[]): void {
  const good = ({ channel, raise, clear }: Threshold) =>
    channel >= 0 && channel < GROWTH && (raise | 0) === raise && (clear | 0) === clear;
  if (thresholds.length > MAXIMUM_THRESHOLDS || !thresholds.every(good)) {
    throw new LimfsError('record-range', `there are at most ${MAXIMUM_THRESHOLDS} thresholds, of 32 bits`);
  }
  bytes[at] = 1 + thresholds.length;
  thresholds.forEach(({ channel, of, raise, clear }, index) => {
    const from = at + 1 + index * THRESHOLD_BYTES;
    bytes[from] = channel | (of === 'growth' ? GROWTH : 0);
    putUint32(bytes, from + 1, raise >>> 0);
    putUint32(bytes, from + 5, clear >>> 0);
  });
}
