import { assert } from '../../lib/limfs/errors.js';
import type { StoreId } from '../../lib/limfs/index.js';
import type { ManagerStore, Outcome } from '../../lib/limfs/manager/index.js';
import type { CommandGate } from '../commands/commandGate.js';
import { EventCode } from '../events/eventCode.js';
import type { EventSender } from '../events/eventSender.js';
import { numbers } from '../events/numbers.js';
import type { RandomSource } from '../firmware.js';
import {
  type Backfill,
  type Command,
  type EventMessage,
  type Message,
  MessageKind,
  type PassThrough,
  type ReportRequest,
  type Result,
  type Window,
} from '../link/message.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import type { DeviceClock } from '../time/deviceClock.js';
import { type BackfillOptions, BackfillScheduler } from './backfillScheduler.js';
import { MeterIntake, nobody } from './meterIntake.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';
import { PlanWatch } from './planWatch.js';
import { Relay } from './relay.js';
import { ReportSession } from './reportSession.js';
import { SilenceWatch } from './silenceWatch.js';
import { TimeKeeper } from './timeKeeper.js';

export interface LocalManagerOptions extends BackfillOptions {
  /** Of readings. */
  readonly intervalSeconds: number;
  /** A meter that sends nothing for so many intervals is silent. */
  readonly silentIntervals: number;
}

export interface LocalManagerParts {
  readonly store: ManagerStore;
  readonly roster: MeterRoster;
  readonly network: Network;
  readonly clock: DeviceClock;
  readonly random: RandomSource;
  /** Undefined when the log on the chip is damaged: then the role works on without events. */
  readonly events: EventSender | undefined;
}

/** Counts since the restart. */
export class LocalManagerCounters {
  windows = 0;
  backfills = 0;
  /** Messages that nobody here has asked for, or that only the concentrator may send. */
  strange = 0;
}

/** A block shows at most that a meter was set back while it was out of reach, and once more since. */
const MOST_LINES = 2;

const meterKinds: readonly number[] = Object.freeze([
  MessageKind.window,
  MessageKind.backfill,
  MessageKind.event,
  MessageKind.result,
  MessageKind.passThrough,
]);

/**
 * A local manager (the paper's sections 3.1 and 3.2): keeps the newest window of each of its meters until a
 * concentrator has it, asks meters for what is missing, passes commands and events on. Whatever it promises stands in
 * its store before it answers, so the host may restart it at any moment.
 */
export class LocalManager {
  readonly counters = new LocalManagerCounters();
  readonly backfill: BackfillScheduler;
  readonly #parts: LocalManagerParts;
  readonly intake: MeterIntake;
  readonly time: TimeKeeper;
  readonly #reports: ReportSession;
  readonly #silence: SilenceWatch;
  readonly #plan: PlanWatch;
  readonly #intervalSeconds: number;
  readonly #relay: Relay;
  #commands: CommandGate | undefined;
  /** What the server was told since the restart. */
  #droppedPages = 0;
  #findings = 0;

  /** Begins at once: `timeSeconds` is the time of power-up. */
  constructor(parts: LocalManagerParts, options: LocalManagerOptions, timeSeconds: number) {
    const { store, roster, network, random } = parts;
    this.#parts = parts;
    this.backfill = new BackfillScheduler(store, roster, network, options, random);
    this.intake = new MeterIntake(store, roster);
    this.time = new TimeKeeper(network, parts.clock, random, timeSeconds);
    this.#reports = new ReportSession(store, network);
    this.#relay = new Relay(roster, network);
    this.#intervalSeconds = options.intervalSeconds;
    this.#plan = new PlanWatch(store.settings, options.intervalSeconds);
    const tell = (place: number, silent: boolean, seconds: number) => {
      this.#recordMeter(silent ? EventCode.meterSilent : EventCode.meterHeard, place, seconds);
    };
    const silentSeconds = options.silentIntervals * options.intervalSeconds;
    this.#silence = new SilenceWatch(store, roster, silentSeconds, tell, timeSeconds);
    this.#watchStore(timeSeconds);
  }

  /** Lets commands in; the gate's operations are those of `managerCommands`. */
  useCommands(commands: CommandGate): void {
    this.#commands = commands;
  }

  get store(): ManagerStore {
    return this.#parts.store;
  }

  get wakeSeconds(): number {
    const events = this.#parts.events?.wakeSeconds ?? Number.POSITIVE_INFINITY;
    return Math.min(this.backfill.wakeSeconds, this.#silence.wakeSeconds, this.time.wakeSeconds, events);
  }

  wake(timeSeconds: number): void {
    this.backfill.wake(timeSeconds);
    this.#silence.wake(timeSeconds);
    this.time.wake(timeSeconds);
    this.#parts.events?.wake(timeSeconds);
  }

  /** Takes a message that the network brought. */
  take(source: number, message: Message, timeSeconds: number): void {
    if (source === CONCENTRATOR_ADDRESS) this.#fromConcentrator(message, timeSeconds);
    else this.#fromMeter(source, message, timeSeconds);
    this.#watchStore(timeSeconds);
  }

  /** Takes a meter under management, or puts it in another's place; returns its place. Errors: those of the store. */
  enlist(
    storeId: StoreId,
    firstSequence: number,
    address: number,
    timeSeconds: number,
    replaced = nobody,
    newestSeconds = 0,
  ): number {
    const { store, roster } = this.#parts;
    let place = replaced;
    if (replaced === nobody) place = store.addMeter(storeId, firstSequence, newestSeconds);
    else {
      // Without an address first: after a cut in between, the new meter is believed wherever it speaks from.
      roster.setAddress(place, UNKNOWN_ADDRESS);
      store.replaceMeter(place, storeId, firstSequence, timeSeconds);
    }
    this.#forget(place);
    roster.setAddress(place, address);
    this.#silence.begin(place, timeSeconds);
    return place;
  }

  /** The clock shows `timeSeconds`, and somebody who knows says that it is `trueSeconds`. Returns the new time. */
  setTime(timeSeconds: number, trueSeconds: number): number {
    return this.#clockStepped(this.time.set(trueSeconds, timeSeconds), timeSeconds);
  }

  /** Lets a meter go. Errors: those of the store. */
  dismiss(place: number, timeSeconds: number): void {
    const { store, roster } = this.#parts;
    store.removeMeter(place, timeSeconds);
    this.#forget(place);
    roster.setAddress(place, UNKNOWN_ADDRESS);
  }

  /** The server misses these readings of a meter; returns how many of them the meter is asked for. Errors: those of the store. */
  askAgain(place: number, first: number, end: number): number {
    return this.store.missAgain(place, first, end);
  }

  #forget(place: number): void {
    this.backfill.forget(place);
    this.#plan.forget(place);
    this.#silence.forget(place);
    this.#relay.forget(place);
  }

  #fromConcentrator(message: Message, timeSeconds: number): void {
    const { events, network, roster } = this.#parts;
    this.time.heard(timeSeconds);
    if (message.kind === MessageKind.reportRequest) this.#report(message, timeSeconds);
    else if (message.kind === MessageKind.cellRequest) this.#reports.cells(CONCENTRATOR_ADDRESS, message);
    else if (message.kind === MessageKind.acknowledgement) {
      this.#reports.acknowledged(CONCENTRATOR_ADDRESS, message);
    } else if (message.kind === MessageKind.command) this.#command(message, timeSeconds);
    else if (message.kind === MessageKind.time) {
      this.#clockStepped(this.time.answer(message, timeSeconds), timeSeconds);
    } else if (message.kind === MessageKind.eventAcknowledgement) {
      const place = this.#isOwn(message.storeId) ? nobody : this.store.placeOf(message.storeId);
      if (place === nobody) events?.acknowledged(message, timeSeconds);
      else network.send(roster.address(place), message);
    } else if (message.kind === MessageKind.passThrough) {
      const place = this.store.placeOf(message.storeId);
      if (place !== nobody) network.send(roster.address(place), message);
    } else this.counters.strange += 1;
  }

  #fromMeter(source: number, message: Message, timeSeconds: number): void {
    const { network } = this.#parts;
    if (message.kind === MessageKind.timeRequest) {
      if (!this.time.isSet) return;
      network.send(source, { kind: MessageKind.time, nonce: message.nonce, timeSeconds });
    } else if (isOfMeter(message)) {
      const place = this.intake.placeOf(source, message.storeId);
      if (place !== nobody) this.#takeOf(place, message, timeSeconds);
    } else this.counters.strange += 1;
  }

  #takeOf(place: number, message: MeterMessage, timeSeconds: number): void {
    if (message.kind === MessageKind.window) this.#window(place, message, timeSeconds);
    else if (message.kind === MessageKind.backfill) this.#backfill(place, message, timeSeconds);
    else {
      if (message.kind === MessageKind.result) this.#relay.finished(message);
      this.#parts.network.send(CONCENTRATOR_ADDRESS, message);
    }
  }

  #window(place: number, window: Window, timeSeconds: number): void {
    this.counters.windows += 1;
    this.#takeLine(place, () => this.intake.window(place, window, timeSeconds), timeSeconds);
    this.#silence.heard(place, timeSeconds);
    this.#plan.heard(place, window.nextSequence);
    this.#relay.heard(place, timeSeconds);
    this.backfill.heard(place, timeSeconds);
  }

  #backfill(place: number, answer: Backfill, timeSeconds: number): void {
    this.counters.backfills += 1;
    // An answer that was held up since before a meter was set back would pass for one of the new line.
    const wasSetBack = (this.store.meterAt(place)?.setBacks ?? 0) > 0;
    if (wasSetBack && !this.backfill.isAsked(place, answer.firstSequence)) {
      this.counters.strange += 1;
      return;
    }
    const outcome = this.#takeLine(
      place,
      () => this.intake.backfill(place, answer, timeSeconds),
      timeSeconds,
    );
    if (outcome === 'filled' || outcome === 'known') this.backfill.answered(place, timeSeconds);
  }

  #report(request: ReportRequest, timeSeconds: number): void {
    this.time.tell(request.timeSeconds, timeSeconds);
    if (!this.#reports.request(CONCENTRATOR_ADDRESS, request, timeSeconds)) return;
    const proposal = this.#plan.report(this.#silence.meters, timeSeconds);
    if (proposal === null) return;
    const { condition, windowReadings, reportIntervals } = proposal;
    const payload = numbers(condition, windowReadings, reportIntervals, this.#intervalSeconds);
    this.#record(EventCode.planFails, timeSeconds, payload);
  }

  /** The clock was set by so many seconds: what is planned moves with it. Returns the new time. */
  #clockStepped(bySeconds: number, timeSeconds: number): number {
    if (bySeconds === 0) return timeSeconds;
    this.backfill.clockStepped(bySeconds);
    this.#silence.clockStepped(bySeconds);
    this.#record(EventCode.clockSet, timeSeconds + bySeconds, numbers(timeSeconds, timeSeconds + bySeconds));
    return timeSeconds + bySeconds;
  }

  #command(command: Command, timeSeconds: number): void {
    const { network, store } = this.#parts;
    if (this.#isOwn(command.storeId)) {
      const result = this.#commands?.take(command, timeSeconds) ?? null;
      if (result !== null) network.send(CONCENTRATOR_ADDRESS, result);
      return;
    }
    const place = store.placeOf(command.storeId);
    // The concentrator does not know whose meter it is and asks everybody.
    if (place !== nobody) this.#relay.take(place, command);
  }

  #isOwn(storeId: StoreId): boolean {
    return storeId[0] === this.store.storeId[0] && storeId[1] === this.store.storeId[1];
  }

  /** Takes a block; when it shows that its meter was set back, the server is told before anything of it is taken. */
  #takeLine(place: number, take: () => Outcome, timeSeconds: number): Outcome {
    let outcome = take();
    for (let time = 0; outcome === 'set-back' && time < MOST_LINES; time += 1) {
      if (!this.#setBack(place, timeSeconds)) return 'no-room';
      outcome = take();
    }
    this.#watchQuarantine(outcome, place, timeSeconds);
    return outcome;
  }

  /** False: there is no room to note what of the old line is lost. */
  #setBack(place: number, timeSeconds: number): boolean {
    const { receivedFirst, receivedSeconds } = this.store;
    const end = this.store.loseLine(place, receivedFirst, timeSeconds);
    if (end < 0) return false;
    const { storeHigh, storeLow, next, newestSeconds, seamSeconds } = this.#meterAt(place);
    const lineSeconds = end === next ? newestSeconds : seamSeconds;
    const payload = numbers(storeHigh, storeLow, end, lineSeconds, receivedFirst);
    // Told first: a cut in between tells it twice, never not at all.
    this.#record(EventCode.meterSetBack, timeSeconds, payload);
    this.store.setBack(place, receivedFirst, receivedSeconds);
    this.backfill.forget(place);
    this.#plan.forget(place);
    return true;
  }

  #watchQuarantine(outcome: Outcome, place: number, timeSeconds: number): void {
    if (outcome === 'quarantined') this.#recordMeter(EventCode.meterQuarantined, place, timeSeconds);
  }

  /** Tells of pages that were dropped and of damage that was found. */
  #watchStore(timeSeconds: number): void {
    const { droppedPages, ownerlessReadings, findings } = this.store;
    if (droppedPages !== this.#droppedPages) {
      this.#droppedPages = droppedPages;
      this.#record(EventCode.pagesDropped, timeSeconds, numbers(droppedPages, ownerlessReadings));
    }
    if (findings.length === this.#findings) return;
    this.#findings = findings.length;
    this.#record(EventCode.storeDamaged, timeSeconds, numbers(findings.length));
  }

  #recordMeter(code: number, place: number, timeSeconds: number): void {
    const { storeHigh, storeLow } = this.#meterAt(place);
    this.#record(code, timeSeconds, numbers(storeHigh, storeLow));
  }

  #meterAt(place: number) {
    const meter = this.store.meterAt(place);
    assert(meter !== null, 'an event about a meter that is managed');
    return meter;
  }

  #record(code: number, timeSeconds: number, payload: Uint8Array): void {
    this.#parts.events?.record(code, timeSeconds, payload);
  }
}

/** What a meter says in its own name; all but windows and backfill is passed on as it is. */
type MeterMessage = Window | Backfill | EventMessage | Result | PassThrough;

function isOfMeter(message: Message): message is MeterMessage {
  return meterKinds.includes(message.kind);
}
