import type { FlashStorage } from '../../../../lib/drivers/io.js';
import { NorFlash } from '../../../../lib/drivers/norFlash.js';
import { flashStorageOn } from '../../../../simulator/chips/flashStorage.js';
import { NorFlashChip } from '../../../../simulator/chips/norFlashChip.js';
import { PowerCut, type PowerCutMode } from '../../../../simulator/chips/powerCut.js';
import { createRandom, type Random } from '../../../../simulator/random/random.js';

export interface FlashShape {
  readonly unitBytes?: number;
  readonly sectorBytes?: number;
  readonly sectors?: number;
}

/** A random source that a test sets anew for each case, so that a case can be replayed by itself. */
class CaseRandom implements Random {
  private current = createRandom(0);
  begin(seed: number, name: string): void {
    this.current = createRandom(seed, name);
  }
  nextUint32(): number {
    return this.current.nextUint32();
  }
  below(n: number): number {
    return this.current.below(n);
  }
  chance(millionths: number): boolean {
    return this.current.chance(millionths);
  }
}

/** One command that changes the flash. */
type Command = { readonly bytes: Uint8Array; readonly address: number } | { readonly sector: number };

/** What a store did to its flash, to be done again with the power cut at any step. */
export interface NorRecording {
  readonly commands: readonly Command[];
  /** Programmed bytes and erased sectors: the places where the power can be cut. */
  readonly steps: number;
}

/** A chip whose cells must not be programmed twice. */
export class FlashRig {
  readonly chip: NorFlashChip;
  readonly cells = new CaseRandom();
  private readonly storage: FlashStorage;
  private recorded: Command[] | null = null;

  constructor({ unitBytes = 1, sectorBytes = 1024, sectors = 10 }: FlashShape = {}) {
    this.chip = new NorFlashChip({
      sizeBytes: sectors * sectorBytes,
      sectorBytes,
      unitBytes,
      reprogramAllowed: false,
      random: this.cells,
    });
    this.storage = this.recording(flashStorageOn(this.chip));
  }

  medium(): NorFlash {
    return new NorFlash({ memory: { io: this.storage, path: 'limfs' } });
  }

  record(work: () => void): NorRecording {
    const { chip } = this;
    const before = chip.steps;
    const commands: Command[] = [];
    this.recorded = commands;
    try {
      work();
    } finally {
      this.recorded = null;
    }
    return { commands, steps: chip.steps - before };
  }

  /** Does recorded commands again and cuts the power after so many steps; the power is back on return. */
  play({ commands }: NorRecording, afterSteps: number, mode: PowerCutMode): void {
    const medium = this.medium();
    this.cutAfter(afterSteps, mode, () => {
      for (const command of commands) {
        if ('sector' in command) medium.erase(command.sector * medium.eraseBytes, medium.eraseBytes);
        else medium.write(command.address, command.bytes, 0, command.bytes.length);
      }
    });
  }

  /** Cuts the power so many steps into some work; false when the work was done before that. */
  cutAfter(steps: number, mode: PowerCutMode, work: () => void): boolean {
    let cut = false;
    this.chip.powerCutAfterSteps(steps, mode);
    try {
      work();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      cut = true;
    }
    this.chip.powerOn();
    return cut;
  }

  private recording(storage: FlashStorage): FlashStorage {
    return {
      open: (options) => {
        const partition = storage.open(options);
        return {
          ...partition,
          write: (bytes, address) => {
            this.recorded?.push({ bytes: bytes.slice(), address });
            partition.write(bytes, address);
          },
          eraseBlock: (start, end) => {
            for (let sector = start; sector < end; sector += 1) this.recorded?.push({ sector });
            partition.eraseBlock(start, end);
          },
        };
      },
    };
  }
}
