import type { Duplex } from 'node:stream';
import type { Port } from '../../../src/firmware.js';
import { FrameReader } from '../../../src/link/frames.js';
import { MAXIMUM_PACKET_BYTES } from '../../../src/link/packetHeader.js';
import { StreamPort } from '../../../src/link/streamPort.js';

/** Takes a packet; the bytes stay as they are only until it returns. */
export type TakePacket = (packet: Uint8Array, length: number) => void;

/** A port on any stream of Node's: a TCP connection or a serial line. Packets go in frames both ways. */
export class StreamLink implements Port {
  readonly #stream: Duplex;
  readonly #port: StreamPort;
  readonly #reader: FrameReader;

  constructor(stream: Duplex, deliver: TakePacket) {
    this.#stream = stream;
    this.#reader = new FrameReader(MAXIMUM_PACKET_BYTES, deliver);
    // The stream keeps what it cannot send yet, so it gets a copy.
    this.#port = new StreamPort(MAXIMUM_PACKET_BYTES, (frame, length) =>
      stream.write(frame.slice(0, length)),
    );
    stream.on('data', (bytes: Uint8Array) => this.#reader.receive(bytes));
    stream.on('drain', () => this.#port.drained());
  }

  /** Packets that were dropped because the stream was full, and frames that came damaged. */
  get counters(): { readonly dropped: number; readonly damaged: number } {
    return { dropped: this.#port.dropped, damaged: this.#reader.damaged };
  }

  send(neighbour: number, packet: Uint8Array, length: number): void {
    if (this.#stream.writable) this.#port.send(neighbour, packet, length);
  }

  close(): void {
    this.#stream.destroy();
  }
}
