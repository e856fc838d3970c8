import type { FM24V10Chip } from '../../simulator/chips/fm24v10Chip.js';
import type { I2CTarget } from '../../simulator/chips/i2cBus.js';
import { PowerCut, type PowerCutMode } from '../../simulator/chips/powerCut.js';

/** Marks above the 256 bytes that a master sends. */
const SEND = 0x100;
const STOP = 0x101;
const START = 0x200;

/** What a master did on the bus. */
export interface Recording {
  readonly events: readonly number[];
  /** Bytes on the bus, addresses included: the places where the power can be cut. */
  readonly busBytes: number;
  /** Data bytes that were stored. */
  readonly storedBytes: number;
}

/**
 * Sits between bus and chip and keeps what a master does. Played again, with the power cut at another byte each
 * time, it puts the chip through the very traffic of a store that lives, without having to make that store again.
 */
export class Tape implements I2CTarget {
  private readonly chip: FM24V10Chip;
  private events: number[] | null = null;

  constructor(chip: FM24V10Chip) {
    this.chip = chip;
  }

  record(work: () => void): Recording {
    const { chip } = this;
    const { busBytes, bytesWritten } = chip;
    const events: number[] = [];
    this.events = events;
    try {
      work();
    } finally {
      this.events = null;
    }
    return { events, busBytes: chip.busBytes - busBytes, storedBytes: chip.bytesWritten - bytesWritten };
  }

  /** Plays recorded traffic and cuts the power after so many bytes; the power is back on return. */
  play(recording: Recording, afterBytes: number, mode: PowerCutMode = 'clean'): void {
    const { chip } = this;
    chip.powerCutAfterBytes(afterBytes, mode);
    try {
      for (const event of recording.events) {
        if (event < SEND) chip.receive(event);
        else if (event === SEND) chip.send();
        else if (event === STOP) chip.stop();
        else chip.start(event - START);
      }
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    chip.powerOn();
  }

  start(addressByte: number): boolean {
    this.events?.push(START + addressByte);
    return this.chip.start(addressByte);
  }

  receive(byte: number): boolean {
    this.events?.push(byte);
    return this.chip.receive(byte);
  }

  send(): number {
    this.events?.push(SEND);
    return this.chip.send();
  }

  stop(): void {
    this.events?.push(STOP);
    this.chip.stop();
  }
}
