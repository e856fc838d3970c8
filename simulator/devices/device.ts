import type { Firmware, Port, RandomSource } from '../../src/firmware.js';
import type { Link, Receiver } from '../air/air.js';
import { PowerCut } from '../chips/powerCut.js';
import type { SparseFram } from '../chips/sparseFram.js';
import { Activity } from '../energy/activity.js';
import { createRandom } from '../random/random.js';
import type { Agenda, Task } from '../world/agenda.js';
import { SimulatedClock } from './simulatedClock.js';

/** What devices have in common. */
export interface DeviceContext {
  /** Of the device's network. */
  readonly agenda: Agenda;
  readonly seed: number;
  /** The world's time. */
  readonly now: () => number;
  /** The power of this device has failed in the middle of what it did. */
  readonly powerCut: (device: Device) => void;
}

/** A firmware that wants to be woken so often within a second of its clock would never let time go on. */
const mostWakesInASecond = 2000;

/**
 * A device of the world: the real firmware of a role on its simulated chips, with a clock and a port. Nothing of a
 * program outlives a power cut but the chips.
 */
export abstract class Device implements Receiver, Task, Port {
  readonly index: number;
  readonly name: string;
  readonly address: number;
  readonly clock: SimulatedClock;
  readonly random: RandomSource;
  /** The device is dead, or was taken away: no power reaches it. */
  isGone = false;
  /** How strongly the packet that is being handed over was received. */
  rssiDbm: number | null = null;
  /** What the firmware has counted, over all its restarts. */
  readonly tally: Record<string, number> = {};
  readonly activity = new Activity();
  protected readonly context: DeviceContext;
  /** The receiver stays on so long behind each packet that was sent. */
  protected readonly listenMilliseconds: number = Number.POSITIVE_INFINITY;
  #firmware: Firmware | undefined;
  readonly #links = new Map<number, Link>();
  #plannedMilliseconds = Number.POSITIVE_INFINITY;
  /** What the firmware wanted then, and the clock by which it was planned. */
  #plannedSeconds = Number.POSITIVE_INFINITY;
  #plannedChanges = 0;
  #wokenSecond = 0;
  #wakes = 0;

  constructor(context: DeviceContext, index: number, name: string, address: number) {
    this.context = context;
    this.index = index;
    this.name = name;
    this.address = address;
    this.clock = new SimulatedClock(context.now, 0);
    const random = createRandom(context.seed, 'device', name, 'firmware');
    this.random = () => random.nextUint32();
  }

  get agenda(): Agenda {
    return this.context.agenda;
  }

  get isListening(): boolean {
    return this.#firmware !== undefined;
  }

  get hasPower(): boolean {
    return this.#firmware !== undefined;
  }

  /** The chips, for cuts and images; a router has none. */
  abstract readonly chips: readonly SparseFram[];

  /** Mounts or formats, and makes the firmware. The power may fail in it. */
  protected abstract boot(timeSeconds: number): Firmware;

  /** The power has failed: whatever of the program a subclass holds is gone. */
  protected forget(): void {}

  /** What the firmware has counted since it was started. */
  protected counters(): Readonly<Record<string, number>> {
    return {};
  }

  /** Adds what was counted since the start to the tally. */
  takeTally(): void {
    for (const [name, count] of Object.entries(this.counters())) {
      if (count > 0) this.tally[name] = (this.tally[name] ?? 0) + count;
    }
  }

  /** The way that packets to a neighbour take. */
  connect(neighbour: number, link: Link): void {
    this.#links.set(neighbour, link);
  }

  send(neighbour: number, packet: Uint8Array, length: number): void {
    const now = this.context.now();
    this.activity.sent(now, length, this.listenMilliseconds);
    this.#links.get(neighbour)?.send(now, packet, length);
  }

  /** Power is back, and fails again after so many bytes on each bus, if a number is given. */
  powerOn(failsAfterBytes?: number): void {
    if (this.isGone || this.hasPower) return;
    for (const chip of this.chips) {
      chip.powerOn();
      if (failsAfterBytes !== undefined) chip.powerCutAfterBytes(failsAfterBytes);
    }
    this.activity.powerOn(this.context.now());
    try {
      this.#firmware = this.boot(this.clock.seconds);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.plan();
  }

  /** The power fails between two accesses. */
  powerOff(): void {
    this.takeTally();
    this.activity.powerOff(this.context.now());
    this.#firmware = undefined;
    this.#plannedMilliseconds = Number.POSITIVE_INFINITY;
    this.forget();
  }

  /** A planned wake-up. */
  happen(timeMilliseconds: number): void {
    // Plans are not taken back: one that was replaced comes all the same.
    if (timeMilliseconds !== this.#plannedMilliseconds || this.#firmware === undefined) return;
    this.#plannedMilliseconds = Number.POSITIVE_INFINITY;
    const { seconds } = this.clock;
    this.#countWake(seconds);
    const { packetsSent } = this.activity;
    try {
      this.#firmware.wake(seconds);
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      this.activity.woken(this.activity.packetsSent > packetsSent);
    }
    this.plan();
  }

  takePacket(_timeMilliseconds: number, packet: Uint8Array, length: number, link: Link): void {
    if (this.#firmware === undefined) return;
    this.activity.packetsTaken += 1;
    this.rssiDbm = link.rssiDbm;
    try {
      this.#firmware.receive(this.clock.seconds, packet, length);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.plan();
  }

  /** Lets a piece of the firmware run, to its end or to a power cut. */
  protected run(work: (timeSeconds: number) => void): void {
    if (this.#firmware === undefined) return;
    try {
      work(this.clock.seconds);
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.plan();
  }

  /** Looks when the firmware wants to be woken. */
  plan(): void {
    const firmware = this.#firmware;
    if (firmware === undefined) return;
    const { wakeSeconds } = firmware;
    if (wakeSeconds === Number.POSITIVE_INFINITY) {
      this.#plannedMilliseconds = wakeSeconds;
      return;
    }
    const { changes } = this.clock;
    const isPlanned = this.#plannedMilliseconds !== Number.POSITIVE_INFINITY;
    if (isPlanned && wakeSeconds === this.#plannedSeconds && changes === this.#plannedChanges) return;
    this.#plannedSeconds = wakeSeconds;
    this.#plannedChanges = changes;
    const due = this.clock.worldMillisecondsAt(wakeSeconds);
    if (due === this.#plannedMilliseconds) return;
    this.#plannedMilliseconds = due;
    this.context.agenda.at(due, this.index, this);
  }

  #countWake(seconds: number): void {
    this.#wakes = seconds === this.#wokenSecond ? this.#wakes + 1 : 0;
    this.#wokenSecond = seconds;
    if (this.#wakes === mostWakesInASecond)
      throw new Error(`${this.name} does not come to rest at ${seconds}`);
  }

  #failed(error: unknown): void {
    if (!(error instanceof PowerCut)) {
      if (error instanceof Error) error.message = `${this.name}: ${error.message}`;
      throw error;
    }
    this.powerOff();
    this.context.powerCut(this);
  }
}
