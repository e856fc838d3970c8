import type { Geometry } from '../areas/layout.js';
import type { Medium } from '../medium/medium.js';
import { NO_LAP } from '../ring/lap.js';

const PIECE_BYTES = 256;

/**
 * One byte a slot behind the data area: the lap of the newest page there that was acknowledged. It needs no clearing
 * when a slot is used again, for the lap is another one then; a torn byte cannot be, and a rotted bit spoils the lap's
 * parity: then the report is sent once more.
 */
export class Acknowledgements {
  private readonly medium: Medium;
  private readonly address: number;
  private readonly laps: Uint8Array;

  constructor(medium: Medium, { dataAddress, pages, pageBytes }: Geometry) {
    this.medium = medium;
    this.address = dataAddress + pages * pageBytes;
    this.laps = new Uint8Array(pages);
  }

  load(): void {
    for (let at = 0; at < this.laps.length; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, this.laps.length - at);
      this.medium.read(this.address + at, this.laps, at, length);
    }
  }

  has(slot: number, lap: number): boolean {
    return this.laps[slot] === lap;
  }

  add(slot: number, lap: number): void {
    this.laps[slot] = lap;
    this.medium.write(this.address + slot, this.laps, slot, 1);
  }

  /** format(): nothing is acknowledged. */
  clear(): void {
    this.laps.fill(NO_LAP);
    for (let at = 0; at < this.laps.length; at += PIECE_BYTES) {
      this.medium.write(this.address + at, this.laps, at, Math.min(PIECE_BYTES, this.laps.length - at));
    }
  }
}
