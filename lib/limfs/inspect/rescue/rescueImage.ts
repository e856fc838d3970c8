import { rescueConcentrator } from './concentrator.js';
import { rescueManager } from './manager.js';
import { rescueMeter } from './meter.js';
import { rescueNor } from './nor.js';
import type { Rescue, Watch } from './rescue.js';

/**
 * Reads what can be proven of an image of any role, whole or damaged anywhere, or of a cut-out: superblocks are used where
 * they are whole, and not needed. `bytes` is not changed. Null when nothing can be proven.
 */
export function rescueImage(bytes: Uint8Array, watch: Watch = () => undefined): Rescue | null {
  // A concentrator's reports are made of a local manager's cells, so they are looked for first.
  const ways = [rescueConcentrator, rescueNor, rescueMeter, rescueManager];
  let best: Rescue | null = null;
  for (const [index, way] of ways.entries()) {
    const rescue = way(bytes, (share) => watch((index + share) / ways.length));
    if (rescue === null) continue;
    if (best === null || rescue.proven.length > best.proven.length) best = rescue;
    if (best.proven.length > 0) break;
  }
  return best;
}
