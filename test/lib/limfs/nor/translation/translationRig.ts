import {
  type BlockTranslation,
  formatTranslation,
  mountTranslation,
} from '../../../../../lib/limfs/nor/translation/index.js';
import { FlashRig, type FlashShape } from '../flashRig.js';

export interface TranslationShape extends FlashShape {
  readonly blockBytes?: number;
  readonly sizeBytes?: number;
}

/** A chip with a formatted translation on it. */
export class TranslationRig extends FlashRig {
  constructor(shape: TranslationShape = {}, seed = 1) {
    super({ sectors: 14, ...shape });
    const { blockBytes = 64, sizeBytes } = shape;
    const size = sizeBytes === undefined ? {} : { sizeBytes };
    formatTranslation(this.medium(), { storeId: [seed, 0x7a5], blockBytes, ...size });
  }

  /** Mounts with fresh objects only: what a reset leaves. */
  mount(): BlockTranslation {
    return mountTranslation(this.medium());
  }
}

/** Calls idle() until nothing is left to do; returns how often. */
export function settle(translation: BlockTranslation): number {
  let calls = 1;
  while (translation.idle()) {
    calls += 1;
    if (calls > 10_000) throw new Error('idle() does not come to an end');
  }
  return calls;
}
