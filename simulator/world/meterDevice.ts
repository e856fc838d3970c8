import { FM24V10 } from '../../lib/drivers/fm24v10.js';
import {
  createBatch,
  type MeterFormat,
  mountMeterStore,
  Status,
  type StoreId,
} from '../../lib/limfs/index.js';
import { Meter, type MeterOptions } from '../../src/meter/meter.js';
import { openMeterStore } from '../../src/meter/openStore.js';
import { FM24V10Chip } from '../chips/fm24v10Chip.js';
import { I2CBus, i2cClassOn } from '../chips/i2cBus.js';
import { PowerCut } from '../chips/powerCut.js';
import { MeterWitness } from '../ledger/witness.js';
import { type Activity, TappedStore } from './tappedStore.js';

export type ReadRegister = (timeSeconds: number) => number | undefined;
type MeterDeviceOptions = Omit<MeterOptions, 'firstStart'>;

/** A meter of one channel with its chip: the real firmware on a simulated FRAM, with the taps of the ledger. */
export class MeterDevice {
  readonly chip = new FM24V10Chip();
  readonly bus = new I2CBus(this.chip);
  readonly witness = new MeterWitness();
  readonly storeId: StoreId;
  /** In what the latest power cut fell. */
  activity: Activity = 'idle';
  readonly #format: MeterFormat;
  readonly #options: MeterDeviceOptions;
  readonly #readRegister: ReadRegister;
  /** Undefined without power: nothing of a program outlives a cut but its chip. */
  #meter: Meter | undefined;
  #store: TappedStore | undefined;
  /** What a right meter writes into the status of its next reading. */
  #expectedStatus = 0;

  constructor(format: MeterFormat, options: MeterDeviceOptions, readRegister: ReadRegister) {
    this.#format = format;
    this.#options = options;
    this.#readRegister = readRegister;
    this.storeId = format.storeId;
  }

  get hasPower(): boolean {
    return this.#meter !== undefined;
  }

  get wakeSeconds(): number {
    return this.#meter?.wakeSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** Power is back, and fails again with the byte `failsAfterBytes` on the bus, if one is given. */
  powerOn(timeSeconds: number, failsAfterBytes?: number): void {
    this.chip.powerOn();
    this.witness.powerOn(timeSeconds);
    if (failsAfterBytes !== undefined) this.chip.powerCutAfterBytes(failsAfterBytes);
    this.#guard(timeSeconds, () => this.#start(timeSeconds));
  }

  powerOff(timeSeconds: number): void {
    this.activity = this.#store?.activity ?? 'start';
    this.#meter = undefined;
    this.#store = undefined;
    this.witness.powerOff(timeSeconds);
  }

  /** Lets the meter do what is due; returns the packet that it sends. */
  wake(timeSeconds: number): Uint8Array | undefined {
    return this.#guard(timeSeconds, () => this.#meter?.wake(timeSeconds) ?? 0);
  }

  receive(timeSeconds: number, packet: Uint8Array): Uint8Array | undefined {
    return this.#guard(timeSeconds, () => this.#meter?.receive(packet, packet.length) ?? 0);
  }

  /** Whether the chip gives the reading with this sequence to somebody who mounts it now. */
  isOnChip(sequence: number): boolean {
    const batch = createBatch(1);
    return mountMeterStore(this.#openChip()).read(sequence, batch) > 0 && batch.firstSequence === sequence;
  }

  #openChip(): FM24V10 {
    return new FM24V10({ memory: { io: i2cClassOn(this.bus) } });
  }

  #start(timeSeconds: number): number {
    const { store, firstStart } = openMeterStore(this.#openChip(), this.#format);
    this.#store = new TappedStore(store, this.witness);
    this.#expectedStatus = firstStart ? 0 : Status.powerFailed;
    const register = {
      read: (now: number, values: number[]) => this.#readTapped(now, values),
    };
    const meter = new Meter(this.#store, register, { ...this.#options, firstStart });
    meter.start(timeSeconds);
    this.#meter = meter;
    return 0;
  }

  /** The tap at the register input. */
  #readTapped(timeSeconds: number, values: number[]): boolean {
    const value = this.#readRegister(timeSeconds);
    this.witness.taken(timeSeconds, value, this.#expectedStatus);
    if (value === undefined) return false;
    values[0] = value;
    // The first reading after a power-up says so, the next one not any more.
    this.#expectedStatus = 0;
    return true;
  }

  /** Runs a piece of the firmware up to its end or to the power cut; returns the packet that it sends. */
  #guard(timeSeconds: number, run: () => number): Uint8Array | undefined {
    try {
      const length = run();
      return length > 0 ? this.#meter?.packet.slice(0, length) : undefined;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      this.powerOff(timeSeconds);
      return undefined;
    }
  }
}
