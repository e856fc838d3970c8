/** The local manager's store: what a firmware uses of it. */
export { CELL_HEAD_BYTES, CellKind, LOST_UNCERTAIN, LostReason, MAXIMUM_CELL_BYTES } from './cell.js';
export type { ManagerCounters, MeterBlock, Outcome } from './intakeParts.js';
export type { LinesOutcome } from './lineIntake.js';
export type { ManagerFormat, ManagerSettings } from './managerLayout.js';
export type { ManagerStore } from './managerStore.js';
export { formatManagerStore, mountManagerStore } from './mount.js';
export { createManagerPage, type ManagerPage } from './reports.js';
