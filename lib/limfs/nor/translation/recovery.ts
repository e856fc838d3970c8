import type { BlockLog } from './blockLog.js';
import { MAXIMUM_ROW_BLOCKS, NOWHERE } from './layout.js';

/**
 * Mount: goes through the heads of the log and finds where each block's newest content is.
 *
 * The newest row alone is in doubt, as a cut may have torn it: it counts when its last head is there and reads whole
 * again and again. A row before it was judged by an earlier mount, and the next head tells how: it goes on behind the
 * row, and repeats what its last head says; or it takes the row's first serial, and so voids it. Whatever an unstable
 * head reads like today does not matter any more.
 */
export class Recovery {
  /** Heads that are missing between others: the newest content of so many blocks may be lost. */
  missingHeads = 0;
  private readonly log: BlockLog;
  private readonly places: Uint16Array;
  private readonly rowBlocks = new Uint16Array(MAXIMUM_ROW_BLOCKS);
  private readonly rowPlaces = new Uint16Array(MAXIMUM_ROW_BLOCKS);
  /** Heads of the row, the serial of its first one, and how many its last one says are left. */
  private count = 0;
  private firstSerial = 0;
  private left = 0;
  private started = false;
  /** Sectors before that of the head before. */
  private sectors = 0;

  constructor(log: BlockLog, places: Uint16Array) {
    this.log = log;
    this.places = places;
  }

  /** Fills `places`, and tells the log where it goes on. */
  run(): void {
    const { log, places } = this;
    places.fill(NOWHERE);
    log.mount((place, sectorsBefore) => this.take(place, sectorsBefore));
    if (!this.started) return;
    log.serial = this.firstSerial;
    const last = this.count - 1;
    if (last < 0 || this.left > 0 || !log.findsWhole(this.rowPlaces[last]!)) return;
    log.serial = (this.firstSerial + this.count) >>> 0;
    this.apply();
    log.isProven = false;
  }

  private take(place: number, sectorsBefore: number): void {
    const { head } = this.log;
    if (!this.started) {
      this.started = true;
      this.firstSerial = head.serial;
    }
    const ahead = (head.serial - this.firstSerial - this.count) | 0;
    if (ahead < 0) this.count = Math.max(0, this.count + ahead);
    if (head.isFirst) this.apply();
    if (ahead > 0) this.bridge(ahead);
    this.sectors = sectorsBefore;
    if (head.isFirst) {
      this.apply();
      this.firstSerial = head.serial;
    } else if (this.count === 0) this.firstSerial = head.serial;
    this.left = head.left;
    this.push(head.block, place);
  }

  /** Heads cannot be read: the one before is repeated by this one. */
  private bridge(heads: number): void {
    const { previousBlock, previousPlace } = this.log.head;
    // The oldest sector's erasure may have been cut off; what it held stands in later ones.
    if (this.sectors > 0) this.missingHeads += heads - 1;
    if (this.count === 0) this.firstSerial = (this.log.head.serial - 1) >>> 0;
    this.push(previousBlock, previousPlace);
  }

  private push(block: number, place: number): void {
    if (block >= this.places.length || this.count >= MAXIMUM_ROW_BLOCKS) {
      this.missingHeads += 1;
      return;
    }
    this.rowBlocks[this.count] = block;
    this.rowPlaces[this.count] = place;
    this.count += 1;
  }

  /** The row counts. */
  private apply(): void {
    const { count, rowBlocks, rowPlaces, log } = this;
    for (let index = 0; index < count; index += 1) this.places[rowBlocks[index]!] = rowPlaces[index]!;
    if (count > 0) {
      log.previousBlock = rowBlocks[count - 1]!;
      log.previousPlace = rowPlaces[count - 1]!;
    }
    this.count = 0;
  }
}
