/** A meter's store in the paper's own layout: what a firmware or a bench uses of it. */
export { formatPaperStore, type PaperFormat, type PaperSettings } from './paperFormat.js';
export { mountPaperStore, type PaperStore } from './paperStore.js';
