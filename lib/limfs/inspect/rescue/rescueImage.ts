import { identify, Role } from '../../areas/superblock.js';
import { BufferMedium } from '../../medium/bufferMedium.js';
import { mountTranslation } from '../../nor/translation/index.js';
import { findNor } from '../norMedium.js';
import { rescueConcentrator } from './concentrator.js';
import { rescueManager } from './manager.js';
import { rescueMeter } from './meter.js';
import { rescueNor } from './nor.js';
import { rescuePaper } from './paper.js';
import type { Rescue, Watch } from './rescue.js';

/**
 * Reads what can be proven of an image of any role, whole or damaged anywhere, or of a cut-out: superblocks are used where
 * they are whole, and not needed. The image is not changed. Null when nothing can be proven.
 */
export function rescueImage(image: Uint8Array, watch: Watch = () => undefined): Rescue | null {
  const bytes = untranslated(image);
  const ways = waysFor(bytes);
  let best: Rescue | null = null;
  for (const [index, way] of ways.entries()) {
    const rescue = way(bytes, (share) => watch((index + share) / ways.length));
    if (rescue === null) continue;
    if (best === null || rescue.proven.length > best.proven.length) best = rescue;
    if (best.proven.length > 0) break;
  }
  return best;
}

/**
 * In which order stores are looked for. A concentrator's reports are made of a local manager's cells, so they come first;
 * placing a cut-out of a meter's chip takes longest. A whole superblock says which one it is.
 */
function waysFor(bytes: Uint8Array): readonly ((bytes: Uint8Array, watch: Watch) => Rescue | null)[] {
  const identity = identify(new BufferMedium(bytes));
  const role = identity.kind === 'ours' ? identity.superblock.role : 0;
  if (role === Role.meter) return [rescueMeter];
  if (role === Role.paperMeter) return [rescuePaper];
  if (role === Role.manager) return [rescueManager];
  if (role === Role.concentrator) return [rescueConcentrator];
  return [rescueConcentrator, rescueManager, rescueNor, rescuePaper, rescueMeter];
}

/** What a store sees of its flash, where it lies in a translation whose superblock is whole. */
function untranslated(image: Uint8Array): Uint8Array {
  const { identity, medium } = findNor(new BufferMedium(image));
  if (identity.kind !== 'ours' || identity.superblock.role !== Role.translation) return image;
  const translation = mountTranslation(medium);
  const bytes = new Uint8Array(translation.sizeBytes);
  translation.read(0, bytes, 0, bytes.length);
  return bytes;
}
