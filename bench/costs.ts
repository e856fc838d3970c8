/** Count, mean, largest and smallest of a series of numbers. */
export class Tally {
  count = 0;
  max = Number.NEGATIVE_INFINITY;
  min = Number.POSITIVE_INFINITY;
  private sum = 0;

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value > this.max) this.max = value;
    if (value < this.min) this.min = value;
  }

  get mean(): number {
    return this.sum / this.count;
  }
}

/** What an operation costs at the bus, over many runs of it. */
export class Costs {
  readonly transactions = new Tally();
  readonly bytesRead = new Tally();
  readonly bytesWritten = new Tally();
  readonly busMicroseconds = new Tally();
}
