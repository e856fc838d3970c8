/** So many (slot, time) pairs are remembered; each costs 6 bytes and together they save a transfer in most searches. */
const ANCHORS = 16;

/** Times of some pages, learned on the way and kept in RAM: where a search by time may begin. */
export class Anchors {
  private readonly slots = new Uint16Array(ANCHORS);
  private readonly times = new Uint32Array(ANCHORS);
  private known = 0;
  private readonly stride: number;

  constructor(pages: number) {
    this.stride = Math.ceil(pages / ANCHORS);
  }

  get count(): number {
    return ANCHORS;
  }

  /** Remembers the time of a page, one page in each sixteenth of the ring. */
  learn(slot: number, timeSeconds: number): void {
    const index = Math.floor(slot / this.stride);
    this.slots[index] = slot;
    this.times[index] = timeSeconds;
    this.known |= 1 << index;
  }

  /** A page is about to be overwritten: what was known of it is not true any more. */
  forget(slot: number): void {
    const index = Math.floor(slot / this.stride);
    if (this.slots[index] === slot) this.known &= ~(1 << index);
  }

  /** Slot of the `index`-th anchor, or -1. */
  slotOf(index: number): number {
    return (this.known & (1 << index)) === 0 ? -1 : this.slots[index]!;
  }

  timeOf(index: number): number {
    return this.times[index]!;
  }
}
