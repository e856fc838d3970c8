/** A way down to a device: the devices between, nearest to this one first. */
export type Way = readonly number[];

interface Entry {
  destination: number;
  way: Way;
  /** Counts up with every packet; the entry with the smallest number has been silent the longest. */
  heard: number;
  kept: boolean;
}

const noWay: Way = Object.freeze([]);

/** The ways down that a local manager or a concentrator has learned; the one that was silent longest makes room. */
export class Ways {
  readonly #maximum: number;
  readonly #entries: Entry[] = [];
  #clock = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The way to a destination; empty, which means directly, for an unknown one. */
  to(destination: number): Way {
    return this.#find(destination)?.way ?? noWay;
  }

  learn(destination: number, way: Way): void {
    this.#clock += 1;
    const entry = this.#find(destination);
    if (entry !== undefined) {
      entry.way = way;
      entry.heard = this.#clock;
    } else if (way.length > 0) this.#add({ destination, way, heard: this.#clock, kept: false });
  }

  /** Sets a way that never makes room for others, though it changes when the device is heard. */
  keep(destination: number, way: Way): void {
    this.learn(destination, way);
    const entry = this.#find(destination);
    if (entry !== undefined) entry.kept = true;
  }

  #find(destination: number): Entry | undefined {
    // A loop, not `find`: it runs with every packet, and a closure called for each entry costs more than the entry.
    for (const entry of this.#entries) if (entry.destination === destination) return entry;
    return undefined;
  }

  #add(added: Entry): void {
    if (this.#entries.length < this.#maximum) {
      this.#entries.push(added);
      return;
    }
    let place = -1;
    for (let index = 0; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]!;
      if (!entry.kept && (place < 0 || entry.heard < this.#entries[place]!.heard)) place = index;
    }
    if (place >= 0) this.#entries[place] = added;
  }
}
