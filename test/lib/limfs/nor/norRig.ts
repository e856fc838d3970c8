import type { FlashStorage } from '../../../../lib/drivers/io.js';
import { NorFlash } from '../../../../lib/drivers/norFlash.js';
import type { MeterFormat } from '../../../../lib/limfs/index.js';
import { formatNorMeterStore, mountNorMeterStore } from '../../../../lib/limfs/nor/mount.js';
import type { NorMeterStore } from '../../../../lib/limfs/nor/norMeterStore.js';
import { flashStorageOn } from '../../../../simulator/chips/flashStorage.js';
import { NorFlashChip } from '../../../../simulator/chips/norFlashChip.js';
import { PowerCut, type PowerCutMode } from '../../../../simulator/chips/powerCut.js';
import { createRandom, type Random } from '../../../../simulator/random/random.js';
import { channelList, type Geometry } from '../../../proof/geometry.js';

export const START_SECONDS = 1_700_000_000;

export interface NorShape {
  readonly unitBytes?: number;
  readonly sectorBytes?: number;
  readonly sectors?: number;
  readonly channels?: number;
  readonly intervalSeconds?: number;
  readonly firstSequence?: number;
}

/** The life of a meter that the proof on FRAM uses, for a store on NOR flash. */
export function proofGeometry(shape: NorShape & { readonly oddities: number }): Geometry {
  return {
    name: 'nor',
    pageBytes: 256,
    pages: 8,
    channels: shape.channels ?? 1,
    intervalSeconds: shape.intervalSeconds ?? 3600,
    firstSequence: shape.firstSequence ?? 0,
    filling: 'ones',
    oddities: shape.oddities,
  };
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

/** A chip whose cells must not be programmed twice, with a formatted store on it. */
export class NorRig {
  readonly chip: NorFlashChip;
  readonly cells = new CaseRandom();
  readonly format: MeterFormat;
  private readonly storage: FlashStorage;
  private recorded: Command[] | null = null;

  constructor(shape: NorShape = {}, seed = 1) {
    const { unitBytes = 1, sectorBytes = 1024, sectors = 10, channels = 1 } = shape;
    this.chip = new NorFlashChip({
      sizeBytes: sectors * sectorBytes,
      sectorBytes,
      unitBytes,
      reprogramAllowed: false,
      random: this.cells,
    });
    this.storage = this.recording(flashStorageOn(this.chip));
    this.format = {
      storeId: [seed, 0x5eed],
      channels: channelList(channels),
      intervalSeconds: shape.intervalSeconds ?? 3600,
      firstSequence: shape.firstSequence ?? 0,
    };
    formatNorMeterStore(this.medium(), this.format);
  }

  medium(): NorFlash {
    return new NorFlash({ memory: { io: this.storage, path: 'limfs' } });
  }

  /** Mounts with fresh objects only: what a reset leaves. */
  mount(): NorMeterStore {
    return mountNorMeterStore(this.medium());
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

/** Calls idle() until nothing is left to do; returns how often. */
export function settle(store: NorMeterStore): number {
  let calls = 1;
  while (store.idle()) {
    calls += 1;
    if (calls > 10_000) throw new Error('idle() does not come to an end');
  }
  return calls;
}

/** Appends regular readings [from, to), with idle time after each. */
export function appendRegular(store: NorMeterStore, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    store.append(START_SECONDS + index * 3600, [registerAt(index)]);
    settle(store);
  }
}

export function registerAt(index: number): number {
  return index * 100 + ((index * index) % 37);
}
