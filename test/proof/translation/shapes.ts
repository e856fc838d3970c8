import type { TranslationShape } from '../../lib/limfs/nor/translation/translationRig.js';

/** Small sectors, so that background work comes often, with each write unit. */
export const shapes: Readonly<Record<string, TranslationShape>> = {
  unit1: { unitBytes: 1 },
  unit2: { unitBytes: 2, blockBytes: 128, sectorBytes: 2048 },
  unit4: { unitBytes: 4, sectors: 20 },
  unit8: { unitBytes: 8, sectorBytes: 2048 },
  unit16: { unitBytes: 16, sectors: 20 },
  unit32: { unitBytes: 32, sectorBytes: 2048 },
};
