import { assert } from '../../lib/limfs/errors.js';
import type { ManagerStore, Outcome } from '../../lib/limfs/manager/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import { EventCode } from '../events/eventCode.js';
import { numbers } from '../events/numbers.js';
import type { RandomSource } from '../firmware.js';
import {
  type Backfill,
  type Command,
  type EventMessage,
  type Lines,
  type Message,
  MessageKind,
  type PassThrough,
  type Result,
  type Window,
} from '../link/message.js';
import { CONCENTRATOR_ADDRESS } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import { LineExchange } from './lineExchange.js';
import { MeterIntake, nobody } from './meterIntake.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';
import type { PlanWatch } from './planWatch.js';
import { type QuestionOptions, QuestionScheduler } from './questionScheduler.js';
import { Relay } from './relay.js';
import type { SilenceWatch } from './silenceWatch.js';

/** A cell counts its readings in a byte. */
const MOST_READINGS = 255;

const meterKinds: readonly number[] = Object.freeze([
  MessageKind.window,
  MessageKind.backfill,
  MessageKind.lines,
  MessageKind.event,
  MessageKind.result,
  MessageKind.passThrough,
]);

/** What a meter says in its own name; events, results and sessions are passed on as they are. */
export type MeterMessage = Window | Backfill | Lines | EventMessage | Result | PassThrough;

export function isOfMeter(message: Message): message is MeterMessage {
  return meterKinds.includes(message.kind);
}

export interface MeterDialogueParts {
  readonly store: ManagerStore;
  readonly roster: MeterRoster;
  readonly network: Network;
  readonly random: RandomSource;
  readonly silence: SilenceWatch;
  readonly plan: PlanWatch;
  /** Stores an event. */
  readonly record: (code: EventCode, timeSeconds: number, payload: Uint8Array) => void;
}

/** Counts since the restart. */
export class MeterDialogueCounters {
  windows = 0;
  backfills = 0;
  /** Answers that name lines. */
  lines = 0;
}

/** What a local manager and its meters say to each other: windows come, and what is missing is asked for. */
export class MeterDialogue {
  readonly counters = new MeterDialogueCounters();
  readonly intake: MeterIntake;
  readonly questions: QuestionScheduler;
  readonly #parts: MeterDialogueParts;
  readonly #exchange: LineExchange;
  readonly #relay: Relay;

  constructor(parts: MeterDialogueParts, options: QuestionOptions) {
    const { store, roster, network, random } = parts;
    this.#parts = parts;
    this.intake = new MeterIntake(store, roster);
    this.#exchange = new LineExchange(store, random);
    this.#relay = new Relay(roster, network);
    const questions = {
      isOpen: (place: number) => this.#exchange.isOpen(place) || this.#misses(place),
      ask: (place: number) => this.#ask(place),
    };
    this.questions = new QuestionScheduler(store.settings.meters, questions, options, random);
  }

  /** Takes a message of a meter. */
  take(source: number, message: MeterMessage, timeSeconds: number): void {
    const place = this.intake.placeOf(source, message.storeId);
    if (place === nobody) return;
    if (message.kind === MessageKind.window) this.#window(place, message, timeSeconds);
    else if (message.kind === MessageKind.backfill) this.#backfill(place, message, timeSeconds);
    else if (message.kind === MessageKind.lines) this.#lines(place, message, timeSeconds);
    else {
      if (message.kind === MessageKind.result) this.#relay.finished(message);
      this.#parts.network.send(CONCENTRATOR_ADDRESS, message);
    }
  }

  /** Passes a command on to the meter at a place. */
  command(place: number, command: Command): void {
    this.#relay.take(place, command);
  }

  /** The meter at a place has gone, or another one has come. */
  forget(place: number): void {
    const { plan, silence } = this.#parts;
    this.questions.forget(place);
    this.#exchange.forget(place);
    this.#relay.forget(place);
    plan.forget(place);
    silence.forget(place);
  }

  #window(place: number, window: Window, timeSeconds: number): void {
    const { store, silence, plan } = this.#parts;
    this.counters.windows += 1;
    const outcome = this.intake.window(place, window, timeSeconds);
    this.#look(outcome, place, window, timeSeconds);
    silence.heard(place, timeSeconds);
    if (isOfLine(outcome) && window.block.length > 0) plan.heard(place, store.receivedEnd);
    this.#relay.heard(place, timeSeconds);
    this.questions.heard(place, timeSeconds);
  }

  #backfill(place: number, answer: Backfill, timeSeconds: number): void {
    this.counters.backfills += 1;
    const outcome = this.intake.backfill(place, answer, timeSeconds);
    this.#look(outcome, place, null, timeSeconds);
    if (outcome === 'filled' || outcome === 'known') this.questions.answered(place, timeSeconds);
  }

  /** The meter names its lines: it was started anew, or the server has asked. */
  #lines(place: number, answer: Lines, timeSeconds: number): void {
    const { store, plan } = this.#parts;
    this.counters.lines += 1;
    const lines = this.#exchange.answer(place, answer);
    if (lines === null) {
      this.questions.answered(place, timeSeconds);
      return;
    }
    const parting = store.partingOf(place, lines, answer.oldestSequence);
    const { next, storeHigh, storeLow } = this.#meterAt(place);
    const isSetBack = ahead(parting, next) < 0;
    // Told first: a cut in between tells it twice, never not at all.
    const payload = numbers(storeHigh, storeLow, parting, next);
    if (isSetBack) this.#parts.record(EventCode.meterSetBack, timeSeconds, payload);
    const outcome = store.takeLines(place, lines, answer.oldestSequence, timeSeconds);
    if (outcome === 'no-room') {
      plan.crowded();
      return;
    }
    if (isSetBack) plan.forget(place);
    if (outcome === 'quarantined') this.#quarantined(place, timeSeconds);
    const window = this.#exchange.settled(place);
    if (window?.line === lines.newest) {
      this.#look(this.intake.window(place, window, timeSeconds), place, null, timeSeconds);
    }
    this.questions.answered(place, timeSeconds);
  }

  #look(outcome: Outcome, place: number, window: Window | null, timeSeconds: number): void {
    if (outcome === 'other-line') this.#exchange.refused(place, window);
    if (outcome === 'quarantined') this.#quarantined(place, timeSeconds);
  }

  #quarantined(place: number, timeSeconds: number): void {
    const { storeHigh, storeLow } = this.#meterAt(place);
    this.#parts.record(EventCode.meterQuarantined, timeSeconds, numbers(storeHigh, storeLow));
  }

  /** Whether readings of the meter are missing, and there is room for them. */
  #misses(place: number): boolean {
    const { store, plan } = this.#parts;
    if ((store.meterAt(place)?.gaps.count ?? 0) === 0) return false;
    if (store.hasRoomForBackfill) return true;
    if (store.settings.backfill) plan.crowded();
    return false;
  }

  /** The lines come first: without them nothing else is taken. */
  #ask(place: number): boolean {
    const { roster, network } = this.#parts;
    const address = roster.address(place);
    const question = this.#exchange.isOpen(place) ? this.#exchange.question(place) : this.#missing(place);
    if (address === UNKNOWN_ADDRESS || question === null) return false;
    network.send(address, question);
    return true;
  }

  /** The question for the oldest gap. */
  #missing(place: number): Message | null {
    const meter = this.#misses(place) ? this.#parts.store.meterAt(place) : null;
    if (meter === null) return null;
    const firstSequence = meter.gaps.firsts[0]!;
    return {
      kind: MessageKind.backfillRequest,
      storeId: [meter.storeHigh, meter.storeLow],
      firstSequence,
      count: Math.min(ahead(meter.gaps.ends[0]!, firstSequence), MOST_READINGS),
    };
  }

  #meterAt(place: number) {
    const meter = this.#parts.store.meterAt(place);
    assert(meter !== null, 'an event about a meter that is managed');
    return meter;
  }
}

/** Whether the block is of the line that the meter is known to be on. */
function isOfLine(outcome: Outcome): boolean {
  return outcome !== 'other-line' && outcome !== 'damaged' && outcome !== 'quarantined';
}
