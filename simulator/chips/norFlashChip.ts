import { createRandom, type Random } from '../random/random.js';
import { PowerCut, type PowerCutMode } from './powerCut.js';
import { UndoLog } from './undoLog.js';

export interface NorFlashChipOptions {
  readonly sizeBytes: number;
  /** Erase unit; 4 KiB on serial NOR flash. */
  readonly sectorBytes?: number;
  /** The most that one program command takes, and the border that it must not cross. */
  readonly pageBytes?: number;
  /** Program unit: 1 on serial NOR flash, 4 to 32 on flash inside a microcontroller. */
  readonly unitBytes?: number;
  /** False for cells with error correction: a unit is programmed once between two erases. */
  readonly reprogramAllowed?: boolean;
  readonly spiHz?: number;
  /** Decides what a brown-out leaves and what unstable cells read. */
  readonly random?: Random;
}

/** Typical times of a W25Q128JV in microseconds (data sheet, "AC electrical characteristics"). */
const firstByteProgramMicroseconds = 30;
const pageProgramMicroseconds = 400;
const sectorEraseMicroseconds = 45_000;
/** A command and a 24-bit address; programming and erasing need a write-enable command before. */
const commandBytes = 4;
const writeEnableBytes = 1;

const never = Number.POSITIVE_INFINITY;

/** A rule of NOR flash was broken: a mistake in the program under test, never to be mistaken for a fault. */
export class FlashRuleError extends Error {
  override readonly name = 'FlashRuleError';
}

/**
 * Serial NOR flash at the level of its commands: programming a page only clears bits, erasing sets a sector to
 * 0xff, and what is half done when the power fails reads one way now and another way then until it is erased.
 * A step is a programmed byte or an erased sector: the places where a cut can be armed.
 */
export class NorFlashChip {
  readonly sizeBytes: number;
  readonly sectorBytes: number;
  readonly pageBytes: number;
  readonly unitBytes: number;
  /** The cells. A test may copy, compare and change them at will; such changes are not rolled back. */
  readonly image: Uint8Array;
  /** The bits of each byte that are neither 0 nor 1. */
  readonly unstable: Uint8Array;
  /** Wear: how often each sector was erased, half erasures included. */
  readonly eraseCounts: Uint32Array;
  steps = 0;
  transactions = 0;
  bytesRead = 0;
  bytesWritten = 0;
  busMicroseconds = 0;
  readonly #byteMicroseconds: number;
  readonly #reprogramAllowed: boolean;
  readonly #random: Random;
  readonly #imageUndo = new UndoLog();
  readonly #unstableUndo = new UndoLog();
  readonly #powerCut = new PowerCut('power lost during an access to the NOR flash');
  #powered = true;
  #cutAt = never;
  #cutMode: PowerCutMode = 'clean';
  #transfersToFail = 0;

  constructor(options: NorFlashChipOptions) {
    this.sizeBytes = options.sizeBytes;
    this.sectorBytes = options.sectorBytes ?? 4096;
    this.pageBytes = options.pageBytes ?? 256;
    this.unitBytes = options.unitBytes ?? 1;
    this.image = new Uint8Array(options.sizeBytes).fill(0xff);
    this.unstable = new Uint8Array(options.sizeBytes);
    this.eraseCounts = new Uint32Array(options.sizeBytes / this.sectorBytes);
    this.#byteMicroseconds = 8_000_000 / (options.spiHz ?? 40_000_000);
    this.#reprogramAllowed = options.reprogramAllowed ?? true;
    this.#random = options.random ?? createRandom(0, 'NOR flash');
  }

  /**
   * Power is lost when `count` more steps are done; everything throws PowerCut from then on. `clean` leaves the
   * step under way undone, `brownOut` half done.
   */
  powerCutAfterSteps(count: number, mode: PowerCutMode = 'clean'): void {
    this.#cutAt = this.steps + count;
    this.#cutMode = mode;
  }

  powerOn(): void {
    this.#powered = true;
    this.#cutAt = never;
  }

  /** The next `times` commands fail as a broken connection would make them, and change nothing. */
  failTransfers(times: number): void {
    this.#transfersToFail = times;
  }

  resetCounters(): void {
    this.transactions = 0;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.busMicroseconds = 0;
  }

  /** From now on `rollBack` can undo what is programmed and erased; wear stays. */
  checkpoint(): void {
    this.#imageUndo.checkpoint();
    this.#unstableUndo.checkpoint();
  }

  rollBack(): void {
    this.#imageUndo.rollBack(this.image);
    this.#unstableUndo.rollBack(this.unstable);
  }

  read(address: number, into: Uint8Array): void {
    this.#command(into.length);
    this.bytesRead += into.length;
    for (let index = 0; index < into.length; index++) {
      const unstable = this.unstable[address + index]!;
      const byte = this.image[address + index]!;
      into[index] = unstable === 0 ? byte : byte ^ (this.#random.below(0x100) & unstable);
    }
  }

  /** Programs `bytes[offset, offset + length)` inside one page. */
  programPage(address: number, bytes: Uint8Array, offset: number, length: number): void {
    this.#checkProgram(address, bytes, offset, length);
    this.#command(writeEnableBytes + length);
    const perByte = (pageProgramMicroseconds - firstByteProgramMicroseconds) / (this.pageBytes - 1);
    this.busMicroseconds += firstByteProgramMicroseconds + perByte * (length - 1);
    for (let done = 0; done < length; done += this.unitBytes) {
      if (this.steps + this.unitBytes > this.#cutAt) {
        this.#losePower(() => this.#halfProgram(address + done, bytes, offset + done));
      }
      for (let index = done; index < done + this.unitBytes; index++) {
        this.#set(address + index, bytes[offset + index]!, 0);
      }
      this.steps += this.unitBytes;
      this.bytesWritten += this.unitBytes;
    }
  }

  eraseSector(sector: number): void {
    if (!(sector >= 0 && sector < this.eraseCounts.length))
      throw new FlashRuleError(`erase of sector ${sector}`);
    this.#command(writeEnableBytes);
    this.busMicroseconds += sectorEraseMicroseconds;
    this.eraseCounts[sector]!++;
    const start = sector * this.sectorBytes;
    if (this.steps >= this.#cutAt) this.#losePower(() => this.#halfErase(start));
    for (let address = start; address < start + this.sectorBytes; address++) this.#set(address, 0xff, 0);
    this.steps++;
  }

  #command(dataBytes: number): void {
    if (!this.#powered) throw this.#powerCut;
    this.transactions++;
    this.busMicroseconds += (commandBytes + dataBytes) * this.#byteMicroseconds;
    if (this.#transfersToFail === 0) return;
    this.#transfersToFail--;
    throw new Error('the flash does not answer');
  }

  #losePower(leaveHalfDone: () => void): never {
    if (this.#cutMode === 'brownOut') leaveHalfDone();
    this.#powered = false;
    throw this.#powerCut;
  }

  #set(address: number, byte: number, unstable: number): void {
    this.#imageUndo.remember(address, this.image[address]!);
    this.image[address] = byte;
    if (this.unstable[address] === unstable) return;
    this.#unstableUndo.remember(address, this.unstable[address]!);
    this.unstable[address] = unstable;
  }

  #checkProgram(address: number, bytes: Uint8Array, offset: number, length: number): void {
    const { pageBytes, unitBytes } = this;
    if (address < 0 || length <= 0 || address + length > this.sizeBytes) {
      throw new FlashRuleError(`program of ${address}+${length} outside of the chip`);
    }
    if (Math.floor(address / pageBytes) !== Math.floor((address + length - 1) / pageBytes)) {
      throw new FlashRuleError(`program of ${address}+${length} wraps inside its page`);
    }
    if (address % unitBytes !== 0 || length % unitBytes !== 0) {
      throw new FlashRuleError(`program of ${address}+${length} is off the unit of ${unitBytes} bytes`);
    }
    for (let index = 0; index < length; index++) {
      this.#checkCell(address + index, bytes[offset + index]!);
    }
  }

  #checkCell(address: number, byte: number): void {
    const old = this.image[address]!;
    if (this.unstable[address] !== 0) throw new FlashRuleError(`program of the torn byte ${address}`);
    if ((byte & ~old) !== 0)
      throw new FlashRuleError(`program of byte ${address} would set bits without an erase`);
    if (!this.#reprogramAllowed && old !== 0xff)
      throw new FlashRuleError(`byte ${address} is programmed twice`);
  }

  /** Each bit that was to be cleared is cleared, is not, or is in between. */
  #halfProgram(address: number, bytes: Uint8Array, offset: number): void {
    for (let index = 0; index < this.unitBytes; index++) {
      const old = this.image[address + index]!;
      const toClear = old & ~bytes[offset + index]!;
      const cleared = toClear & this.#random.below(0x100);
      this.#set(address + index, old & ~cleared, toClear & this.#random.below(0x100));
    }
  }

  /**
   * An erase first programs all cells to 0, then pulls them up to 1, then trims them; a cut in any of these leaves
   * a mixture of old and 0, a mixture of anything, or a sector that looks erased at a glance and is not.
   */
  #halfErase(start: number): void {
    const stage = this.#random.below(3);
    for (let address = start; address < start + this.sectorBytes; address++) {
      const bits = this.#random.below(0x100);
      if (stage === 0) this.#set(address, this.image[address]! & bits, this.image[address]! & ~bits);
      else if (stage === 1) this.#set(address, bits, this.#random.below(0x100));
      else this.#set(address, 0xff, this.#random.chance(20_000) ? bits : 0);
    }
  }
}
