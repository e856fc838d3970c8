import type { StoreId } from '../../lib/limfs/index.js';
import { advance } from '../../lib/limfs/sequence.js';
import { type Command, MessageKind, type Result } from '../link/message.js';
import type { Network } from '../network/network.js';

/**
 * A command is sent again until its result is there, after pauses that grow: it goes to all local managers of its
 * concentrator, and the right one keeps it until its meter listens, as a rule within the hour.
 */
const firstPauseSeconds = 60;
const longestPauseSeconds = 900;
/** A result may be under way for so long after the command's time is over. */
const graceSeconds = 3600;
const MOST_OPEN = 1000;

/** What came of a command: its result, or that nobody answered in time. */
export type Answer = (result: Result | null, command: Command) => void;

interface Open {
  readonly concentrator: number;
  readonly command: Command;
  readonly answer: Answer;
  sendSeconds: number;
  pauseSeconds: number;
}

/**
 * Sends commands down and brings their results back: each again and again until its result is there, one at a time to
 * each device, because a device runs none with a lower number than its last.
 */
export class CommandDesk {
  readonly #network: Network;
  #number: number;
  #open: Open[] = [];

  /** `nextNumber` is above that of every command that was ever issued: the caller keeps it. */
  constructor(network: Network, nextNumber: number) {
    this.#network = network;
    this.#number = nextNumber;
  }

  get nextNumber(): number {
    return this.#number;
  }

  /** Commands without a result yet. */
  get open(): number {
    return this.#open.length;
  }

  get wakeSeconds(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { sendSeconds } of this.#open) earliest = Math.min(earliest, sendSeconds);
    return earliest;
  }

  /** Issues a command; false: too many are open. */
  issue(
    concentrator: number,
    storeId: StoreId,
    operation: number,
    argument: Uint8Array,
    notAfterSeconds: number,
    answer: Answer,
    timeSeconds: number,
  ): boolean {
    if (this.#open.length === MOST_OPEN) return false;
    const number = this.#number;
    this.#number = advance(number, 1);
    const kind = MessageKind.command;
    const command = { kind, number, storeId, notAfterSeconds, operation, argument };
    const pauseSeconds = firstPauseSeconds;
    this.#open.push({ concentrator, command, answer, sendSeconds: timeSeconds, pauseSeconds });
    return true;
  }

  wake(timeSeconds: number): void {
    const late = this.#open.filter(({ command }) => command.notAfterSeconds + graceSeconds < timeSeconds);
    this.#open = this.#open.filter((one) => !late.includes(one));
    for (const { command, answer } of late) answer(null, command);
    for (const one of this.#open) {
      if (one.sendSeconds > timeSeconds) continue;
      if (!this.#isFirst(one)) one.sendSeconds = timeSeconds + firstPauseSeconds;
      else {
        one.sendSeconds = timeSeconds + one.pauseSeconds;
        one.pauseSeconds = Math.min(2 * one.pauseSeconds, longestPauseSeconds);
        this.#network.send(one.concentrator, one.command);
      }
    }
  }

  /** A result came; the second time it changes nothing. */
  take(result: Result, timeSeconds: number): void {
    const one = this.#open.find(
      ({ command }) => command.number === result.number && sameDevice(command, result),
    );
    if (one === undefined) return;
    this.#open = this.#open.filter((other) => other !== one);
    one.answer(result, one.command);
    for (const other of this.#open) if (sameDevice(other.command, result)) other.sendSeconds = timeSeconds;
  }

  /** Whether no earlier command to the same device is open. */
  #isFirst(one: Open): boolean {
    return this.#open.find(({ command }) => sameDevice(command, one.command)) === one;
  }
}

function sameDevice(a: Command | Result, b: Command | Result): boolean {
  return a.storeId[0] === b.storeId[0] && a.storeId[1] === b.storeId[1];
}
