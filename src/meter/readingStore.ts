import type { MeterStore } from '../../lib/limfs/index.js';

/** What a meter needs of its store. */
export type ReadingStore = Pick<
  MeterStore,
  | 'storeId'
  | 'intervalSeconds'
  | 'nextSequence'
  | 'oldestSequence'
  | 'count'
  | 'append'
  | 'appendHole'
  | 'newest'
  | 'read'
  | 'checkpoint'
  | 'lastCheckpointSeconds'
>;
