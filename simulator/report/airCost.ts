import { HEADER_BYTES } from '../../src/link/packetHeader.js';
import { sum } from '../ledger/account.js';
import { devicesOf, wayUp } from '../topology/topology.js';
import type { NetworkResult } from '../world/networkWorld.js';

/** What a reading costs on the air, on its way from a meter to its local manager. */
export interface AirCost {
  /** Bytes that were sent on all radios, for each reading that was delivered. */
  readonly bytesPerReading: number;
  /** Computed: the same with each reading in a packet of its own, sent again until it is acknowledged at each hop. */
  readonly acknowledgedBytesPerReading: number;
  /** Of the packets on radios. */
  readonly lossShare: number;
}

const tagBytes = 12;
/** Kind, store id, sequence, time, status, value of one reading. */
const readingBytes = 26;
/** An acknowledgement names a store and a sequence. */
const acknowledgementBytes = 14;

/** Compares windows and backfill with what a link that acknowledges each reading would send under the same losses. */
export function airCostOf(result: NetworkResult): AirCost {
  const { topology } = result.options;
  const radios = result.devices.links.filter(({ linkClass }) => linkClass.kind === 'radio');
  const sent = radios.reduce((total, link) => total + link.sent, 0);
  const bytes = radios.reduce((total, link) => total + link.bytes, 0);
  const lost = radios.reduce((total, link) => total + link.lost, 0);
  const delivered = Math.max(1, sum(result.account.delivered));
  const lossShare = sent === 0 ? 0 : lost / sent;
  const meters = devicesOf(topology, 'meter');
  const hops = meters.reduce((total, meter) => total + wayUp(topology, meter).length, 0) / meters.length;
  const kept = 1 - Math.min(0.95, lossShare);
  const packet = HEADER_BYTES + tagBytes + readingBytes;
  const acknowledgement = HEADER_BYTES + tagBytes + acknowledgementBytes;
  // A try succeeds when packet and acknowledgement both arrive; the latter is sent only when the former has.
  const tries = 1 / (kept * kept);
  return {
    bytesPerReading: bytes / delivered,
    acknowledgedBytesPerReading: hops * tries * (packet + kept * acknowledgement),
    lossShare,
  };
}
