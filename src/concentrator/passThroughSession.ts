import type { StoreId } from '../../lib/limfs/index.js';
import type { PassThrough } from '../link/message.js';
import type { Network } from '../network/network.js';

export const LONGEST_SESSION_SECONDS = 900;

/**
 * One transparent session at a time between the server and a meter (the "dummy" concentrator of GuruxAMI): bytes go
 * both ways as they are, for a limited time, and nothing is kept. Without a session they are dropped and counted.
 */
export class PassThroughSession {
  /** Messages that went on, and messages that came without a session. */
  passed = 0;
  dropped = 0;
  readonly #network: Network;
  readonly #server: Network;
  readonly #serverAddress: number;
  #storeId: StoreId = [0, 0];
  #managerAddress = 0;
  #untilSeconds = Number.NEGATIVE_INFINITY;

  constructor(network: Network, server: Network, serverAddress: number) {
    this.#network = network;
    this.#server = server;
    this.#serverAddress = serverAddress;
  }

  /** Opens a session, in the place of any other. */
  open(storeId: StoreId, managerAddress: number, untilSeconds: number): void {
    this.#storeId = storeId;
    this.#managerAddress = managerAddress;
    this.#untilSeconds = untilSeconds;
  }

  clockStepped(bySeconds: number): void {
    this.#untilSeconds += bySeconds;
  }

  down(message: PassThrough, timeSeconds: number): void {
    if (this.#isOpen(message, timeSeconds)) this.#network.send(this.#managerAddress, message);
  }

  up(source: number, message: PassThrough, timeSeconds: number): void {
    if (source !== this.#managerAddress) this.dropped += 1;
    else if (this.#isOpen(message, timeSeconds)) this.#server.send(this.#serverAddress, message);
  }

  #isOpen({ storeId }: PassThrough, timeSeconds: number): boolean {
    const [high, low] = this.#storeId;
    const isOpen = timeSeconds < this.#untilSeconds && storeId[0] === high && storeId[1] === low;
    if (isOpen) this.passed += 1;
    else this.dropped += 1;
    return isOpen;
  }
}
