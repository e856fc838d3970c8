/** What became of the register at one time, as seen at the register input. */
export interface Take {
  /** Undefined: the register could not be read. */
  readonly value: number | undefined;
  /** The status that a right meter stores with it. */
  readonly status: number;
  /** The sequence that append returned; undefined as long as it has not returned. */
  sequence: number | undefined;
}

/**
 * What the world saw of one meter: when it had power, what its register said, which appends returned. Nothing here
 * comes out of the code under test but the sequences.
 */
export class MeterWitness {
  /** Times without power: from, to, from, to ... The last has no end as long as it lasts; a meter begins without. */
  readonly #outages: number[] = [Number.NEGATIVE_INFINITY];
  /** By time of the reading. */
  readonly takes = new Map<number, Take>();
  #lastTake: Take | undefined;

  powerOff(timeSeconds: number): void {
    this.#outages.push(timeSeconds);
  }

  powerOn(timeSeconds: number): void {
    this.#outages.push(timeSeconds);
  }

  /** Whether the meter was without power at that time; power that fails or returns in that second counts as off. */
  wasOff(timeSeconds: number): boolean {
    for (let index = 0; index < this.#outages.length; index += 2) {
      const to = this.#outages[index + 1] ?? Number.POSITIVE_INFINITY;
      if (timeSeconds >= this.#outages[index]! && timeSeconds <= to) return true;
    }
    return false;
  }

  /** The tap at the register input. */
  taken(timeSeconds: number, value: number | undefined, status: number): void {
    this.#lastTake = { value, status, sequence: undefined };
    this.takes.set(timeSeconds, this.#lastTake);
  }

  /** The tap at append's return. */
  appended(sequence: number): void {
    if (this.#lastTake !== undefined) this.#lastTake.sequence = sequence;
  }
}
