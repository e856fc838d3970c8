import type { NodeCounters } from '../../src/network/counters.js';

/** What a device's node has counted, in words of the coverage table. */
export function nodeCounts(counters: Readonly<NodeCounters>): Readonly<Record<string, number>> {
  return {
    'packet that came twice': counters.repeated,
    'packet with a broken seal': counters.unsealed,
    'packet without a header': counters.malformed,
    'message in pieces given up': counters.abandoned,
  };
}
