import type { BusFigures, CapacityFigures } from './figures.js';
import type { NorFigures } from './nor.js';

export interface StoreFigures extends BusFigures {
  readonly capacity: CapacityFigures;
}

/** All that a run of the bench finds out; printed as it is by `--json`. */
export interface BenchResults extends StoreFigures {
  readonly readings: { readonly source: string; readonly real: boolean; readonly meters: number };
  readonly rawRing: StoreFigures;
  readonly nor: NorFigures;
  /** The same with readings up to two seconds early or late, one in a hundred flagged, and two channels. */
  readonly withNoise: StoreFigures & { readonly rawRing: StoreFigures };
}
