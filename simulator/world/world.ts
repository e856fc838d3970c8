import type { Channel } from '../../lib/limfs/index.js';
import { crc32 } from '../../src/link/crc32.js';
import { Receiver, type ReceiverCounts } from '../../src/receiver/receiver.js';
import { type Closing, closeBooks, type LedgerMeter, type Schedule } from '../ledger/ledger.js';
import { MemoryBook } from '../ledger/memoryBook.js';
import { type Deliver, Line, type LineCounts, type LineOptions, type Outage } from '../line/line.js';
import { createRandom } from '../random/random.js';
import type { RegisterSource } from '../readings/registerSource.js';
import { EventQueue } from './eventQueue.js';
import { type FaultPlan, type PowerFault, planFaults } from './faultPlan.js';
import { MeterDevice } from './meterDevice.js';
import type { Activity } from './tappedStore.js';

export interface WorldOptions {
  readonly source: RegisterSource;
  /** The first so many meters and slots of the source take part. */
  readonly meters: number;
  readonly slots: number;
  readonly seed: number;
  readonly line: LineOptions;
  /** Over all meters. */
  readonly powerCuts: number;
  /** Long outages of the line, each meter. */
  readonly outagesPerMeter: number;
  readonly windowReadings: number;
  /** Bytes of the chip that the store may use. */
  readonly storeBytes: number;
}

export interface PowerCutEvent {
  readonly meter: number;
  readonly timeSeconds: number;
  readonly activity: Activity;
}

/** Packets on the lines on one day of the run. */
export interface DayTraffic {
  sent: number;
  lost: number;
}

export interface WorldResult extends Closing {
  readonly schedule: Schedule;
  readonly names: readonly string[];
  readonly powerCuts: readonly PowerCutEvent[];
  /** By meter. */
  readonly outages: readonly (readonly Outage[])[];
  readonly images: readonly Uint8Array[];
  readonly lines: LineCounts;
  readonly traffic: readonly DayTraffic[];
  readonly receiver: ReceiverCounts;
  /** Time on the I2C buses of all meters. */
  readonly busMicroseconds: number;
  /** Two runs with the same options have the same trace. */
  readonly trace: string;
}

const activeEnergy: Channel = { obis: '1.0.1.8.0.255', unit: 30, scale: 0 };
const daySeconds = 86_400;
/** The receiver comes after the meters when things happen in the same second. */
const receiverDevice = 0xffff;
/** A later window fills most gaps: a silent meter is asked only when so many windows in a row have not come. */
const silentIntervals = 6;
/** A meter is commissioned before its first fault. */
const faultFreeIntervals = 2;

/** Meters, lines and a receiver in virtual time. One seed decides everything. */
export class World {
  readonly #options: WorldOptions;
  readonly #queue = new EventQueue();
  readonly #book = new MemoryBook();
  readonly #receiver: Receiver;
  readonly #devices: MeterDevice[] = [];
  readonly #plans: FaultPlan[] = [];
  readonly #uplinks: Line[] = [];
  readonly #downlinks: Line[] = [];
  readonly #powerCuts: PowerCutEvent[] = [];
  readonly #traffic: DayTraffic[] = [];
  readonly #schedule: Schedule;
  readonly #silenceSeconds: number;
  /** By meter: takes back the planned wake-up; the fault that the next power cut belongs to. */
  readonly #cancelWake: ((() => void) | undefined)[] = [];
  readonly #armed: PowerFault[] = [];
  #cancelReceiverWake = () => {};
  #receiverWakeSeconds = Number.POSITIVE_INFINITY;
  #draining = false;
  #trace = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { intervalSeconds, firstTimeSeconds } = options.source;
    this.#schedule = { intervalSeconds, firstTimeSeconds, slots: options.slots };
    this.#silenceSeconds = silentIntervals * intervalSeconds;
    this.#receiver = new Receiver(this.#book, { answerSeconds: 30, silenceSeconds: this.#silenceSeconds });
    for (let meter = 0; meter < options.meters; meter++) this.#addMeter(meter);
  }

  get #endSeconds(): number {
    const { firstTimeSeconds, intervalSeconds, slots } = this.#schedule;
    return firstTimeSeconds + (slots - 1) * intervalSeconds + 1;
  }

  /** Runs to the end: the schedule with its faults, then without faults until the line is empty. */
  run(onProgress: (share: number) => void): WorldResult {
    const { firstTimeSeconds } = this.#schedule;
    const endSeconds = this.#endSeconds;
    let reportSeconds = firstTimeSeconds;
    this.#devices.forEach((device, meter) => {
      device.powerOn(firstTimeSeconds);
      this.#planWake(meter);
    });
    this.#planReceiverWake();
    while (this.#queue.nextTimeSeconds < endSeconds) {
      if (this.#queue.nextTimeSeconds >= reportSeconds) {
        onProgress((reportSeconds - firstTimeSeconds) / (endSeconds - firstTimeSeconds));
        reportSeconds += daySeconds / 4;
      }
      this.#queue.step();
    }
    this.#drain(endSeconds);
    onProgress(1);
    return this.#result();
  }

  #addMeter(meter: number): void {
    const { source, seed, line, powerCuts, meters, outagesPerMeter } = this.#options;
    const { firstTimeSeconds, intervalSeconds } = this.#schedule;
    const identity = createRandom(seed, 'meter', meter, 'store id');
    const format = {
      storeId: [identity.nextUint32(), identity.nextUint32()] as const,
      channels: [activeEnergy],
      intervalSeconds,
      sizeBytes: this.#options.storeBytes,
    };
    const role = { address: meter, windowReadings: this.#options.windowReadings, checkpointSeconds: 900 };
    this.#devices.push(
      new MeterDevice(format, role, (timeSeconds) =>
        source.value(meter, (timeSeconds - firstTimeSeconds) / intervalSeconds),
      ),
    );
    const plan = planFaults(
      {
        seed,
        fromSeconds: firstTimeSeconds + faultFreeIntervals * intervalSeconds,
        toSeconds: this.#endSeconds,
        intervalSeconds,
        // Spread over the meters so that the sum is what was asked for.
        powerCuts: Math.floor(((meter + 1) * powerCuts) / meters) - Math.floor((meter * powerCuts) / meters),
        outages: outagesPerMeter,
      },
      meter,
    );
    this.#plans.push(plan);
    this.#uplinks.push(new Line(line, plan.outages, seed, `meter ${meter} up`));
    this.#downlinks.push(new Line(line, plan.outages, seed, `meter ${meter} down`));
    for (const fault of plan.powerFaults) {
      this.#queue.at(fault.timeSeconds, meter, () => this.#failPower(meter, fault));
    }
    this.#receiver.add(firstTimeSeconds, meter, format.storeId, 0);
  }

  #planWake(meter: number): void {
    const device = this.#devices[meter]!;
    this.#cancelWake[meter]?.();
    this.#cancelWake[meter] = undefined;
    if (this.#draining || !device.hasPower) return;
    const timeSeconds = device.wakeSeconds;
    this.#cancelWake[meter] = this.#queue.at(timeSeconds, meter, () => {
      const packet = device.wake(timeSeconds);
      this.#afterwards(meter, timeSeconds, packet);
    });
  }

  /** What follows from a piece of firmware that ran: a packet on the line, or the power that failed in it. */
  #afterwards(meter: number, timeSeconds: number, packet: Uint8Array | undefined): void {
    if (packet !== undefined) {
      this.#transmit(this.#uplinks[meter]!, timeSeconds, packet, receiverDevice, (arrivalSeconds, bytes) =>
        this.#receiverTakes(arrivalSeconds, bytes),
      );
    }
    if (!this.#devices[meter]!.hasPower) this.#powerLost(meter, timeSeconds);
    this.#planWake(meter);
  }

  #receiverTakes(timeSeconds: number, bytes: Uint8Array): void {
    this.#sendDown(timeSeconds, this.#receiver.receive(timeSeconds, bytes, bytes.length));
    this.#planReceiverWake();
  }

  #planReceiverWake(): void {
    const timeSeconds = this.#receiver.wakeSeconds;
    if (timeSeconds === this.#receiverWakeSeconds) return;
    this.#receiverWakeSeconds = timeSeconds;
    this.#cancelReceiverWake();
    this.#cancelReceiverWake = this.#queue.at(timeSeconds, receiverDevice, () => {
      let length = this.#receiver.wake(timeSeconds);
      while (length > 0) {
        this.#sendDown(timeSeconds, length);
        length = this.#receiver.wake(timeSeconds);
      }
      this.#planReceiverWake();
    });
  }

  #sendDown(timeSeconds: number, length: number): void {
    if (length === 0) return;
    const meter = this.#receiver.packetAddress;
    const packet = this.#receiver.packet.slice(0, length);
    this.#transmit(this.#downlinks[meter]!, timeSeconds, packet, meter, (arrivalSeconds, bytes) => {
      const device = this.#devices[meter]!;
      if (device.hasPower) this.#afterwards(meter, arrivalSeconds, device.receive(arrivalSeconds, bytes));
    });
  }

  #transmit(line: Line, timeSeconds: number, packet: Uint8Array, to: number, take: Deliver): void {
    const day = Math.floor((timeSeconds - this.#schedule.firstTimeSeconds) / daySeconds);
    this.#traffic[day] ??= { sent: 0, lost: 0 };
    this.#trace = Math.imul(this.#trace ^ timeSeconds ^ crc32(packet, 0, packet.length), 0x9e3779b1);
    let copies = 0;
    line.transmit(timeSeconds, packet, (arrivalSeconds, bytes) => {
      copies++;
      this.#queue.at(arrivalSeconds, to, () => take(arrivalSeconds, bytes));
    });
    this.#traffic[day].sent++;
    if (copies === 0) this.#traffic[day].lost++;
  }

  #failPower(meter: number, fault: PowerFault): void {
    const device = this.#devices[meter]!;
    if (!device.hasPower || this.#draining) return;
    this.#armed[meter] = fault;
    if (fault.afterBytes !== undefined) device.chip.powerCutAfterBytes(fault.afterBytes);
    else {
      device.powerOff(fault.timeSeconds);
      this.#powerLost(meter, fault.timeSeconds);
    }
  }

  #powerLost(meter: number, timeSeconds: number): void {
    const fault = this.#armed[meter]!;
    this.#powerCuts.push({ meter, timeSeconds, activity: this.#devices[meter]!.activity });
    this.#planWake(meter);
    this.#queue.at(timeSeconds + fault.offSeconds, meter, () => {
      if (!this.#devices[meter]!.hasPower) this.#powerOn(meter, timeSeconds + fault.offSeconds, fault);
    });
  }

  #powerOn(meter: number, timeSeconds: number, fault: PowerFault): void {
    this.#armed[meter] = { ...fault, againAfterBytes: undefined };
    this.#devices[meter]!.powerOn(timeSeconds, fault.againAfterBytes);
    this.#afterwards(meter, timeSeconds, undefined);
  }

  /** Faults have ended: all power is back, and the receiver asks until nothing is missing. */
  #drain(fromSeconds: number): void {
    this.#draining = true;
    for (const line of [...this.#uplinks, ...this.#downlinks]) line.endFaults();
    this.#devices.forEach((device, meter) => {
      this.#planWake(meter);
      if (device.hasPower) device.chip.powerOn();
      else device.powerOn(fromSeconds);
    });
    const untilSeconds = fromSeconds + this.#options.line.heldUpSeconds + 4 * this.#silenceSeconds;
    while (this.#queue.nextTimeSeconds <= untilSeconds) this.#queue.step();
  }

  #result(): WorldResult {
    const { source, meters } = this.#options;
    const names = source.meters.slice(0, meters);
    const ledgerMeters: LedgerMeter[] = this.#devices.map((device, meter) => ({
      name: names[meter]!,
      storeId: device.storeId,
      witness: device.witness,
      isOnChip: (sequence) => device.isOnChip(sequence),
    }));
    const images = this.#devices.map((device) => device.chip.image);
    const trace = images.reduce(
      (word, image) => Math.imul(word ^ crc32(image, 0, image.length), 0x9e3779b1),
      this.#trace,
    );
    return {
      ...closeBooks(this.#schedule, ledgerMeters, this.#book),
      schedule: this.#schedule,
      names,
      powerCuts: this.#powerCuts,
      outages: this.#plans.map((plan) => plan.outages),
      images,
      lines: sumCounts([...this.#uplinks, ...this.#downlinks].map((line) => line.counts)),
      traffic: this.#traffic,
      receiver: this.#receiver.counts,
      busMicroseconds: this.#devices.reduce((total, device) => total + device.bus.busMicroseconds, 0),
      trace: (trace >>> 0).toString(16).padStart(8, '0'),
    };
  }
}

function sumCounts(all: readonly LineCounts[]): LineCounts {
  const total: LineCounts = { sent: 0, lost: 0, lostInOutage: 0, corrupted: 0, duplicated: 0, heldUp: 0 };
  for (const counts of all) {
    for (const key of Object.keys(total) as (keyof LineCounts)[]) total[key] += counts[key];
  }
  return total;
}
