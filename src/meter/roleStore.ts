import type { ReadingStore } from '../../lib/limfs/index.js';

/** What a meter needs of its store. */
export type RoleStore = Pick<
  ReadingStore,
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
