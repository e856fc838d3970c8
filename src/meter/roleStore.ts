import type { ReadingStore } from '../../lib/limfs/index.js';

/** What a meter needs of its store. */
export type RoleStore = Pick<
  ReadingStore,
  | 'storeId'
  | 'findings'
  | 'intervalSeconds'
  | 'channelCount'
  | 'channels'
  | 'nextSequence'
  | 'oldestSequence'
  | 'count'
  | 'append'
  | 'appendHole'
  | 'startRun'
  | 'setInterval'
  | 'newest'
  | 'read'
  | 'checkpoint'
  | 'lastCheckpointSeconds'
>;
