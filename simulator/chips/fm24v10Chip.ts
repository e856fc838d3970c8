import { createRandom, type Random } from '../random/random.js';
import type { I2CTarget } from './i2cBus.js';
import { PowerCut, type PowerCutMode } from './powerCut.js';
import { UndoLog } from './undoLog.js';

const sizeBytes = 0x2_0000;
/** Reserved slave address that selects the device id (data sheet, "Device ID"), with R/W = 0. */
const deviceIdAddress = 0xf8;
/** Manufacturer Ramtron 004h, density 1 Mbit, revision 0. */
const deviceId = [0x00, 0x44, 0x00] as const;

const phases = {
  idle: 0,
  addressHigh: 1,
  addressLow: 2,
  write: 3,
  read: 4,
  deviceIdTarget: 5,
  deviceIdRead: 6,
} as const;
type Phase = (typeof phases)[keyof typeof phases];

const never = Number.POSITIVE_INFINITY;
/** Stands for the byte where the master sends none that could be stored. */
const noData = -1;

export interface FM24V10ChipOptions {
  /** Slave address with the A16 bit clear, as the pins A2 and A1 say. */
  readonly address?: number;
  /** Decides what a brown-out leaves of the byte under way. */
  readonly random?: Random;
}

/**
 * An FM24V10 as its data sheet describes it on the bus: two slave addresses (A16 is a bit of the slave address), a
 * two-byte address, a 17-bit address latch that counts up and rolls over, reads from the latch, write protect,
 * device id. A byte is stored with its eighth bit, before the acknowledge.
 *
 * Faults are armed for a later byte on the bus, counted from the call, slave addresses and memory addresses
 * included, and happen once.
 */
export class FM24V10Chip implements I2CTarget {
  /** The cells. A test may copy, compare and change them at will; such changes are not rolled back. */
  readonly image = new Uint8Array(sizeBytes);
  /** The level of the WP pin: data bytes get no acknowledge and are not stored. */
  writeProtected = false;
  /** Bytes that this chip took part in, addresses included: the places where a cut can be armed. */
  busBytes = 0;
  /** Data bytes stored and delivered. */
  bytesWritten = 0;
  bytesRead = 0;
  readonly #slaveAddress: number;
  readonly #random: Random;
  readonly #undo = new UndoLog();
  // One object for all cuts: making an Error with its stack costs more than the transaction that it ends.
  readonly #powerCut = new PowerCut('power lost during an access to the FM24V10');
  #powered = true;
  #phase: Phase = phases.idle;
  #bank = 0;
  #latch = 0;
  #deviceIdIndex = 0;
  #faultAt = never;
  #cutAt = never;
  #cutMode: PowerCutMode = 'clean';
  #refuseAt = never;
  #refusals = 0;
  #flipAt = never;
  #flipMask = 0;

  constructor(options: FM24V10ChipOptions = {}) {
    this.#slaveAddress = (options.address ?? 0x50) << 1;
    this.#random = options.random ?? createRandom(0, 'FM24V10');
  }

  /** Power is lost when `count` more bytes have passed; everything throws PowerCut from then on. */
  powerCutAfterBytes(count: number, mode: PowerCutMode = 'clean'): void {
    this.#cutAt = this.busBytes + count;
    this.#cutMode = mode;
    this.#findNextFault();
  }

  /** Power is back: the cells are as they were left, the latch is not, and a cut that was armed is not. */
  powerOn(): void {
    this.#powered = true;
    this.#phase = phases.idle;
    this.#latch = 0;
    this.#cutAt = never;
    this.#findNextFault();
  }

  /** When `count` more bytes have passed, the next `times` ones from the master are neither taken nor acknowledged. */
  refuseAfterBytes(count: number, times = 1): void {
    this.#refuseAt = this.busBytes + count;
    this.#refusals = times;
    this.#findNextFault();
  }

  /** When `count` more bytes have passed, the next one is delivered with the bits of `mask` flipped, if it is read. */
  flipReadAfterBytes(count: number, mask: number): void {
    this.#flipAt = this.busBytes + count;
    this.#flipMask = mask;
    this.#findNextFault();
  }

  resetCounters(): void {
    this.bytesWritten = 0;
    this.bytesRead = 0;
  }

  /** From now on `rollBack` can undo what is written over the bus. */
  checkpoint(): void {
    this.#undo.checkpoint();
  }

  /** Brings the cells back to the last checkpoint; costs as much as was written since. */
  rollBack(): void {
    this.#undo.rollBack(this.image);
  }

  start(addressByte: number): boolean {
    const selected = (addressByte & 0xfc) === this.#slaveAddress;
    if (!selected && (addressByte & 0xfe) !== deviceIdAddress) {
      if (this.busBytes >= this.#cutAt) throw this.#powerCut;
      this.#phase = phases.idle;
      return false;
    }
    if (this.#pass(noData) && this.#refuses()) return false;
    if (!selected) return this.#selectDeviceId(addressByte);
    if ((addressByte & 1) !== 0) {
      // "Reads always use the current address" (data sheet, page 5): the page select bit does not count here.
      this.#phase = phases.read;
    } else {
      this.#bank = (addressByte & 2) << 15;
      this.#phase = phases.addressHigh;
    }
    return true;
  }

  receive(byte: number): boolean {
    if (this.#pass(byte) && this.#refuses()) return false;
    switch (this.#phase) {
      case phases.write:
        return this.#store(byte);
      case phases.addressHigh:
        this.#latch = this.#bank | (byte << 8);
        this.#phase = phases.addressLow;
        return true;
      case phases.addressLow:
        this.#latch |= byte;
        this.#phase = phases.write;
        return true;
      case phases.deviceIdTarget:
        return (byte & 0xfc) === this.#slaveAddress;
      default:
        return false;
    }
  }

  send(): number {
    const flip = this.#pass(noData) ? this.#takeFlip() : 0;
    if (this.#phase === phases.read) {
      const byte = this.image[this.#latch]! ^ flip;
      this.#latch = (this.#latch + 1) & (sizeBytes - 1);
      this.bytesRead++;
      return byte;
    }
    if (this.#phase === phases.deviceIdRead) return deviceId[this.#deviceIdIndex++ % deviceId.length]! ^ flip;
    // Nobody drives the line: it reads high.
    return 0xff;
  }

  stop(): void {
    this.#phase = phases.idle;
  }

  /** Counts a byte; throws if the power fails with it or is off; true if another fault may be due with it. */
  #pass(byte: number): boolean {
    if (this.busBytes < this.#faultAt) {
      this.busBytes++;
      return false;
    }
    if (this.busBytes >= this.#cutAt) {
      if (this.#powered && this.#cutMode === 'brownOut' && byte !== noData) this.#halfStore(byte);
      this.#powered = false;
      throw this.#powerCut;
    }
    this.busBytes++;
    return true;
  }

  /** To be asked after a byte from the master was counted. */
  #refuses(): boolean {
    if (this.busBytes <= this.#refuseAt) return false;
    if (--this.#refusals === 0) this.#refuseAt = never;
    this.#findNextFault();
    this.#phase = phases.idle;
    return true;
  }

  /** To be asked after a byte to the master was counted. */
  #takeFlip(): number {
    if (this.busBytes <= this.#flipAt) return 0;
    this.#flipAt = never;
    this.#findNextFault();
    return this.#flipMask;
  }

  #store(byte: number): boolean {
    // A protected byte is neither stored nor acknowledged, and the latch stays (data sheet, "Write protect").
    if (this.writeProtected) return false;
    const image = this.image;
    this.#undo.remember(this.#latch, image[this.#latch]!);
    image[this.#latch] = byte;
    this.#latch = (this.#latch + 1) & (sizeBytes - 1);
    this.bytesWritten++;
    return true;
  }

  /** The byte under way in a brown-out: each bit that was to change has changed or not. */
  #halfStore(byte: number): void {
    if (this.#phase !== phases.write || this.writeProtected) return;
    const old = this.image[this.#latch]!;
    this.#undo.remember(this.#latch, old);
    this.image[this.#latch] = old ^ ((old ^ byte) & this.#random.below(0x100));
  }

  #selectDeviceId(addressByte: number): boolean {
    if ((addressByte & 1) === 0) {
      this.#phase = phases.deviceIdTarget;
      return true;
    }
    if (this.#phase !== phases.deviceIdTarget) return false;
    this.#phase = phases.deviceIdRead;
    this.#deviceIdIndex = 0;
    return true;
  }

  #findNextFault(): void {
    this.#faultAt = Math.min(this.#cutAt, this.#refuseAt, this.#flipAt);
  }
}
