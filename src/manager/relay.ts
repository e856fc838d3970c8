import type { Command, Result } from '../link/message.js';
import type { Network } from '../network/network.js';
import type { MeterRoster } from './meterRoster.js';

/** Commands that wait for their results; the server sends a command again that has found no place. */
const MOST_COMMANDS = 8;

interface Waiting {
  readonly place: number;
  readonly command: Command;
}

/**
 * Passes the server's commands on to meters: at once, and again behind each window until the result is there, because
 * a meter on batteries listens only then. A command that comes twice is answered twice by the meter, and runs once.
 */
export class Relay {
  readonly #roster: MeterRoster;
  readonly #network: Network;
  #waiting: Waiting[] = [];

  constructor(roster: MeterRoster, network: Network) {
    this.#roster = roster;
    this.#network = network;
  }

  /** False: there is no room for it now. */
  take(place: number, command: Command): boolean {
    const known = this.#waiting.some((one) => isOf(one, command));
    if (!known && this.#waiting.length === MOST_COMMANDS) return false;
    if (!known) this.#waiting.push({ place, command });
    this.#network.send(this.#roster.address(place), command);
    return true;
  }

  /** A window of this meter came in: it listens. */
  heard(place: number, timeSeconds: number): void {
    this.#waiting = this.#waiting.filter(({ command }) => command.notAfterSeconds >= timeSeconds);
    for (const one of this.#waiting) {
      if (one.place === place) this.#network.send(this.#roster.address(place), one.command);
    }
  }

  finished(result: Result): void {
    this.#waiting = this.#waiting.filter((one) => !isOf(one, result));
  }

  forget(place: number): void {
    this.#waiting = this.#waiting.filter((one) => one.place !== place);
  }
}

function isOf({ command }: Waiting, { number, storeId }: Command | Result): boolean {
  return command.number === number && command.storeId[0] === storeId[0] && command.storeId[1] === storeId[1];
}
