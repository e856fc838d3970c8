import type { StoreId } from '../../lib/limfs/index.js';
import { type Message, MessageKind } from '../../src/link/message.js';
import { blockOf } from '../lib/limfs/manager/blocks.js';
import { MANAGER } from './fieldDevices.js';

const FIRST_METER = 100;

/** Where a model of a meter stands. */
export interface Surroundings {
  readonly windowReadings: number;
  /** k; 0 for packed windows. */
  readonly readingBytes: number;
  send(source: number, destination: number, message: Message): void;
}

/** A meter as the others see it: keeps its newest readings, sends windows, answers requests. */
export class ModelMeter {
  readonly storeId: StoreId;
  readonly address: number;
  readonly #field: Surroundings;
  readonly #number: number;
  next = 0;
  capacity: number;
  /** Sends nothing and hears nothing. */
  isDead = false;
  /** Sequences that it cannot read any more. */
  readonly damaged = new Set<number>();

  constructor(field: Surroundings, number: number, capacity: number) {
    this.#field = field;
    this.#number = number;
    this.capacity = capacity;
    this.storeId = [1, number];
    this.address = FIRST_METER + number;
  }

  get oldest(): number {
    return Math.max(0, this.next - this.capacity);
  }

  takeReading(): void {
    this.next += 1;
    const { windowReadings, readingBytes } = this.#field;
    const first = Math.max(this.oldest, this.next - windowReadings);
    if (this.isDead) return;
    this.#field.send(this.address, MANAGER, {
      kind: MessageKind.window,
      storeId: this.storeId,
      oldestSequence: this.oldest,
      nextSequence: this.next,
      block: blockOf(readingBytes, this.#number, first, this.next),
    });
  }

  take(source: number, message: Message): void {
    if (this.isDead) return;
    if (message.kind === MessageKind.command) {
      const { number, storeId } = message;
      const data = message.argument;
      this.#field.send(this.address, source, { kind: MessageKind.result, number, storeId, code: 0, data });
    }
    if (message.kind !== MessageKind.backfillRequest) return;
    let first = Math.max(message.firstSequence, this.oldest);
    while (this.damaged.has(first)) first += 1;
    let end = first;
    const most = Math.min(this.next, first + Math.min(message.count, this.#field.windowReadings));
    while (end < most && !this.damaged.has(end)) end += 1;
    this.#field.send(this.address, source, {
      kind: MessageKind.backfill,
      storeId: this.storeId,
      firstSequence: message.firstSequence,
      oldestSequence: this.oldest,
      nextSequence: this.next,
      block: end > first ? blockOf(this.#field.readingBytes, this.#number, first, end) : new Uint8Array(0),
    });
  }
}
