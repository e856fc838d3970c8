import type { StoreId, Threshold } from '../../lib/limfs/index.js';
import { LINE_BYTES, type LineList } from '../../lib/limfs/lines/index.js';
import type { CommandGate } from '../commands/commandGate.js';
import { EventCode } from '../events/eventCode.js';
import type { EventSender } from '../events/eventSender.js';
import { numbers } from '../events/numbers.js';
import type { RandomSource } from '../firmware.js';
import {
  type BackfillRequest,
  type LinesRequest,
  type Message,
  MessageKind,
  type Time,
} from '../link/message.js';
import type { Network } from '../network/network.js';
import type { DeviceClock } from '../time/deviceClock.js';
import { Blocks } from './blocks.js';
import { ReadingTaker } from './readingTaker.js';
import type { Register } from './register.js';
import type { RoleStore } from './roleStore.js';
import { type SelfCheckParts, selfCheck } from './selfCheck.js';
import { Thresholds } from './thresholds.js';

export interface MeterOptions {
  /** The local manager's address. */
  readonly managerAddress: number;
  /** The store was formatted at this start: there has been no time without power to tell about. */
  readonly firstStart: boolean;
  /** How many readings a window has at most. */
  readonly windowReadings: number;
  /** How often the current time and the check of the open page become durable. */
  readonly checkpointSeconds: number;
  /** A window goes out up to so many seconds after its reading, so that meters do not all speak at once. */
  readonly jitterSeconds: number;
  readonly thresholds: readonly Threshold[];
}

/** A meter's network has a second way to its local manager, for when the first one is silent. */
export interface MeterNetwork extends Network {
  tryOtherRoute(): void;
}

export interface MeterParts {
  readonly store: RoleStore;
  /** The lines of what is stored; the newest began with this start. */
  readonly lines: LineList;
  readonly register: Register;
  readonly network: MeterNetwork;
  readonly clock: DeviceClock;
  readonly random: RandomSource;
  /** Undefined when the log on the chip is damaged: then the meter measures on without events. */
  readonly events: EventSender | undefined;
  readonly check: Omit<SelfCheckParts, 'store'>;
}

const daySeconds = 86_400;
/** An unanswered request for the time is sent again after so long. */
const timePauseSeconds = 3600;
/** An answer that comes later has been held up on its way, and the time in it is wrong by as much. */
const longestAnswerSeconds = 60;
/** After so many of them the other route is tried. */
const triesBeforeOtherRoute = 3;
const failuresBeforeEvent = 3;

/**
 * A meter: takes a reading when one is due, stores it, and only then sends it in a window of the newest readings (the
 * paper's ADSS block, section 3.1). What was lost on the way it gives once more when the local manager asks.
 */
export class MeterRole {
  windowReadings: number;
  readonly #options: MeterOptions;
  readonly #parts: MeterParts;
  readonly #taker: ReadingTaker;
  readonly #blocks: Blocks;
  #thresholds: Thresholds;
  #commands: CommandGate | undefined;
  /** The last time that was known before the start: it stays in the store until the clock is set. */
  readonly #knownSeconds: number;
  #checkpointSeconds = 0;
  #windowSeconds = Number.POSITIVE_INFINITY;
  #selfCheckSeconds: number;
  #failed = 0;
  #askTimeSeconds: number;
  #timeTries = 0;
  #nonce = 0;
  #askedSeconds = 0;
  #toldSeconds: number;
  #heardSeconds: number;

  /** Begins at once: `timeSeconds` is the time of power-up. */
  constructor(parts: MeterParts, options: MeterOptions, timeSeconds: number) {
    this.#parts = parts;
    this.#options = options;
    this.windowReadings = options.windowReadings;
    this.#taker = new ReadingTaker(parts.store, parts.register, parts.clock.isSet);
    this.#blocks = new Blocks(parts.store);
    this.#thresholds = new Thresholds(options.thresholds);
    this.#toldSeconds = timeSeconds;
    this.#heardSeconds = timeSeconds;
    this.#selfCheckSeconds = timeSeconds + daySeconds;
    this.#askTimeSeconds = timeSeconds + this.#jitter(options.jitterSeconds);
    const offSeconds = this.#taker.start(timeSeconds, options.firstStart);
    this.#knownSeconds = options.firstStart ? 0 : offSeconds;
    if (!options.firstStart)
      this.#record(EventCode.powerReturned, timeSeconds, numbers(offSeconds, timeSeconds));
    if (parts.store.findings.length > 0) {
      this.#record(EventCode.storeDamaged, timeSeconds, numbers(parts.store.findings.length));
    }
    this.#checkpoint(timeSeconds);
    if (parts.store.count > 0) this.#planWindow(timeSeconds);
  }

  /** Lets commands in; the gate's operations are in `meterCommands`. */
  useCommands(commands: CommandGate): void {
    this.#commands = commands;
  }

  get wakeSeconds(): number {
    return Math.min(
      this.#taker.dueSeconds,
      this.#checkpointSeconds,
      this.#windowSeconds,
      this.#selfCheckSeconds,
      this.#askTimeSeconds,
      this.#parts.events?.wakeSeconds ?? Number.POSITIVE_INFINITY,
    );
  }

  /** When the next reading is due. */
  get dueSeconds(): number {
    return this.#taker.dueSeconds;
  }

  /** Does what is due, the reading first. */
  wake(timeSeconds: number): void {
    if (timeSeconds >= this.#taker.dueSeconds) this.takeReading(timeSeconds, true);
    if (timeSeconds >= this.#checkpointSeconds) this.#checkpoint(timeSeconds);
    if (timeSeconds >= this.#windowSeconds) this.#sendWindow();
    if (timeSeconds >= this.#selfCheckSeconds) this.checkSelf(timeSeconds);
    if (timeSeconds >= this.#askTimeSeconds) this.#askTime(timeSeconds);
    this.#parts.events?.wake(timeSeconds);
  }

  /** Takes a message that the network brought. */
  take(source: number, message: Message, timeSeconds: number): void {
    this.#heardSeconds = timeSeconds;
    if (message.kind === MessageKind.backfillRequest) this.#backfill(source, message);
    else if (message.kind === MessageKind.linesRequest) this.#tellLines(source, message);
    else if (message.kind === MessageKind.time) this.#tellTime(message, timeSeconds);
    else if (message.kind === MessageKind.eventAcknowledgement) {
      this.#parts.events?.acknowledged(message, timeSeconds);
    } else if (message.kind === MessageKind.command) {
      const result = this.#commands?.take(message, timeSeconds) ?? null;
      if (result !== null) this.#parts.network.send(source, result);
    }
  }

  /** Something happened at an input: tamper, cover, magnet, valve, door. `payload` as in `EventCode`. */
  noteInput(code: EventCode, timeSeconds: number, payload = numbers()): void {
    this.#record(code, timeSeconds, payload);
  }

  /** The supply fails in a moment: the last gasp is stored, and sent while there is still charge. */
  powerFailing(timeSeconds: number): void {
    this.#checkpoint(timeSeconds);
    this.#record(EventCode.powerFailing, timeSeconds, numbers());
    this.#parts.events?.wake(timeSeconds);
  }

  /** Takes a reading now, stores it, and plans its window; returns its sequence. */
  takeReading(timeSeconds: number, isDue: boolean): number {
    const taker = this.#taker;
    const failed = taker.failures >= failuresBeforeEvent;
    const sequence = taker.take(timeSeconds, isDue);
    if (taker.failures === failuresBeforeEvent) {
      this.#record(EventCode.registerFailed, timeSeconds, numbers(taker.failures));
    } else if (failed && taker.failures === 0) this.#record(EventCode.registerGood, timeSeconds, numbers());
    if (taker.failures === 0) this.#watchThresholds(timeSeconds);
    this.#planWindow(timeSeconds);
    return sequence;
  }

  /** Changes the interval; the reading that is taken with it makes the change durable. Errors: `parameter-range`. */
  setInterval(intervalSeconds: number, timeSeconds: number): void {
    const { store } = this.#parts;
    const before = store.intervalSeconds;
    if (intervalSeconds === before) return;
    store.setInterval(intervalSeconds);
    this.takeReading(timeSeconds, false);
    this.#taker.intervalChanged(timeSeconds);
    this.#record(EventCode.intervalChanged, timeSeconds, numbers(before, intervalSeconds));
  }

  /** The clock shows `timeSeconds`, and somebody who knows says that it is `trueSeconds`. */
  setTime(timeSeconds: number, trueSeconds: number): void {
    const change = this.#parts.clock.tell(timeSeconds, trueSeconds);
    if (change === 'stepped') this.#clockStepped(timeSeconds, trueSeconds);
    this.#toldSeconds = trueSeconds;
  }

  /** Runs the self-check; an event tells of every change. Returns the bits of what fails. */
  checkSelf(timeSeconds: number): number {
    this.#selfCheckSeconds = timeSeconds + daySeconds;
    const live = {
      clockIsSet: this.#parts.clock.isSet,
      toldSeconds: this.#toldSeconds,
      heardSeconds: this.#heardSeconds,
      registerFailed: this.#taker.failures > 0,
    };
    const failed = selfCheck({ ...this.#parts.check, store: this.#parts.store }, live, timeSeconds);
    if (failed !== this.#failed) {
      const code = failed === 0 ? EventCode.selfCheckPassed : EventCode.selfCheckFailed;
      this.#record(code, timeSeconds, numbers(failed));
    }
    this.#failed = failed;
    return failed;
  }

  /** Other limits from now on. What exceeded one of the old ones is over: nobody would ever tell. */
  useThresholds(thresholds: readonly Threshold[], timeSeconds: number): void {
    for (const index of this.#thresholds.exceeded()) {
      this.#record(EventCode.thresholdCleared, timeSeconds, numbers(index));
    }
    this.#thresholds = new Thresholds(thresholds);
  }

  #watchThresholds(timeSeconds: number): void {
    this.#thresholds.look(this.#taker.values, (threshold, exceeded, value) => {
      const code = exceeded ? EventCode.thresholdExceeded : EventCode.thresholdCleared;
      this.#record(code, timeSeconds, numbers(threshold, value));
    });
  }

  #record(code: EventCode, timeSeconds: number, payload: Uint8Array): void {
    this.#parts.events?.record(code, timeSeconds, payload);
  }

  /** At whole intervals of the clock: so one falls together with a reading, costs no wake-up, and covers it at once. */
  #checkpoint(timeSeconds: number): void {
    const { checkpointSeconds } = this.#options;
    this.#checkpointSeconds = (Math.floor(timeSeconds / checkpointSeconds) + 1) * checkpointSeconds;
    this.#parts.store.checkpoint(this.#parts.clock.isSet ? timeSeconds : this.#knownSeconds);
  }

  #planWindow(timeSeconds: number): void {
    const sendSeconds = timeSeconds + this.#jitter(this.#options.jitterSeconds);
    this.#windowSeconds = Math.min(this.#windowSeconds, sendSeconds);
  }

  #sendWindow(): void {
    this.#windowSeconds = Number.POSITIVE_INFINITY;
    const { store, lines, network } = this.#parts;
    const { managerAddress } = this.#options;
    network.send(managerAddress, {
      kind: MessageKind.window,
      storeId: store.storeId,
      line: lines.newest,
      oldestSequence: store.oldestSequence,
      block: this.#blocks.newest(this.windowReadings, network, managerAddress),
    });
  }

  #backfill(source: number, { storeId, firstSequence, count }: BackfillRequest): void {
    const { store, lines, network } = this.#parts;
    if (!this.#isOwn(storeId)) return;
    network.send(source, {
      kind: MessageKind.backfill,
      storeId: store.storeId,
      line: lines.newest,
      firstSequence,
      oldestSequence: store.oldestSequence,
      nextSequence: store.nextSequence,
      block: this.#blocks.from(firstSequence, count, network, source),
    });
  }

  /** In as few packets as a window takes: of many, one is always lost. */
  #tellLines(source: number, { storeId, nonce, line }: LinesRequest): void {
    const { store, lines, network } = this.#parts;
    if (!this.#isOwn(storeId)) return;
    const most = Math.floor(network.largestBlockBytes(source) / LINE_BYTES);
    const from = line === 0 ? 0 : lines.indexOf(line);
    const end = from < 0 ? from : Math.min(lines.count, from + most);
    const bytes = new Uint8Array((end - from) * LINE_BYTES);
    lines.write(bytes, 0, from, end);
    network.send(source, {
      kind: MessageKind.lines,
      storeId: store.storeId,
      nonce,
      oldestSequence: store.oldestSequence,
      more: from >= 0 && end < lines.count,
      lines: bytes,
    });
  }

  #isOwn([high, low]: StoreId): boolean {
    const { storeId } = this.#parts.store;
    return high === storeId[0] && low === storeId[1];
  }

  #askTime(timeSeconds: number): void {
    this.#askTimeSeconds = timeSeconds + timePauseSeconds + this.#jitter(this.#options.jitterSeconds);
    if (this.#timeTries > 0 && this.#timeTries % triesBeforeOtherRoute === 0)
      this.#parts.network.tryOtherRoute();
    this.#timeTries += 1;
    this.#nonce = this.#parts.random();
    this.#askedSeconds = timeSeconds;
    this.#parts.network.send(this.#options.managerAddress, {
      kind: MessageKind.timeRequest,
      nonce: this.#nonce,
    });
  }

  /** Only the answer to the newest question counts: an older one has been held up, and is wrong by so much. */
  #tellTime({ nonce, timeSeconds: trueSeconds }: Time, timeSeconds: number): void {
    if (nonce !== this.#nonce || this.#timeTries === 0) return;
    if (timeSeconds - this.#askedSeconds > longestAnswerSeconds) return;
    this.#timeTries = 0;
    this.setTime(timeSeconds, trueSeconds);
    this.#askTimeSeconds = trueSeconds + daySeconds + this.#jitter(this.#options.jitterSeconds);
  }

  /** Everything that was planned in the old time is planned in the new one. */
  #clockStepped(fromSeconds: number, toSeconds: number): void {
    const shift = toSeconds - fromSeconds;
    this.#heardSeconds += shift;
    this.#selfCheckSeconds += shift;
    this.#windowSeconds += shift;
    this.#askTimeSeconds += shift;
    this.#taker.clockStepped(fromSeconds, toSeconds);
    this.#checkpoint(toSeconds);
    this.#record(EventCode.clockSet, toSeconds, numbers(fromSeconds, toSeconds));
  }

  #jitter(seconds: number): number {
    return seconds > 0 ? this.#parts.random() % seconds : 0;
  }
}
