import type { Port } from '../firmware.js';
import { FrameWriter } from './frames.js';

/** So many packets wait while the stream is full; then the oldest is dropped, and whoever misses it asks again. */
const MAXIMUM_WAITING = 16;

/** A port on a stream of bytes: puts packets into frames, and holds some back while the stream takes no more. */
export class StreamPort implements Port {
  /** Packets that found no room any more. */
  dropped = 0;
  readonly #frames: FrameWriter;
  readonly #write: (frame: Uint8Array, length: number) => boolean;
  readonly #waiting: Uint8Array[] = [];
  #isFull = false;

  /**
   * For packets of at most `maximumBytes`. `write` copies frame[0, length), and returns false when the stream has had
   * enough until `drained` is called.
   */
  constructor(maximumBytes: number, write: (frame: Uint8Array, length: number) => boolean) {
    this.#frames = new FrameWriter(maximumBytes);
    this.#write = write;
  }

  /** On a stream everybody hears everything: the packet itself says who takes it. */
  send(_neighbour: number, packet: Uint8Array, length: number): void {
    if (!this.#isFull) {
      this.#put(packet, length);
      return;
    }
    if (this.#waiting.length === MAXIMUM_WAITING) {
      this.#waiting.shift();
      this.dropped += 1;
    }
    this.#waiting.push(packet.slice(0, length));
  }

  /** The stream takes bytes again. */
  drained(): void {
    this.#isFull = false;
    while (!this.#isFull && this.#waiting.length > 0) {
      const packet = this.#waiting.shift()!;
      this.#put(packet, packet.length);
    }
  }

  #put(packet: Uint8Array, length: number): void {
    this.#isFull = !this.#write(this.#frames.bytes, this.#frames.build(packet, length));
  }
}
