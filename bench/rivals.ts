/** One line of the comparison; a maximum stands in brackets behind its mean. */
export interface RivalFigures {
  readonly name: string;
  readonly append: { readonly transactions: number; readonly bytes: number; readonly erasedBytes?: number };
  readonly appendMicroseconds: { readonly mean: number; readonly max: number };
  readonly newestMicroseconds?: number;
  readonly find: { readonly transactions: number; readonly bytes: number; readonly microseconds: number };
  readonly dayMicroseconds: number;
  readonly mount: { readonly transactions: number; readonly bytes: number; readonly microseconds: number };
  readonly readingsKept: number;
  readonly ramBytes: number;
}

/**
 * The rivals in C, measured elsewhere with the same bus model, the same chip size and the same work: hourly readings
 * of 20 bytes, each durable before the call returns, more than two laps of the store.
 */
export const rivals: readonly RivalFigures[] = [
  {
    name: 'FlashDB TSDB, 4 KB sectors',
    append: { transactions: 4.1, bytes: 22, erasedBytes: 24 },
    appendMicroseconds: { mean: 538, max: 38_311 },
    newestMicroseconds: 621,
    find: { transactions: 24.7, bytes: 594, microseconds: 6_314 },
    dayMicroseconds: 13_235,
    mount: { transactions: 237, bytes: 3_452, microseconds: 40_295 },
    readingsKept: 5_240,
    ramBytes: 108,
  },
  {
    name: 'littlefs, 512 B blocks, one file',
    append: { transactions: 61, bytes: 314 },
    appendMicroseconds: { mean: 12_373, max: 89_906 },
    newestMicroseconds: 601,
    find: { transactions: 22.6, bytes: 354, microseconds: 4_069 },
    dayMicroseconds: 8_629,
    mount: { transactions: 117, bytes: 1_301, microseconds: 16_272 },
    readingsKept: 5_220,
    ramBytes: 668,
  },
  {
    name: 'littlefs, 512 B blocks, a file a day',
    append: { transactions: 1_684, bytes: 310 },
    appendMicroseconds: { mean: 209_068, max: 921_328 },
    newestMicroseconds: 537,
    find: { transactions: 127, bytes: 5_200, microseconds: 51_915 },
    dayMicroseconds: 106_530,
    mount: { transactions: 4_377, bytes: 43_700, microseconds: 564_021 },
    readingsKept: 4_373,
    ramBytes: 668,
  },
  {
    name: 'littlefs, 4 KB blocks, files of 204',
    append: { transactions: 4_771, bytes: 2_086, erasedBytes: 3_904 },
    appendMicroseconds: { mean: 471_963, max: 4_200_000 },
    newestMicroseconds: 2_210,
    find: { transactions: 262, bytes: 4_500, microseconds: 50_411 },
    dayMicroseconds: 59_094,
    mount: { transactions: 9_247, bytes: 44_000, microseconds: 760_893 },
    readingsKept: 5_736,
    ramBytes: 1_420,
  },
  {
    name: 'EmbedDB, record-level consistency',
    append: { transactions: 1, bytes: 532 },
    appendMicroseconds: { mean: 4_822, max: 9_274 },
    find: { transactions: 1, bytes: 509, microseconds: 4_619 },
    dayMicroseconds: 13_492,
    mount: { transactions: 386, bytes: 198_000, microseconds: 1_800_000 },
    readingsKept: 6_102,
    ramBytes: 1_508,
  },
  {
    name: 'Coffee (Contiki-NG), files of 204',
    append: { transactions: 2.5, bytes: 20.9, erasedBytes: 21 },
    appendMicroseconds: { mean: 699, max: 146_670 },
    newestMicroseconds: 219,
    find: { transactions: 21, bytes: 426, microseconds: 4_663 },
    dayMicroseconds: 9_183,
    mount: { transactions: 194, bytes: 8_300, microseconds: 82_258 },
    readingsKept: 5_926,
    ramBytes: 64,
  },
  {
    name: 'SPIFFS, kept full',
    append: { transactions: 960, bytes: 14_400 },
    appendMicroseconds: { mean: 1_560_000, max: 6_300_000 },
    newestMicroseconds: 2_976,
    find: { transactions: 25, bytes: 4_500, microseconds: 41_054 },
    dayMicroseconds: 56_959,
    mount: { transactions: 174, bytes: 21_800, microseconds: 203_381 },
    readingsKept: 3_260,
    ramBytes: 1_932,
  },
];
