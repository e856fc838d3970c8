/** A column of numbers that grows; millions of readings take no objects. */
export class Column<T extends Float64Array | Int32Array | Uint32Array | Uint8Array> {
  length = 0;
  #values: T;
  readonly #create: (length: number) => T;

  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#values = create(64);
  }

  get(index: number): number {
    return this.#values[index]!;
  }

  push(value: number): void {
    this.set(this.length, value);
  }

  /** Sets a value; those between the last one and this are 0. */
  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const larger = this.#create(Math.max(index + 1, 2 * this.#values.length));
      larger.set(this.#values as ArrayLike<number>);
      this.#values = larger;
    }
    this.#values[index] = value;
    if (index >= this.length) this.length = index + 1;
  }
}

export const doubles = () => new Column((length) => new Float64Array(length));
export const words = () => new Column((length) => new Uint32Array(length));
export const bytes = () => new Column((length) => new Uint8Array(length));
