import type { StoreId } from '../../areas/superblock.js';
import type { Channel } from '../../meter/channels.js';
import type { ImageReading } from '../report.js';

/** What could be read of an image without believing its superblocks. */
export interface Rescue {
  readonly role: 'meter' | 'NOR meter' | 'paper' | 'manager' | 'concentrator';
  /** Of the image's store; null when nothing in the image says so. Only its 17-bit seed was needed. */
  readonly storeId: StoreId | null;
  /** Names of the channels, where the image still has them. */
  readonly channels: readonly Channel[];
  /** Readings whose checksums hold; nothing else is ever said to be a reading. */
  readonly proven: readonly ImageReading[];
  /** Readings that make sense, but that no checksum covers. */
  readonly unproven: readonly ImageReading[];
  /** What was found and how, and what was not, a sentence each. */
  readonly statements: readonly string[];
}

/** Told the share of the work that is done, 0 to 1. */
export type Watch = (share: number) => void;

/** The meter's store id where nobody knows it. */
export const NOBODY: StoreId = [0, 0];
