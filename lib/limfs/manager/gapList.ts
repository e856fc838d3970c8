import { ahead } from '../sequence.js';

/** More gaps than this are merged (each meter's are kept on the medium and loaded when they are needed). */
export const MAXIMUM_GAPS = 8;

/**
 * Sequences of one meter that stand in no page: at most eight ranges in ascending order. It is created once and filled
 * again and again. A range is *uncertain* where some of its readings may stand in a page after all, because ranges had
 * to be merged or because a dropped page may have been reported in part before: they are asked for all the same, but
 * must not be called lost without that word.
 */
export class GapList {
  count = 0;
  /** First sequences and, at the same index, the sequences after the last ones. */
  readonly firsts: number[] = new Array<number>(MAXIMUM_GAPS + 1).fill(0);
  readonly ends: number[] = new Array<number>(MAXIMUM_GAPS + 1).fill(0);
  /** 1 where a range is uncertain. */
  readonly uncertain: number[] = new Array<number>(MAXIMUM_GAPS + 1).fill(0);
  /** Whether anything changed since it was set to false. */
  changed = false;

  clear(): void {
    this.changed = this.changed || this.count > 0;
    this.count = 0;
  }

  /** Whether a sequence of [first, end) is missing. */
  overlaps(first: number, end: number): boolean {
    for (let gap = 0; gap < this.count; gap += 1) {
      if (ahead(first, this.ends[gap]!) < 0 && ahead(end, this.firsts[gap]!) > 0) return true;
    }
    return false;
  }

  /** Sequences in all ranges. */
  get total(): number {
    let total = 0;
    for (let gap = 0; gap < this.count; gap += 1) total += ahead(this.ends[gap]!, this.firsts[gap]!);
    return total;
  }

  /** The sequences [first, end) are missing. */
  add(first: number, end: number, uncertain: boolean): void {
    if (ahead(end, first) <= 0) return;
    let from = first;
    let to = end;
    let flag = uncertain ? 1 : 0;
    let at = 0;
    while (at < this.count && ahead(this.ends[at]!, from) < 0) at += 1;
    while (at < this.count && ahead(this.firsts[at]!, to) <= 0) {
      if (ahead(this.firsts[at]!, from) < 0) from = this.firsts[at]!;
      if (ahead(this.ends[at]!, to) > 0) to = this.ends[at]!;
      flag |= this.uncertain[at]!;
      this.delete(at);
    }
    this.insert(at, from, to, flag);
  }

  /** The sequences [first, end) are missing no more. */
  remove(first: number, end: number): void {
    for (let gap = this.count - 1; gap >= 0; gap -= 1) {
      const gapFirst = this.firsts[gap]!;
      const gapEnd = this.ends[gap]!;
      if (ahead(first, gapEnd) >= 0 || ahead(end, gapFirst) <= 0) continue;
      this.changed = true;
      const keepsHead = ahead(first, gapFirst) > 0;
      const keepsTail = ahead(end, gapEnd) < 0;
      if (keepsHead) this.ends[gap] = first;
      if (keepsHead && keepsTail) this.insert(gap + 1, end, gapEnd, this.uncertain[gap]!);
      else if (keepsTail) this.firsts[gap] = end;
      else if (!keepsHead) this.delete(gap);
    }
  }

  private insert(at: number, first: number, end: number, flag: number): void {
    for (let gap = this.count; gap > at; gap -= 1) this.move(gap - 1, gap);
    this.firsts[at] = first;
    this.ends[at] = end;
    this.uncertain[at] = flag;
    this.count += 1;
    this.changed = true;
    if (this.count > MAXIMUM_GAPS) this.mergeClosest();
  }

  private delete(at: number): void {
    this.count -= 1;
    for (let gap = at; gap < this.count; gap += 1) this.move(gap + 1, gap);
    this.changed = true;
  }

  private move(from: number, to: number): void {
    this.firsts[to] = this.firsts[from]!;
    this.ends[to] = this.ends[from]!;
    this.uncertain[to] = this.uncertain[from]!;
  }

  private mergeClosest(): void {
    let closest = 0;
    for (let gap = 1; gap + 1 < this.count; gap += 1) {
      if (this.distanceAfter(gap) < this.distanceAfter(closest)) closest = gap;
    }
    this.ends[closest] = this.ends[closest + 1]!;
    this.delete(closest + 1);
    this.uncertain[closest] = 1;
  }

  private distanceAfter(gap: number): number {
    return ahead(this.firsts[gap + 1]!, this.ends[gap]!);
  }
}
