import type { ReportRing } from '../../lib/limfs/concentrator/index.js';
import { LimfsError } from '../../lib/limfs/index.js';
import { crc32 } from '../link/crc32.js';
import type { EventMessage, Result } from '../link/message.js';
import { encodeMessage, messageBytes } from '../link/messageCodec.js';
import { eventCounter, resultCounter } from './reportNames.js';

/**
 * Events of devices and results of commands, kept in a ring of reports of their own until the server has them: so no
 * storm of events takes the place of readings. What comes twice is stored once.
 */
export class Notices {
  readonly #ring: ReportRing;

  constructor(ring: ReportRing) {
    this.#ring = ring;
  }

  /** Durable when it returns true; false: the ring is full, and whoever sent it must keep it. */
  keepEvent(event: EventMessage, timeSeconds: number): boolean {
    return this.#keep(event, eventCounter(event.sequence), timeSeconds);
  }

  /** As for events; the server asks for a result again that did not find its place. */
  keepResult(result: Result, timeSeconds: number): boolean {
    return this.#keep(result, resultCounter(result.number), timeSeconds);
  }

  #keep(message: EventMessage | Result, pageCounter: number, timeSeconds: number): boolean {
    const body = new Uint8Array(messageBytes(message));
    encodeMessage(message, body, 0);
    const checksum = crc32(body, 0, body.length);
    try {
      this.#ring.append({ storeId: message.storeId, pageCounter, checksum, timeSeconds, headers: [] }, body);
      return true;
    } catch (error) {
      if (!(error instanceof LimfsError) || error.code !== 'ring-full') throw error;
      return false;
    }
  }
}
