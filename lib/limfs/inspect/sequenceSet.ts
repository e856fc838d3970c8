/** Sequences of one meter in serial-number arithmetic, as runs without gaps in ascending order. */
export class SequenceSet {
  private readonly runs: { first: number; end: number }[] = [];

  get first(): number {
    return this.runs[0]?.first ?? 0;
  }

  /** The sequence after the last one. */
  get end(): number {
    return this.runs[this.runs.length - 1]?.end ?? 0;
  }

  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  add(first: number, count: number): void {
    if (count === 0) return;
    const run = { first, end: (first + count) >>> 0 };
    let at = this.runs.length;
    while (at > 0 && ((this.runs[at - 1]!.end - run.first) | 0) >= 0) at -= 1;
    let behind = at;
    while (behind < this.runs.length && ((this.runs[behind]!.first - run.end) | 0) <= 0) {
      const other = this.runs[behind]!;
      if (((other.first - run.first) | 0) < 0) run.first = other.first;
      if (((other.end - run.end) | 0) > 0) run.end = other.end;
      behind += 1;
    }
    this.runs.splice(at, behind - at, run);
  }

  /** What lies between the runs. */
  gaps(): { first: number; end: number }[] {
    return this.runs.slice(1).map(({ first }, index) => ({ first: this.runs[index]!.end, end: first }));
  }
}
