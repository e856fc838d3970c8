import { ahead } from '../link/sequence.js';

/** More gaps than this are merged: what lies between two of them is asked for again, which costs airtime only. */
export const MAXIMUM_GAPS = 8;

/**
 * Which readings of one store have not arrived: everything before `next` has, but for at most MAXIMUM_GAPS gaps.
 * Sequences are u32 in serial-number arithmetic.
 */
export class Missing {
  /** The sequence after the newest one known. */
  next: number;
  /** Gaps in ascending order: first sequences and, at the same index, the sequences after the last ones. */
  readonly #firsts: number[] = [];
  readonly #ends: number[] = [];

  constructor(next: number) {
    this.next = next;
  }

  get gaps(): number {
    return this.#firsts.length;
  }

  /** The first sequence of a gap; the first gap holds the oldest missing reading. */
  first(gap: number): number {
    return this.#firsts[gap]!;
  }

  /** The sequence after the last of a gap. */
  end(gap: number): number {
    return this.#ends[gap]!;
  }

  /** Everything before this sequence has arrived or is known to be lost. */
  get contiguousUpTo(): number {
    return this.#firsts[0] ?? this.next;
  }

  /** The device has readings up to, not including, this sequence: those not seen yet are missing. */
  extendTo(end: number): void {
    if (ahead(end, this.next) <= 0) return;
    const last = this.#ends.length - 1;
    if (last >= 0 && this.#ends[last] === this.next) this.#ends[last] = end;
    else this.#insert(last + 1, this.next, end);
    this.next = end;
  }

  /** The readings [first, end) have arrived or are known to be lost: they are missing no more. */
  remove(first: number, end: number): void {
    this.extendTo(end);
    for (let gap = this.#firsts.length - 1; gap >= 0; gap--) {
      const gapFirst = this.#firsts[gap]!;
      const gapEnd = this.#ends[gap]!;
      if (ahead(first, gapEnd) >= 0 || ahead(end, gapFirst) <= 0) continue;
      const keepsHead = ahead(first, gapFirst) > 0;
      const keepsTail = ahead(end, gapEnd) < 0;
      if (keepsHead && keepsTail) {
        this.#ends[gap] = first;
        this.#insert(gap + 1, end, gapEnd);
      } else if (keepsHead) this.#ends[gap] = first;
      else if (keepsTail) this.#firsts[gap] = end;
      else this.#delete(gap);
    }
  }

  #insert(at: number, first: number, end: number): void {
    this.#firsts.splice(at, 0, first);
    this.#ends.splice(at, 0, end);
    if (this.#firsts.length > MAXIMUM_GAPS) this.#mergeClosest();
  }

  #delete(gap: number): void {
    this.#firsts.splice(gap, 1);
    this.#ends.splice(gap, 1);
  }

  #mergeClosest(): void {
    let closest = 0;
    for (let gap = 1; gap + 1 < this.#firsts.length; gap++) {
      if (this.#distanceAfter(gap) < this.#distanceAfter(closest)) closest = gap;
    }
    this.#ends[closest] = this.#ends[closest + 1]!;
    this.#delete(closest + 1);
  }

  #distanceAfter(gap: number): number {
    return ahead(this.#firsts[gap + 1]!, this.#ends[gap]!);
  }
}
