import { type Fold, foldDown } from './checksum.js';
import { type UnpackPlain, unpackPlain } from './meter/unpackPlain.js';

/** Functions that a port may replace by native ones of equal results. */
export interface Natives {
  readonly fold: Fold;
  readonly unpackPlain: UnpackPlain;
}

/** All of them in TypeScript. */
export const noNatives: Natives = Object.freeze({ fold: foldDown, unpackPlain });
