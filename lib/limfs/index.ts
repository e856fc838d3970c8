/** LIMFS, a light-weight metering file system: what a firmware uses of it. */

export {
  type Environment,
  EnvironmentArea,
  MAXIMUM_HOPS,
  type Threshold,
} from './areas/environment.js';
export { type Install, InstallArea } from './areas/install.js';
export { type Identity, identify, type StoreId } from './areas/superblock.js';
export { type Fold, foldDown } from './checksum.js';
export { type ErrorCode, errorCodes, LimfsError } from './errors.js';
export { BufferMedium } from './medium/bufferMedium.js';
export type { Medium } from './medium/medium.js';
export type { Channel } from './meter/channels.js';
export type { Finding, FindingCode } from './meter/finding.js';
export type { MeterStore } from './meter/meterStore.js';
export { formatMeterStore, type MeterFormat, mountMeterStore } from './meter/mount.js';
export { type Batch, createBatch, createReading, type Reading, Status, startBatch } from './meter/reading.js';
export type { ReadingStore } from './meter/readingStore.js';
export type { Natives } from './natives.js';
