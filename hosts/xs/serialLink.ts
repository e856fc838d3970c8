import { FrameReader, FrameWriter } from '../../src/link/frames.js';
import { StreamPort } from '../../src/link/streamPort.js';
import type { OpenPort, SerialPort } from './port.js';
import { SerialOutput } from './serialOutput.js';

/** A serial port as a link: packets in frames (src/link/frames), one frame under way, more of them waiting. */
export class SerialLink {
  /** Where a role puts its packets. */
  readonly port: StreamPort;
  readonly #serial: SerialPort;
  readonly #output: SerialOutput;
  readonly #reader: FrameReader;

  /** For packets of at most `maximumBytes`; `deliver` gets those that arrive whole, as a `FrameReader` gives them. */
  constructor(maximumBytes: number, open: OpenPort, deliver: (packet: Uint8Array, length: number) => void) {
    this.#reader = new FrameReader(maximumBytes, deliver);
    this.#output = new SerialOutput(new FrameWriter(maximumBytes).bytes.length);
    this.port = new StreamPort(maximumBytes, (frame, length) => this.#send(frame, length));
    this.#serial = open({ onReadable: () => this.#receive(), onWritable: (bytes) => this.#writable(bytes) });
  }

  #receive(): void {
    const bytes = this.#serial.read();
    if (bytes !== undefined) this.#reader.receive(new Uint8Array(bytes));
  }

  #send(frame: Uint8Array, length: number): boolean {
    this.#output.bytes.set(frame.subarray(0, length));
    this.#output.send(this.#serial, length);
    return this.#output.isReady;
  }

  #writable(bytes: number): void {
    this.#output.writable(this.#serial, bytes);
    if (this.#output.isReady) this.port.drained();
  }
}
