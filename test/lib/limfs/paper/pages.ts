import { identify, storeSeed } from '../../../../lib/limfs/areas/superblock.js';
import type { Medium } from '../../../../lib/limfs/medium/medium.js';
import { OWN_ENTRY_BYTES } from '../../../../lib/limfs/paper/paperFormat.js';
import { PaperPages } from '../../../../lib/limfs/paper/paperPages.js';
import { PageRing } from '../../../../lib/limfs/ring/pageRing.js';

function ringOf(medium: Medium): PageRing {
  const identity = identify(medium);
  if (identity.kind !== 'ours') throw new Error(`the medium is ${identity.kind}`);
  return new PageRing(medium, identity.superblock.geometry, storeSeed(identity.superblock.storeId));
}

export function pageAddressOf(medium: Medium, slot: number): number {
  return ringOf(medium).pageAddress(slot);
}

/** PVT entries on the medium that are committed and belong to pages of the store, the spare page left out. */
export function storedLaps(medium: Medium, next: number): number {
  const ring = ringOf(medium);
  const pages = new PaperPages(medium, ring, ring.geometry.pageBytes - OWN_ENTRY_BYTES);
  let count = 0;
  for (let position = Math.max(0, next - ring.pages + 1); position < next; position += 1) {
    // A lap byte that was written half in a brown-out is neither the lap before nor this one.
    if (pages.lapState(position) !== 'before') count += 1;
  }
  for (let position = next; position < next + ring.pages - 1; position += 1) {
    if (pages.lapState(position) === 'stored') throw new Error(`page ${position} is there before its time`);
  }
  return count;
}
