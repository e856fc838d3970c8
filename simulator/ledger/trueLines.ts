interface TrueLine {
  readonly first: number;
  /** 0: it is the first one of the chip. */
  readonly parent: number;
}

/**
 * The lines that a meter's readings are of, as the world saw them begin: it knows when the chip got an older image. The
 * local managers and the server have to find out.
 */
export class TrueLines {
  readonly #lines = new Map<number, TrueLine>();
  /** The line of the newest reading on the chip, or one behind it without readings; 0: there is none. */
  newest = 0;
  readonly #sinceSetBack = new Set<number>();

  /** A power-up begins a line with the sequence of its first reading. */
  begin(name: number, first: number): void {
    this.#lines.set(name, { first, parent: this.newest });
    this.newest = name;
    this.#sinceSetBack.add(name);
  }

  /** The chip got an image that was on a line, and has nothing from a sequence on. */
  setBack(line: number, parting: number): void {
    this.#sinceSetBack.clear();
    this.newest = parting === 0 ? 0 : this.ownerOf(line, parting - 1);
  }

  /** Whether a line was begun with the image that the chip has. */
  isOfImage(line: number): boolean {
    return this.#sinceSetBack.has(line);
  }

  /** The line of the reading that the chip had under a sequence while the meter was on `line`; 0: it never was on that. */
  ownerOf(line: number, sequence: number): number {
    let name = line;
    for (let at = this.#lines.get(name); at !== undefined && sequence < at.first; at = this.#lines.get(name))
      name = at.parent;
    return this.#lines.has(name) ? name : 0;
  }
}
