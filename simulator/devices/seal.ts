import { NullSeal, type Seal } from '../../src/link/seal.js';

/** The seal of all links of the world. */
export function sealOf(): Seal {
  return new NullSeal();
}
