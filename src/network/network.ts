import type { Message } from '../link/message.js';

/** What a role needs of the network; `Node` gives it, and tests give it without packets. */
export interface Network {
  /** Sends a message to an address. It may get lost: whoever needs an answer asks again. */
  send(destination: number, message: Message): void;
  /**
   * The most bytes of a block with which a window or backfill goes to that address in the fewest packets that make room
   * for `least` bytes; 0: no number of packets does.
   */
  largestBlockBytes(destination: number, least?: number): number;
}
