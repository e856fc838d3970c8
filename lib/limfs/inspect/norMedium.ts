import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { identifyNor, type NorIdentity } from '../nor/superblock.js';

const SMALLEST_SECTOR_BYTES = 256;
const LARGEST_SECTOR_BYTES = 262_144;
const LARGEST_UNIT_BYTES = 32;
/** A ring and its log need so many sectors. */
const FEWEST_SECTORS = 8;

/** An image of a NOR flash: the file does not say how large sectors and write units are. Never written to. */
export class NorImage implements Medium {
  readonly sizeBytes: number;
  readonly eraseBytes: number;
  readonly writeBytes: number;
  private readonly medium: Medium;

  constructor(medium: Medium, eraseBytes: number, writeBytes: number) {
    this.medium = medium;
    this.sizeBytes = medium.sizeBytes;
    this.eraseBytes = eraseBytes;
    this.writeBytes = writeBytes;
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.medium.read(address, into, offset, length);
  }

  write(): void {
    throw new LimfsError('medium-rule', 'an image is never written to');
  }

  erase(): void {
    throw new LimfsError('medium-rule', 'an image is never written to');
  }
}

/** Every size of sectors and write units that the image of a NOR flash may have. */
export function* norShapes(medium: Medium): Generator<NorImage> {
  for (let sector = SMALLEST_SECTOR_BYTES; sector <= LARGEST_SECTOR_BYTES; sector *= 2) {
    if (sector * FEWEST_SECTORS > medium.sizeBytes) return;
    for (let unit = 1; unit <= LARGEST_UNIT_BYTES; unit *= 2) yield new NorImage(medium, sector, unit);
  }
}

/** Finds the store on an image of NOR flash; each superblock says which sectors and write units it was made with. */
export function findNor(medium: Medium): { readonly medium: Medium; readonly identity: NorIdentity } {
  const found: { medium: Medium; identity: NorIdentity } = { medium, identity: { kind: 'foreign' } };
  for (const shape of norShapes(medium)) {
    const identity = identityIn(shape);
    if (identity.kind === 'ours') return { medium: shape, identity };
    if (identity.kind === 'formatting' || found.identity.kind === 'foreign') {
      found.medium = shape;
      found.identity = identity;
    }
  }
  return found;
}

function identityIn(shape: NorImage): NorIdentity {
  try {
    return identifyNor(shape);
  } catch (error) {
    // The superblock was found under another shape than it names; that one comes, or was there.
    if (error instanceof LimfsError && error.code === 'parameter-range') return { kind: 'foreign' };
    throw error;
  }
}
