import type { Port } from '../firmware.js';
import type { Message } from '../link/message.js';
import { encodeMessage, MAXIMUM_MESSAGE_BYTES, messageBytes } from '../link/messageCodec.js';
import {
  createHeader,
  headerBytes,
  MAXIMUM_PACKET_BYTES,
  type PacketHeader,
  putDownHop,
  putHeader,
} from '../link/packetHeader.js';
import { MAXIMUM_PIECES, PIECE_HEADER_BYTES, pieceHeader } from '../link/pieces.js';
import type { Seal } from '../link/seal.js';
import type { Way } from './ways.js';

export interface SenderOptions {
  /** u16; the concentrator's is `CONCENTRATOR_ADDRESS`. */
  readonly address: number;
  /** The lower 16 bits go into packets. */
  readonly networkId: number;
  readonly seal: Seal;
  /** Counter of the first packet, u32. Those of the last minute before a restart must not come again. */
  readonly firstCounter: number;
  readonly port: Port;
}

/** Makes packets of messages: whole ones where they fit, else pieces. */
export class Sender {
  readonly #seal: Seal;
  readonly #port: Port;
  readonly #header: PacketHeader;
  readonly #packet = new Uint8Array(MAXIMUM_PACKET_BYTES);
  /** The message that is being sent in pieces; grows with the longest one. */
  #message = new Uint8Array(0);

  constructor({ address, networkId, seal, firstCounter, port }: SenderOptions) {
    this.#seal = seal;
    this.#port = port;
    this.#header = { ...createHeader(), networkId, source: address, counter: firstCounter };
  }

  /**
   * Sends a message with `way` down, or null for up, to the neighbour `next`. A packet's body has `room` bytes. Returns
   * the number of packets; 0 when the message is too long for as many as there may be.
   */
  send(destination: number, message: Message, way: Way | null, next: number, room: number): number {
    const length = messageBytes(message);
    const pieceBytes = room - PIECE_HEADER_BYTES;
    const count = length <= room ? 1 : Math.ceil(length / Math.max(1, pieceBytes));
    if (length > MAXIMUM_MESSAGE_BYTES || pieceBytes < 1 || count > MAXIMUM_PIECES) return 0;
    const header = this.#header;
    header.down = way !== null;
    header.piece = count > 1;
    header.destination = destination;
    header.receiver = next;
    header.hops = way === null ? 0 : way.length;
    for (let place = 0; place < header.hops; place += 1) putDownHop(this.#packet, place, way![place]!);
    if (count === 1) {
      encodeMessage(message, this.#packet, headerBytes(header.down, header.hops));
      this.#sendBody(length);
    } else this.#sendPieces(message, length, count, pieceBytes);
    return count;
  }

  #sendPieces(message: Message, length: number, count: number, pieceBytes: number): void {
    if (this.#message.length < length) this.#message = new Uint8Array(length);
    encodeMessage(message, this.#message, 0);
    const start = headerBytes(this.#header.down, this.#header.hops);
    for (let index = 0; index < count; index += 1) {
      const from = index * pieceBytes;
      const piece = this.#message.subarray(from, Math.min(length, from + pieceBytes));
      this.#packet[start] = pieceHeader(index, count);
      this.#packet.set(piece, start + PIECE_HEADER_BYTES);
      this.#sendBody(PIECE_HEADER_BYTES + piece.length);
    }
  }

  /** Sends the packet whose way and body, of so many bytes, are in place. */
  #sendBody(bytes: number): void {
    const header = this.#header;
    const packet = this.#packet;
    putHeader(packet, header);
    header.counter = (header.counter + 1) >>> 0;
    const headerLength = headerBytes(header.down, header.hops);
    const length = headerLength + bytes;
    this.#seal.seal(packet, headerLength, length);
    this.#port.send(header.receiver, packet, length + this.#seal.tagBytes);
  }
}
