import type { ManagerFormat } from '../../../lib/limfs/manager/index.js';

const raw = { storeId: [3, 5], meters: 3, windowReadings: 4, readingBytes: 8, dataBytes: 12 * 32 } as const;

/** Stores of a few cells, in which everything happens soon. */
export const formats: Readonly<Record<string, ManagerFormat>> = {
  raw,
  paper: { ...raw, roll: false, backfill: false },
  packed: {
    storeId: [4, 4],
    meters: 2,
    windowReadings: 6,
    blockBytes: 60,
    dataBytes: 8 * 60,
    rollSeconds: 7200,
  },
  tight: { ...raw, meters: 1, windowReadings: 2, dataBytes: 3 * 16 },
};
