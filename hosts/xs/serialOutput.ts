import type { SerialPort } from './port.js';

/**
 * Sends bytes in the pieces that a port has room for: the transmit buffer of the Pico holds 128 bytes, and a write
 * beyond that throws.
 */
export class SerialOutput {
  /** What `send` sends is put in here. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #sent = 0;
  #writableBytes = 0;

  constructor(maximumBytes: number) {
    this.bytes = new Uint8Array(maximumBytes);
  }

  /** Everything has gone out, and the port has room for more. */
  get isReady(): boolean {
    return this.#sent === this.#length && this.#writableBytes > 0;
  }

  /** Sends bytes[0, length) from now on; only when it `isReady`, or for the first time. */
  send(port: SerialPort, length: number): void {
    this.#length = length;
    this.#sent = 0;
    this.#write(port);
  }

  /** The port has so many bytes of room. */
  writable(port: SerialPort, bytes: number): void {
    this.#writableBytes = bytes;
    this.#write(port);
  }

  #write(port: SerialPort): void {
    const count = Math.min(this.#length - this.#sent, this.#writableBytes);
    if (count === 0) return;
    const end = this.#sent + count;
    try {
      port.write(this.bytes.buffer.slice(this.#sent, end));
    } catch {
      // Linux promises more room than there is while an earlier write is under way; it calls back when there is some.
      this.#writableBytes = 0;
      return;
    }
    this.#sent = end;
    this.#writableBytes -= count;
  }
}
