import {
  BufferMedium,
  createBatch,
  createReading,
  type Environment,
  type MeterFormat,
  mountMeterStore,
  Status,
  type StoreId,
} from '../../lib/limfs/index.js';
import type { Firmware } from '../../src/firmware.js';
import { listenSeconds } from '../../src/link/listening.js';
import { openMeterChip } from '../../src/meter/meterChip.js';
import { MeterFirmware } from '../../src/meter/meterFirmware.js';
import type { Link } from '../air/air.js';
import type { LinkClass } from '../air/linkClass.js';
import { SparseFram } from '../chips/sparseFram.js';
import { MeterWitness } from '../ledger/meterWitness.js';
import { Device, type DeviceContext } from './device.js';
import { nodeCounts } from './nodeCounts.js';
import { sealOf } from './seal.js';
import { type Activity, TappedStore } from './tappedStore.js';

/** What the registers show at a time of the world, in milliseconds, a value a channel; undefined: they cannot be read. */
export type ReadRegister = (worldMilliseconds: number) => readonly number[] | undefined;

export interface MeterDeviceOptions {
  readonly format: Omit<MeterFormat, 'sizeBytes'>;
  readonly environment: Environment;
  readonly chipBytes: number;
  readonly link: LinkClass;
  readonly register: ReadRegister;
}

/** A meter's chip at some moment, and the line of readings that it was on. */
export interface MeterImage {
  readonly bytes: Uint8Array;
  readonly line: number;
}

/**
 * A meter on a battery, which listens only when it must: the real firmware on a simulated FRAM, with
 * the taps of the ledger.
 */
export class MeterDevice extends Device {
  readonly chip: SparseFram;
  readonly chips: readonly SparseFram[];
  readonly witness: MeterWitness;
  /** In what the latest power cut fell. */
  cutIn: Activity = 'idle';
  /** The register does not answer. */
  registerFails = false;
  protected override readonly listenMilliseconds = listenSeconds * 1000;
  readonly #options: MeterDeviceOptions;
  #store: TappedStore | undefined;
  #firmware: MeterFirmware | undefined;
  /** The clock stood without power, and the time before has ended already. */
  #clockStood = false;
  #clockIsSet = true;
  #interval: number;
  /** What a right meter writes into the status of its next reading. */
  #status = 0;
  #isAsked = false;

  constructor(context: DeviceContext, index: number, name: string, options: MeterDeviceOptions) {
    super(context, index, name, options.environment.address);
    this.#options = options;
    this.witness = new MeterWitness(options.format.channels.length);
    this.chip = new SparseFram(options.chipBytes);
    this.chips = [this.chip];
    this.#interval = options.format.intervalSeconds;
    this.clock.onStep = (from, to) => this.#stepped(from, to);
  }

  get storeId(): StoreId {
    return this.#options.format.storeId;
  }

  /** Its receiver is off but for a while behind each packet that it sent. */
  override get isListening(): boolean {
    return this.#firmware?.isListening(this.clock.seconds) ?? false;
  }

  get firmware(): MeterFirmware | undefined {
    return this.#firmware;
  }

  /** A fault of the clock while the power is off: it stood, or is wrong by so many milliseconds. */
  spoilClock(error: number | 'stood'): void {
    if (error === 'stood') {
      // What it will be set to is the true time, whatever it showed before.
      this.witness.clockStood(this.#worldSeconds);
      this.#clockStood = true;
      this.#clockIsSet = false;
      this.clock.restart();
    } else this.clock.shift(error);
  }

  /** The supply fails in a moment: what is left of it is used. */
  gasp(): void {
    this.run((timeSeconds) => this.#firmware?.role.powerFailing(timeSeconds));
  }

  override powerOff(): void {
    const wasOn = this.hasPower;
    this.cutIn = wasOn ? (this.#store?.activity ?? 'start') : 'start';
    super.powerOff();
    if (!wasOn) return;
    this.witness.end(this.clock.seconds);
    this.witness.begin(false, this.#trueSeconds, this.#interval, this.#clockIsSet);
  }

  /** What the meter's clock shows; the world's, as long as that has no time. */
  get #trueSeconds(): number {
    return this.#clockIsSet ? this.clock.seconds : this.#worldSeconds;
  }

  get #worldSeconds(): number {
    return Math.floor(this.context.now() / 1000);
  }

  override takePacket(timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void {
    this.#isAsked = true;
    super.takePacket(timeMilliseconds, packet, length, link);
    this.#isAsked = false;
  }

  /** What is on the chip now, for later. */
  backUp(): MeterImage {
    return { bytes: this.chip.image(), line: this.witness.lines.newest };
  }

  /** While the power is off the chip gets an image of itself that is older. */
  restore({ bytes: image, line }: MeterImage): void {
    const endBefore = nextSequenceOf(this.chip.image());
    this.chip.restore(image);
    const newest = createReading();
    const isDated = mountMeterStore(new BufferMedium(image)).newest(newest);
    // Who does not know since when cannot say what was missed.
    if (!isDated || (newest.status & Status.timeSinceBoot) !== 0) this.witness.clockStood(this.clock.seconds);
    this.witness.setBack(nextSequenceOf(image), endBefore, line);
  }

  /** The run is over: what is taken from now on is nobody's concern. */
  closeWitness(): void {
    this.witness.close(this.clock.seconds, nextSequenceOf(this.chip.image()));
  }

  /** Whether the chip gives the reading with this sequence to somebody who mounts it now. */
  readingsOnChip(): (sequence: number) => boolean {
    const store = mountMeterStore(new BufferMedium(this.chip.image()));
    const batch = createBatch(1);
    return (sequence) => store.read(sequence, batch) > 0 && batch.firstSequence === sequence;
  }

  protected override counters(): Readonly<Record<string, number>> {
    if (this.#firmware === undefined) return {};
    const { node, radio } = this.#firmware;
    const isOther = node.route.join() === this.#options.environment.alternateRoute.join();
    return {
      'other route taken': isOther ? 1 : 0,
      'packet above the duty cycle': radio.dutyCycle.refused,
      ...nodeCounts(node.counters),
    };
  }

  protected override forget(): void {
    this.#store = undefined;
    this.#firmware = undefined;
  }

  protected override boot(timeSeconds: number): Firmware {
    const { format, environment, link, register } = this.#options;
    const opened = openMeterChip(this.chip, format);
    const store = new TappedStore(opened.store, this.witness, () => this.#intervalChanged());
    this.#store = store;
    this.#interval = store.intervalSeconds;
    this.#status = opened.firstStart ? 0 : Status.powerFailed;
    this.#firmware = new MeterFirmware(
      { ...opened, store },
      {
        port: this,
        seal: sealOf(),
        payloadBytes: link.payloadBytes,
        bitsPerSecond: link.bitsPerSecond,
        clock: this.clock,
        clockIsSet: this.#clockIsSet,
        random: this.random,
        register: { read: (_seconds, values) => this.#read(values, register) },
        output: () => true,
        batteryMillivolts: () => null,
      },
      { environment, thresholds: [] },
      timeSeconds,
    );
    if (!this.#clockStood) this.witness.end(this.#trueSeconds);
    this.#clockStood = false;
    const { names, firsts, count } = opened.lines.list;
    this.witness.lines.begin(names[count - 1]!, firsts[count - 1]!);
    this.witness.begin(true, timeSeconds, this.#interval, this.#clockIsSet);
    return this.#firmware;
  }

  /** The tap at the register input. */
  #read(values: number[], register: ReadRegister): boolean {
    const worldMilliseconds = this.context.now();
    const shown = this.registerFails ? undefined : register(worldMilliseconds);
    const status =
      this.#status | (this.#isAsked ? Status.onDemand : 0) | (this.#clockIsSet ? 0 : Status.timeSinceBoot);
    this.witness.taken(
      this.clock.seconds,
      Math.floor(worldMilliseconds / 1000),
      shown,
      status,
      this.#isAsked,
    );
    if (shown === undefined) return false;
    for (let channel = 0; channel < shown.length; channel += 1) values[channel] = shown[channel]!;
    // The first reading after a power-up or a step of the clock says so, the next one not any more.
    this.#status = 0;
    return true;
  }

  #stepped(fromSeconds: number, toSeconds: number): void {
    this.#clockIsSet = true;
    this.#status |= Status.clockStepped;
    this.witness.end(fromSeconds);
    this.witness.begin(true, toSeconds, this.#interval);
  }

  /** The reading that tells of a new interval is stored: from the next second on it counts. */
  #intervalChanged(): void {
    if (this.#store === undefined) return;
    this.#interval = this.#store.intervalSeconds;
    this.witness.end(this.clock.seconds);
    this.witness.begin(true, this.clock.seconds + 1, this.#interval, this.#clockIsSet);
  }
}

function nextSequenceOf(image: Uint8Array): number {
  return mountMeterStore(new BufferMedium(image)).nextSequence;
}
