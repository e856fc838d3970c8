/** LIMFS, a light-weight metering file system: what a firmware uses of it. */

export { type Environment, EnvironmentArea, MAXIMUM_HOPS } from './areas/environment.js';
export { type Install, InstallArea } from './areas/install.js';
export { type Identity, identify, type StoreId } from './areas/superblock.js';
export { type Fold, foldDown } from './checksum.js';
export { type ErrorCode, errorCodes, LimfsError } from './errors.js';
export { CELL_HEAD_BYTES, CellKind, LOST_UNCERTAIN, LostReason } from './manager/cell.js';
export type { ManagerCounters, Outcome } from './manager/intake.js';
export type { ManagerFormat, ManagerSettings } from './manager/managerLayout.js';
export type { ManagerStore } from './manager/managerStore.js';
export { formatManagerStore, mountManagerStore } from './manager/mount.js';
export { createManagerPage, type ManagerPage } from './manager/reports.js';
export { BufferMedium } from './medium/bufferMedium.js';
export type { Medium } from './medium/medium.js';
export type { Channel } from './meter/channels.js';
export type { Finding, FindingCode } from './meter/finding.js';
export type { MeterStore } from './meter/meterStore.js';
export { formatMeterStore, type MeterFormat, mountMeterStore } from './meter/mount.js';
export { type Batch, createBatch, createReading, type Reading, Status } from './meter/reading.js';
export { formatPaperStore, type PaperFormat, PaperStore } from './paper/paperStore.js';
export { BlockPacker, BlockUnpacker, MAXIMUM_BLOCK_BYTES } from './window/packedBlock.js';
export { type RawShape, rawBlockBytes, readRawBlock, writeRawBlock } from './window/rawBlock.js';
