import type { Threshold } from '../../lib/limfs/index.js';

export type ThresholdChange = (threshold: number, exceeded: boolean, value: number) => void;

/** Watches the values of each reading, and tells once when a limit is passed and once when it holds again. */
export class Thresholds {
  readonly #thresholds: readonly Threshold[];
  readonly #exceeded: boolean[];
  readonly #before: (number | undefined)[];

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds;
    this.#exceeded = thresholds.map(() => false);
    this.#before = thresholds.map(() => undefined);
  }

  look(values: readonly number[], changed: ThresholdChange): void {
    this.#thresholds.forEach((threshold, index) => {
      const value = this.#measure(index, threshold, values);
      if (value === undefined) return;
      const up = threshold.raise >= threshold.clear;
      const raised = up ? value > threshold.raise : value < threshold.raise;
      const cleared = up ? value <= threshold.clear : value >= threshold.clear;
      if (this.#exceeded[index] ? !cleared : !raised) return;
      this.#exceeded[index] = !this.#exceeded[index];
      changed(index, this.#exceeded[index], value);
    });
  }

  /** Those that are exceeded now. */
  exceeded(): number[] {
    return this.#exceeded.flatMap((isExceeded, index) => (isExceeded ? [index] : []));
  }

  /** The first reading after a restart says nothing about growth. */
  #measure(index: number, { channel, of }: Threshold, values: readonly number[]): number | undefined {
    const value = values[channel];
    if (of === 'value') return value;
    const before = this.#before[index];
    this.#before[index] = value;
    return value === undefined || before === undefined ? undefined : value - before;
  }
}
