import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import type { Medium } from '../../lib/limfs/medium/medium.js';
import { FM24V10Chip } from '../../simulator/chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../../simulator/chips/i2cBus.js';
import type { PowerCutMode } from '../../simulator/chips/powerCut.js';
import { createRandom } from '../../simulator/random/random.js';
import { ChosenBits } from './rig.js';
import { Tape } from './tape.js';

/** What a store did to its chip, to be done again with the power cut at any place. */
export interface Deed {
  /** Places where the power can be cut: bytes on a bus, cells programmed, sectors erased. */
  readonly places: number;
  /** Data bytes that were stored. */
  readonly storedBytes: number;
  /** Does it again up to a place; the power is back on return. `id` decides what is left half done. */
  play(place: number, mode: PowerCutMode, id: string): void;
}

/** A chip for stores that need bytes which can be rewritten. */
export interface CutRig {
  /** What a store is mounted on, with fresh objects only: what a reset leaves. Changes nothing. */
  medium(): Medium;
  /** Grows with every change of the chip. */
  readonly changes: number;
  record(work: () => void): Deed;
  checkpoint(): void;
  rollBack(): void;
  /** All that the chip holds. */
  readonly image: Uint8Array;
  /** The first bytes of a medium, as a store would read them. */
  contents(medium: Medium, bytes: number): Uint8Array;
  /** A piece of background work of a medium; false when there was none. */
  idle(medium: Medium): boolean;
  /** The same medium, for format(): it may take its time. */
  unhurried(medium: Medium): Medium;
}

/** A FM24V10 on its bus, cut after any byte. */
export class FramCutRig implements CutRig {
  private readonly bits = new ChosenBits();
  private readonly chip = new FM24V10Chip({ random: this.bits });
  private readonly tape = new Tape(this.chip);
  private readonly io = i2cClassOn(new I2CBus(this.tape));

  medium(): Medium {
    return new FM24V10({ memory: { io: this.io } });
  }

  get changes(): number {
    return this.chip.bytesWritten;
  }

  record(work: () => void): Deed {
    const recording = this.tape.record(work);
    return {
      places: recording.busBytes,
      storedBytes: recording.storedBytes,
      play: (place, mode, id) => {
        this.bits.mask = createRandom(place, id).below(0x100);
        this.tape.play(recording, place, mode);
      },
    };
  }

  checkpoint(): void {
    this.chip.checkpoint();
  }

  rollBack(): void {
    this.chip.rollBack();
  }

  get image(): Uint8Array {
    return this.chip.image;
  }

  contents(_medium: Medium, bytes: number): Uint8Array {
    return this.chip.image.subarray(0, bytes);
  }

  idle(): boolean {
    return false;
  }

  unhurried(medium: Medium): Medium {
    return medium;
  }
}
