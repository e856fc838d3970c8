import type { StoreId } from '../../lib/limfs/index.js';
import type { LineList } from '../../lib/limfs/lines/index.js';
import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { CommandGate } from '../commands/commandGate.js';
import { EventCode } from '../events/eventCode.js';
import type { EventSender } from '../events/eventSender.js';
import { numbers } from '../events/numbers.js';
import type { RandomSource } from '../firmware.js';
import { type Command, type Message, MessageKind, type ReportRequest } from '../link/message.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import type { DeviceClock } from '../time/deviceClock.js';
import { isOfMeter, MeterDialogue } from './meterDialogue.js';
import { nobody } from './meterIntake.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';
import { PlanWatch } from './planWatch.js';
import type { QuestionOptions } from './questionScheduler.js';
import { ReportSession } from './reportSession.js';
import { SilenceWatch } from './silenceWatch.js';
import { TimeKeeper } from './timeKeeper.js';

export interface LocalManagerOptions extends QuestionOptions {
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

/** What is known of a meter that is to be managed. */
export interface NewMeter {
  readonly storeId: StoreId;
  readonly address: number;
  /** Its readings from there on are wanted. */
  readonly firstSequence: number;
  /** The lines of those before, as far as the server knows them. */
  readonly lines?: LineList;
}

/**
 * A local manager (the paper's sections 3.1 and 3.2): keeps the newest window of each of its meters until a
 * concentrator has it, asks meters for what is missing, passes commands and events on. Whatever it promises stands in
 * its store before it answers, so the host may restart it at any moment.
 */
export class LocalManager {
  readonly meters: MeterDialogue;
  readonly time: TimeKeeper;
  /** Messages that make no sense from where they come, since the restart. */
  strange = 0;
  readonly #parts: LocalManagerParts;
  readonly #reports: ReportSession;
  readonly #silence: SilenceWatch;
  readonly #plan: PlanWatch;
  readonly #intervalSeconds: number;
  #commands: CommandGate | undefined;
  /** What the server was told since the restart. */
  #droppedPages = 0;
  #findings = 0;

  /** Begins at once: `timeSeconds` is the time of power-up. */
  constructor(parts: LocalManagerParts, options: LocalManagerOptions, timeSeconds: number) {
    const { store, roster, network, random } = parts;
    const { intervalSeconds, silentIntervals } = options;
    this.#parts = parts;
    this.time = new TimeKeeper(network, parts.clock, random, timeSeconds);
    this.#reports = new ReportSession(store, network);
    this.#intervalSeconds = intervalSeconds;
    this.#plan = new PlanWatch(store.settings, intervalSeconds);
    const tell = (place: number, silent: boolean, seconds: number) =>
      this.#tellSilence(place, silent, seconds);
    this.#silence = new SilenceWatch(store, roster, silentIntervals * intervalSeconds, tell, timeSeconds);
    this.meters = new MeterDialogue(
      {
        store,
        roster,
        network,
        random,
        silence: this.#silence,
        plan: this.#plan,
        record: (code, seconds, payload) => this.#record(code, seconds, payload),
      },
      options,
    );
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
    const { questions } = this.meters;
    return Math.min(questions.wakeSeconds, this.#silence.wakeSeconds, this.time.wakeSeconds, events);
  }

  wake(timeSeconds: number): void {
    this.meters.questions.wake(timeSeconds);
    this.#silence.wake(timeSeconds);
    this.time.wake(timeSeconds);
    this.#parts.events?.wake(timeSeconds);
  }

  /** Takes a message that the network brought. */
  take(source: number, message: Message, timeSeconds: number): void {
    if (source === CONCENTRATOR_ADDRESS) this.#fromConcentrator(message, timeSeconds);
    else if (isOfMeter(message)) this.meters.take(source, message, timeSeconds);
    else if (message.kind === MessageKind.timeRequest) this.#tellTime(source, message.nonce, timeSeconds);
    else this.strange += 1;
    this.#watchStore(timeSeconds);
  }

  /** Takes a meter under management; returns its place. Errors: those of the store. */
  enlist({ storeId, firstSequence, address, lines }: NewMeter, timeSeconds: number): number {
    const place = this.store.addMeter(storeId, firstSequence, lines);
    this.#begin(place, address, timeSeconds);
    return place;
  }

  /** Puts a meter in the place of another one. Errors: those of the store. */
  replace(place: number, { storeId, firstSequence, address, lines }: NewMeter, timeSeconds: number): void {
    // Without an address first: after a cut in between, the new meter is believed wherever it speaks from.
    this.#parts.roster.setAddress(place, UNKNOWN_ADDRESS);
    this.store.replaceMeter(place, storeId, firstSequence, timeSeconds, lines);
    this.#begin(place, address, timeSeconds);
  }

  /** Lets a meter go. Errors: those of the store. */
  dismiss(place: number, timeSeconds: number): void {
    this.store.removeMeter(place, timeSeconds);
    this.meters.forget(place);
    this.#parts.roster.setAddress(place, UNKNOWN_ADDRESS);
  }

  /** The clock shows `timeSeconds`, and somebody who knows says that it is `trueSeconds`. Returns the new time. */
  setTime(timeSeconds: number, trueSeconds: number): number {
    return this.#clockStepped(this.time.set(trueSeconds, timeSeconds), timeSeconds);
  }

  #begin(place: number, address: number, timeSeconds: number): void {
    this.meters.forget(place);
    this.#parts.roster.setAddress(place, address);
    this.#silence.begin(place, timeSeconds);
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
    } else this.strange += 1;
  }

  #tellTime(source: number, nonce: number, timeSeconds: number): void {
    if (this.time.isSet) this.#parts.network.send(source, { kind: MessageKind.time, nonce, timeSeconds });
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
    this.meters.questions.clockStepped(bySeconds);
    this.#silence.clockStepped(bySeconds);
    this.#record(EventCode.clockSet, timeSeconds + bySeconds, numbers(timeSeconds, timeSeconds + bySeconds));
    return timeSeconds + bySeconds;
  }

  #command(command: Command, timeSeconds: number): void {
    if (this.#isOwn(command.storeId)) {
      const result = this.#commands?.take(command, timeSeconds) ?? null;
      if (result !== null) this.#parts.network.send(CONCENTRATOR_ADDRESS, result);
      return;
    }
    const place = this.store.placeOf(command.storeId);
    // The concentrator does not know whose meter it is and asks everybody.
    if (place !== nobody) this.meters.command(place, command);
  }

  #isOwn(storeId: StoreId): boolean {
    return storeId[0] === this.store.storeId[0] && storeId[1] === this.store.storeId[1];
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

  #tellSilence(place: number, silent: boolean, timeSeconds: number): void {
    const meter = this.store.meterAt(place);
    if (meter === null) return;
    const payload = numbers(meter.storeHigh, meter.storeLow);
    this.#record(silent ? EventCode.meterSilent : EventCode.meterHeard, timeSeconds, payload);
  }

  #record(code: number, timeSeconds: number, payload: Uint8Array): void {
    this.#parts.events?.record(code, timeSeconds, payload);
  }
}
