/** Lines: what a meter stores from one power-up to the next, by name. */
export { LINE_BYTES, LineList } from './lineList.js';
export { KEPT_LINES, LINES_BYTES, LineRecord } from './lineRecord.js';
