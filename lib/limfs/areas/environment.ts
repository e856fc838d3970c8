import { foldDown, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { getUint16, getUint32, putUint16, putUint32 } from './bytes.js';
import { ENVIRONMENT_ADDRESS, ENVIRONMENT_BYTES } from './layout.js';
import { RecordPair } from './record.js';
import { type StoreId, storeSeed } from './superblock.js';

/** At most this many routers lie between a meter and its local manager. */
export const MAXIMUM_HOPS = 8;

/** The environment variables (the paper's section 3) that stay until somebody changes them; the current time is the store's `checkpoint`. */
export interface Environment {
  /** Logical network, u32. */
  readonly networkId: number;
  /** This device's address in it, u16. */
  readonly address: number;
  /** Addresses of the routers towards the local manager, nearest first; at most `MAXIMUM_HOPS`. */
  readonly route: readonly number[];
  /** Share of time that the radio may send, in thousandths. */
  readonly dutyCyclePermille: number;
}

const KIND = 0x0302;

/** Reads and writes the environment area of a store; format() begins with an empty one. */
export class EnvironmentArea {
  private readonly record: RecordPair;

  constructor(medium: Medium, storeId: StoreId) {
    const seedSum = seed(storeSeed(storeId), KIND);
    this.record = new RecordPair(medium, ENVIRONMENT_ADDRESS, ENVIRONMENT_BYTES, seedSum, foldDown);
  }

  /** null before the first `store`, or when both copies are damaged. */
  load(): Environment | null {
    if (!this.record.load()) return null;
    const { buffer, payloadOffset: at } = this.record;
    const route: number[] = [];
    const hops = Math.min(buffer[at + 8]!, MAXIMUM_HOPS);
    for (let hop = 0; hop < hops; hop += 1) route.push(getUint16(buffer, at + 10 + 2 * hop));
    return {
      networkId: getUint32(buffer, at),
      address: getUint16(buffer, at + 4),
      dutyCyclePermille: getUint16(buffer, at + 6),
      route,
    };
  }

  /** Errors: `record-range`, when the route is too long. */
  store(environment: Environment): void {
    if (environment.route.length > MAXIMUM_HOPS) {
      throw new LimfsError(
        'record-range',
        `a route has at most ${MAXIMUM_HOPS} hops, not ${environment.route.length}`,
      );
    }
    const payload = new Uint8Array(this.record.payloadBytes);
    putUint32(payload, 0, environment.networkId);
    putUint16(payload, 4, environment.address);
    putUint16(payload, 6, environment.dutyCyclePermille);
    payload[8] = environment.route.length;
    environment.route.forEach((address, hop) => {
      putUint16(payload, 10 + 2 * hop, address);
    });
    this.record.store(payload);
  }
}
