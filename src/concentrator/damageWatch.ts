import type { ReportRing } from '../../lib/limfs/concentrator/index.js';

/**
 * Looks after reports that rot before the server has them: it is told, and only then their places are given free; else
 * a damaged report would hold the ring for ever.
 */
export class DamageWatch {
  readonly #rings: readonly ReportRing[];
  readonly #tell: (damaged: number) => void;
  /** By ring: findings that were looked at. */
  readonly #seen: number[];

  /** `tell` is durable when it returns. */
  constructor(rings: readonly ReportRing[], tell: (damaged: number) => void) {
    this.#rings = rings;
    this.#tell = tell;
    this.#seen = rings.map(() => 0);
  }

  look(): void {
    this.#rings.forEach((ring, index) => {
      const { findings } = ring;
      const from = this.#seen[index]!;
      if (findings.length === from) return;
      this.#seen[index] = findings.length;
      this.#tell(findings.length);
      for (const { slot } of findings.slice(from)) if (slot >= 0) ring.acknowledgeDamage(slot);
    });
  }
}
