import type { ReportRing } from '../../lib/limfs/concentrator/index.js';
import type { EventLog } from '../../lib/limfs/events/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import type { CommandGate } from '../commands/commandGate.js';
import { EventCode } from '../events/eventCode.js';
import { EventSender } from '../events/eventSender.js';
import { numbers } from '../events/numbers.js';
import type { RandomSource } from '../firmware.js';
import {
  type Command,
  type EventAcknowledgement,
  type EventMessage,
  type Message,
  MessageKind,
  type Time,
} from '../link/message.js';
import { CONCENTRATOR_ADDRESS, type Hop } from '../link/packetHeader.js';
import type { Network } from '../network/network.js';
import type { DeviceClock } from '../time/deviceClock.js';
import { DamageWatch } from './damageWatch.js';
import { type ManagerRoster, MOST_MANAGERS } from './managerRoster.js';
import { Notices } from './notices.js';
import { PageTransfer, type TransferEnd, type TransferOptions } from './pageTransfer.js';
import { PassThroughSession } from './passThroughSession.js';
import { Poller } from './poller.js';
import { ReportPace } from './reportPace.js';
import { Uplink, type UplinkOptions } from './uplink.js';

export interface ConcentratorParts {
  readonly reports: ReportRing;
  readonly notices: ReportRing;
  readonly roster: ManagerRoster;
  /** Undefined when the log on the medium is damaged: then the role works on without events of its own. */
  readonly events: EventLog | undefined;
  /** The local managers. */
  readonly network: Network;
  /** The server; the host opens the connection. */
  readonly server: Network;
  readonly clock: DeviceClock;
  readonly random: RandomSource;
}

export interface ConcentratorOptions extends TransferOptions, UplinkOptions {}

export class ConcentratorCounters {
  /** Messages that nobody here has asked for. */
  strange = 0;
  events = 0;
  results = 0;
  /** Events and results that found the ring full; whoever sent them keeps them. */
  refused = 0;
}

const daySeconds = 86_400;
/** An unanswered request for the time is sent again after so long. */
const timePauseSeconds = 600;
/** An answer that comes later has been held up on its way, and the time in it is wrong by as much. */
const longestAnswerSeconds = 60;

/**
 * A concentrator (the paper's section 3.3, Figure 7): takes over the pages of its local managers on its own schedule,
 * keeps them until the server has them, keeps events and results likewise, passes commands down and the time.
 */
export class Concentrator {
  readonly counters = new ConcentratorCounters();
  readonly transfer: PageTransfer;
  readonly uplink: Uplink;
  readonly poller: Poller;
  readonly passThrough: PassThroughSession;
  readonly #pace: ReportPace;
  readonly #parts: ConcentratorParts;
  readonly #options: ConcentratorOptions;
  readonly #notices: Notices;
  readonly #events: EventSender | undefined;
  /** None without an event log: then nobody could be told. */
  readonly #damage: DamageWatch | undefined;
  #commands: CommandGate | undefined;
  /** An event of the concentrator itself that has become a notice. */
  #ownKept: EventAcknowledgement | undefined;
  #nonce = 0;
  #askedSeconds = 0;
  #askTimeSeconds: number;
  #nowSeconds: number;

  /** Begins at once: `timeSeconds` is the time of power-up. */
  constructor(parts: ConcentratorParts, options: ConcentratorOptions, timeSeconds: number) {
    const { reports, notices, roster, network, server, events, random } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#nowSeconds = timeSeconds;
    this.#askTimeSeconds = timeSeconds;
    this.transfer = new PageTransfer(reports, network, options);
    this.uplink = new Uplink(notices, reports, server, options);
    this.passThrough = new PassThroughSession(network, server, options.serverAddress);
    this.#notices = new Notices(notices);
    // Its own events go the way of all: into the log, then into the ring of notices.
    const loop = {
      send: (_: number, message: Message) => this.#keepOwn(message),
      largestBlockBytes: () => 0,
    };
    this.#events = events && new EventSender(events, loop, CONCENTRATOR_ADDRESS, reports.storeId, random);
    const tell = (address: number, silent: boolean, seconds: number) => {
      this.#record(silent ? EventCode.managerSilent : EventCode.managerHeard, seconds, numbers(address));
    };
    this.poller = new Poller(roster, tell, timeSeconds);
    const tellPace = (address: number, hours: number, isShort: boolean, seconds: number) => {
      const code = isShort ? EventCode.reportsShortened : EventCode.reportsAsBefore;
      this.#record(code, seconds, numbers(address, hours));
    };
    this.#pace = new ReportPace(roster, tellPace, timeSeconds);
    const tellDamage = (damaged: number) => {
      this.#record(EventCode.storeDamaged, this.#nowSeconds, numbers(damaged));
    };
    this.#damage = events && new DamageWatch([notices, reports], tellDamage);
  }

  /** Lets commands in; the gate's operations are those of `concentratorCommands`. */
  useCommands(commands: CommandGate): void {
    this.#commands = commands;
  }

  get storeId(): StoreId {
    return this.#parts.reports.storeId;
  }

  get roster(): ManagerRoster {
    return this.#parts.roster;
  }

  get clockIsSet(): boolean {
    return this.#parts.clock.isSet;
  }

  /** What the rings have found wrong with themselves, ever. */
  get damaged(): number {
    return this.#parts.reports.findings.length + this.#parts.notices.findings.length;
  }

  get wakeSeconds(): number {
    return Math.min(
      this.transfer.isIdle ? this.poller.wakeSeconds : this.transfer.wakeSeconds,
      this.uplink.wakeSeconds,
      this.#askTimeSeconds,
      this.#pace.wakeSeconds,
      this.#events?.wakeSeconds ?? Number.POSITIVE_INFINITY,
    );
  }

  wake(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    this.#ended(this.transfer.wake(timeSeconds), timeSeconds);
    if (this.#pace.wake(timeSeconds)) this.poller.plan(timeSeconds);
    this.#poll(timeSeconds);
    this.#damage?.look();
    this.#events?.wake(timeSeconds);
    if (this.#ownKept !== undefined) this.#events?.acknowledged(this.#ownKept, timeSeconds);
    this.#ownKept = undefined;
    this.uplink.wake(timeSeconds);
    if (timeSeconds >= this.#askTimeSeconds) this.#askTime(timeSeconds);
  }

  /** The host has a connection to the server. */
  connected(timeSeconds: number): void {
    this.uplink.connected(timeSeconds);
    this.#askTimeSeconds = timeSeconds;
  }

  /** Takes a message that came up. */
  take(source: number, message: Message, hops: readonly Hop[], timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    if (message.kind === MessageKind.page) {
      this.#ended(this.transfer.takePage(source, message, hops, timeSeconds), timeSeconds);
    } else if (message.kind === MessageKind.cell) {
      this.#ended(this.transfer.takeCell(source, message, timeSeconds), timeSeconds);
    } else if (message.kind === MessageKind.event) this.#keepEvent(source, message, timeSeconds);
    else if (message.kind === MessageKind.passThrough) this.passThrough.up(source, message, timeSeconds);
    else if (message.kind === MessageKind.timeRequest) this.#answerTime(source, message.nonce, timeSeconds);
    else if (message.kind === MessageKind.result) {
      this.counters.results += 1;
      if (!this.#notices.keepResult(message, timeSeconds)) this.counters.refused += 1;
    } else this.counters.strange += 1;
    this.#poll(timeSeconds);
  }

  /** Takes a message of the server. */
  takeFromServer(message: Message, timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    if (message.kind === MessageKind.reportAcknowledgement) this.uplink.take(message, timeSeconds);
    else if (message.kind === MessageKind.time) this.#tellTime(message, timeSeconds);
    else if (message.kind === MessageKind.command) this.#command(message, timeSeconds);
    else if (message.kind === MessageKind.passThrough) this.passThrough.down(message, timeSeconds);
    else this.counters.strange += 1;
  }

  /** A local manager came, went, or got another report interval. */
  rosterChanged(place: number, timeSeconds: number): void {
    this.poller.planOne(place, timeSeconds);
  }

  #poll(timeSeconds: number): void {
    if (!this.transfer.isIdle) return;
    const address = this.poller.due(timeSeconds);
    if (address === 0) return;
    this.poller.begun(address, timeSeconds);
    this.transfer.begin(address, this.#parts.clock.isSet ? timeSeconds : 0, timeSeconds);
  }

  #ended(how: TransferEnd | null, timeSeconds: number): void {
    if (how === null) return;
    this.poller.ended(this.transfer.address, how, timeSeconds);
    if (how !== 'full' && how !== 'drained') return;
    const isFull = how === 'full';
    const { roster } = this.#parts;
    if (isFull === roster.ringIsFull) return;
    // Told first: a cut in between tells it twice, never not at all.
    this.#record(isFull ? EventCode.ringFull : EventCode.ringFree, timeSeconds, numbers());
    roster.noteRing(isFull);
  }

  /** An event is acknowledged once it is durable here; while there is no room for it, its device keeps it. */
  #keepEvent(source: number, event: EventMessage, timeSeconds: number): void {
    this.counters.events += 1;
    const { storeId, sequence } = event;
    if (this.#notices.keepEvent(event, timeSeconds)) {
      this.#parts.network.send(source, { kind: MessageKind.eventAcknowledgement, storeId, sequence });
      if (event.code === EventCode.planFails) this.#planFails(source, event, timeSeconds);
    } else this.counters.refused += 1;
  }

  #planFails(address: number, { payload }: EventMessage, timeSeconds: number): void {
    const place = this.#parts.roster.placeOf(address);
    if (place >= 0 && this.#pace.failed(place, payload, timeSeconds)) this.rosterChanged(place, timeSeconds);
  }

  #keepOwn(message: Message): void {
    if (message.kind !== MessageKind.event || !this.#notices.keepEvent(message, this.#nowSeconds)) return;
    const { storeId, sequence } = message;
    this.#ownKept = { kind: MessageKind.eventAcknowledgement, storeId, sequence };
  }

  /** Runs a command, or passes it down: only the local manager that has the device knows it. */
  #command(command: Command, timeSeconds: number): void {
    const { network, roster } = this.#parts;
    const result = this.#commands?.take(command, timeSeconds) ?? null;
    if (result !== null) {
      if (!this.#notices.keepResult(result, timeSeconds)) this.counters.refused += 1;
      return;
    }
    for (let place = 0; place < MOST_MANAGERS; place += 1) {
      const managed = roster.at(place);
      if (managed !== null) network.send(managed.address, command);
    }
  }

  /** The time is told by whoever has it. */
  #answerTime(source: number, nonce: number, timeSeconds: number): void {
    const { clock, network } = this.#parts;
    if (clock.isSet) network.send(source, { kind: MessageKind.time, nonce, timeSeconds });
  }

  #askTime(timeSeconds: number): void {
    this.#askTimeSeconds = timeSeconds + timePauseSeconds;
    this.#nonce = this.#parts.random();
    this.#askedSeconds = timeSeconds;
    this.#parts.server.send(this.#options.serverAddress, {
      kind: MessageKind.timeRequest,
      nonce: this.#nonce,
    });
  }

  /** Only the answer to the newest question counts: an older one has been held up, and is wrong by so much. */
  #tellTime({ nonce, timeSeconds: trueSeconds }: Time, timeSeconds: number): void {
    if (nonce !== this.#nonce || timeSeconds - this.#askedSeconds > longestAnswerSeconds) return;
    this.#nonce = -1;
    const isStepped = this.#parts.clock.tell(timeSeconds, trueSeconds) === 'stepped';
    this.#askTimeSeconds = (isStepped ? trueSeconds : timeSeconds) + daySeconds;
    if (!isStepped) return;
    this.transfer.clockStepped(trueSeconds - timeSeconds);
    this.uplink.clockStepped(trueSeconds - timeSeconds);
    this.passThrough.clockStepped(trueSeconds - timeSeconds);
    this.#pace.clockStepped(trueSeconds - timeSeconds);
    this.poller.plan(trueSeconds);
    this.#record(EventCode.clockSet, trueSeconds, numbers(timeSeconds, trueSeconds));
  }

  #record(code: number, timeSeconds: number, payload: Uint8Array): void {
    this.#events?.record(code, timeSeconds, payload);
  }
}
