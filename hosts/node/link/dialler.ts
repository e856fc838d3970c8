import { connect, type Socket } from 'node:net';
import type { Port, RandomSource } from '../../../src/firmware.js';
import { StreamLink, type TakePacket } from './streamLink.js';

export interface DiallerOptions {
  readonly host: string;
  readonly port: number;
  readonly random: RandomSource;
  readonly deliver: TakePacket;
  /** A connection stands. */
  readonly connected: () => void;
  /** Calls back after a time; returns what takes that back. By default the system's timer. */
  readonly later?: (milliseconds: number, work: () => void) => () => void;
}

const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 300_000;
const connectMilliseconds = 20_000;
/** A peer that vanished without a word is noticed by the system after some of these. */
const keepAliveMilliseconds = 60_000;

/**
 * The uplink of a concentrator on TCP (L35, A07): the concentrator dials, so it needs no address of its own and may be
 * behind any router; the server never dials. A connection that ends is dialled anew, with pauses that grow to five minutes
 * and are never quite the same, for a server that comes back shall not be dialled by everybody at once.
 */
export class Dialler implements Port {
  /** Connections that stood, and tries in a row that came to nothing. */
  connections = 0;
  failures = 0;
  readonly #options: DiallerOptions;
  #socket: Socket | undefined;
  #link: StreamLink | undefined;
  #cancel: () => void = () => {};
  #isClosed = false;

  /** Dials at once. */
  constructor(options: DiallerOptions) {
    this.#options = options;
    this.#dial();
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Without a connection the packet is lost: whoever needs it sends it again. */
  send(neighbour: number, packet: Uint8Array, length: number): void {
    this.#link?.send(neighbour, packet, length);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
    this.#socket?.destroy();
  }

  #dial(): void {
    const { host, port } = this.#options;
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMilliseconds,
    });
    this.#socket = socket;
    socket.setTimeout(connectMilliseconds, () => socket.destroy());
    socket.on('connect', () => this.#connected(socket));
    // What went wrong does not matter: `close` follows, and dials again.
    socket.on('error', () => {});
    socket.on('close', () => this.#ended());
  }

  #connected(socket: Socket): void {
    socket.setTimeout(0);
    this.connections += 1;
    this.failures = 0;
    this.#link = new StreamLink(socket, this.#options.deliver);
    this.#options.connected();
  }

  #ended(): void {
    const stood = this.#link !== undefined;
    this.#link = undefined;
    if (this.#isClosed) return;
    if (!stood) this.failures += 1;
    const { later = onTimer, random } = this.#options;
    const pause = Math.min(
      firstPauseMilliseconds * 2 ** Math.min(this.failures, 30),
      longestPauseMilliseconds,
    );
    this.#cancel = later(pause / 2 + (random() % pause) / 2, () => this.#dial());
  }
}

function onTimer(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}
