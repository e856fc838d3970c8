import type { LineList } from '../../lib/limfs/lines/index.js';
import { ahead } from '../../lib/limfs/sequence.js';

interface Line {
  readonly first: number;
  /** The line before it; 0: nobody has told. */
  parent: number;
  /** Another one was begun behind it: it can never be the newest again, whatever an old report says. */
  isOver: boolean;
}

/** Whether a sequence names one reading on two lines; 'unknown': too little was told to say so. */
export type Sameness = 'same' | 'other' | 'unknown';

/**
 * The lines of one meter, by name: where each begins, and which one it goes on from. None of that ever changes, so it
 * may be told in any order, by several local managers, and again. A meter whose chip got an older image goes on from a
 * line somewhere before its end: there the tree branches.
 */
export class LineTree {
  readonly #lines = new Map<number, Line>();
  /** Lines of which nobody has told what they go on from. */
  #roots = 0;
  /** The line that was told last to be the newest; 0: none was. */
  newest = 0;

  /** Takes lines of which each goes on from the one before it; the meter is on `newest`. */
  learn(lines: LineList, newest: number): void {
    for (let index = 0; index < lines.count; index += 1) {
      this.#take(lines.names[index]!, lines.firsts[index]!, index === 0 ? 0 : lines.names[index - 1]!);
    }
    if (newest !== this.newest && this.#lines.get(newest)?.isOver === false) {
      this.#end(this.newest);
      this.newest = newest;
    }
  }

  isKnown(line: number): boolean {
    return this.#lines.has(line);
  }

  /** Whether some line goes on from nobody knows where: more would have to be told. */
  get hasLooseEnd(): boolean {
    return this.#roots > 1;
  }

  /** Whether a sequence names the same reading on two lines; 0 for one that nobody has told of, and that may be any. */
  compare(line: number, other: number, sequence: number): Sameness {
    if (line === other || line === 0 || other === 0) return 'same';
    const owner = this.#ownerOf(line, sequence);
    const otherOwner = this.#ownerOf(other, sequence);
    if (owner === otherOwner) return 'same';
    return this.isKnown(owner) && this.isKnown(otherOwner) ? 'other' : 'unknown';
  }

  /** The first sequence up to `end` that is not known to be the same reading on two lines; `end` if there is none. */
  partingOf(line: number, other: number, end: number): number {
    let parting = end;
    while (parting > 0 && this.compare(line, other, parting - 1) !== 'same') {
      const first = this.#firstOf(this.#ownerOf(line, parting - 1));
      const otherFirst = this.#firstOf(this.#ownerOf(other, parting - 1));
      parting = Math.min(parting - 1, Math.max(first, otherFirst));
    }
    return parting;
  }

  /** The newest `most` lines of the meter's readings up to a sequence, the oldest first. */
  ancestry(sequence: number, most: number): { readonly name: number; readonly first: number }[] {
    const found: { readonly name: number; readonly first: number }[] = [];
    let name = sequence < 0 ? 0 : this.#ownerOf(this.newest, sequence);
    for (
      let at = this.#lines.get(name);
      at !== undefined && found.length < most;
      at = this.#lines.get(name)
    ) {
      found.unshift({ name, first: at.first });
      name = at.parent;
    }
    return found;
  }

  #take(name: number, first: number, parent: number): void {
    this.#end(parent);
    const known = this.#lines.get(name);
    if (known === undefined) {
      this.#lines.set(name, { first, parent, isOver: false });
      if (parent === 0) this.#roots += 1;
    } else if (known.parent === 0 && parent !== 0) {
      known.parent = parent;
      this.#roots -= 1;
    }
  }

  #end(name: number): void {
    const line = this.#lines.get(name);
    if (line !== undefined) line.isOver = true;
  }

  /**
   * The line that a reading is of that came while the meter was on `line`, or on one that went on from it. One that is
   * older than what is known of it is of a nameless line, a negative number.
   */
  #ownerOf(line: number, sequence: number): number {
    let name = line;
    for (let at = this.#lines.get(name); at !== undefined; at = this.#lines.get(name)) {
      if (ahead(sequence, at.first) >= 0) break;
      if (at.parent === 0) return -name;
      name = at.parent;
    }
    return name;
  }

  #firstOf(owner: number): number {
    return this.#lines.get(owner)?.first ?? 0;
  }
}
