/** So many (slot, time) pairs are remembered; each costs 6 bytes and together they save a transfer in most searches. */
export const ANCHORS = 16;
const NO_SLOT = 0xffff;

/** Times of some pages, learned on the way and kept in RAM: where a search by time may begin. */
export class Anchors {
  /** One page in each sixteenth of the ring. */
  private readonly slots = new Uint16Array(ANCHORS).fill(NO_SLOT);
  private readonly times = new Uint32Array(ANCHORS);
  /** Sixteenths a slot, times 65,536: a multiplication and a shift cost XS less than a division. */
  private readonly scale: number;

  constructor(pages: number) {
    this.scale = Math.floor((ANCHORS * 0x1_0000) / pages);
  }

  /** In which sixteenth of the ring a slot lies. */
  indexOf(slot: number): number {
    return (slot * this.scale) >> 16;
  }

  /** Remembers the time of a page; what was known of an earlier page in its slot is thereby forgotten. */
  learn(slot: number, timeSeconds: number): void {
    const index = (slot * this.scale) >> 16;
    this.slots[index] = slot;
    this.times[index] = timeSeconds;
  }

  /** Slot of the `index`-th anchor, or -1. */
  slotOf(index: number): number {
    const slot = this.slots[index]!;
    return slot === NO_SLOT ? -1 : slot;
  }

  timeOf(index: number): number {
    return this.times[index]!;
  }
}
