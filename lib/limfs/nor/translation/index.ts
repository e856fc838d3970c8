export { BlockTranslation } from './blockTranslation.js';
export { formatTranslation, mountRewritable, mountTranslation, type TranslationFormat } from './mount.js';
export { UnhurriedMedium } from './unhurriedMedium.js';
