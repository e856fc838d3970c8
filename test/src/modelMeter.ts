import type { StoreId } from '../../lib/limfs/index.js';
import { KEPT_LINES, LINE_BYTES, LineList } from '../../lib/limfs/lines/index.js';
import { type LinesRequest, type Message, MessageKind } from '../../src/link/message.js';
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
  #named = 0;
  next = 0;
  capacity: number;
  /** What it stores from one power-up to the next. */
  readonly lines = new LineList(KEPT_LINES);
  /** From these sequences on its readings are so many intervals later. */
  #shifts: readonly { readonly first: number; readonly shift: number }[] = [];
  /** Names of lines in one answer. */
  linesInAnswer = KEPT_LINES;
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
    this.lines.add(0x1000 + number, 0);
  }

  /** The power was off. */
  startAnew(): void {
    this.#named += 1;
    this.lines.add(0x1_0000 * this.#named + this.#number, this.next);
  }

  /** Its chip gets an image that ends before a sequence, and the power comes back so many hours later. */
  setBack(first: number, hours: number): void {
    const shift = this.#shiftOf(this.next) + this.next - first + hours;
    this.#shifts = [...this.#shifts.filter((one) => one.first < first), { first, shift }];
    while (this.lines.count > 0 && this.lines.firsts[this.lines.count - 1]! >= first) this.lines.count -= 1;
    this.next = first;
    this.startAnew();
  }

  #shiftOf(sequence: number): number {
    return this.#shifts.findLast(({ first }) => first <= sequence)?.shift ?? 0;
  }

  get oldest(): number {
    return Math.max(0, this.next - this.capacity);
  }

  takeReading(): void {
    this.next += 1;
    const { windowReadings } = this.#field;
    const first = Math.max(this.oldest, this.next - windowReadings);
    if (this.isDead) return;
    this.#field.send(this.address, MANAGER, {
      kind: MessageKind.window,
      storeId: this.storeId,
      line: this.lines.newest,
      oldestSequence: this.oldest,
      block: this.#block(first, this.next),
    });
  }

  take(source: number, message: Message): void {
    if (this.isDead) return;
    if (message.kind === MessageKind.command) {
      const { number, storeId } = message;
      const data = message.argument;
      this.#field.send(this.address, source, { kind: MessageKind.result, number, storeId, code: 0, data });
    }
    if (message.kind === MessageKind.linesRequest) this.#tellLines(source, message);
    if (message.kind !== MessageKind.backfillRequest) return;
    let first = Math.max(message.firstSequence, this.oldest);
    while (this.damaged.has(first)) first += 1;
    let end = first;
    const most = Math.min(this.next, first + Math.min(message.count, this.#field.windowReadings));
    while (end < most && !this.damaged.has(end)) end += 1;
    this.#field.send(this.address, source, {
      kind: MessageKind.backfill,
      storeId: this.storeId,
      line: this.lines.newest,
      firstSequence: message.firstSequence,
      oldestSequence: this.oldest,
      nextSequence: this.next,
      block: end > first ? this.#block(first, end) : new Uint8Array(0),
    });
  }

  #block(first: number, end: number): Uint8Array {
    const { readingBytes } = this.#field;
    return blockOf(readingBytes, this.#number, first, end, -1, (sequence) => this.#shiftOf(sequence));
  }

  #tellLines(source: number, { nonce, line }: LinesRequest): void {
    const { lines, storeId, oldest } = this;
    const from = line === 0 ? 0 : lines.indexOf(line);
    const end = from < 0 ? from : Math.min(lines.count, from + this.linesInAnswer);
    const bytes = new Uint8Array((end - from) * LINE_BYTES);
    lines.write(bytes, 0, from, end);
    const kind = MessageKind.lines;
    this.#field.send(this.address, source, {
      kind,
      storeId,
      nonce,
      oldestSequence: oldest,
      more: from >= 0 && end < lines.count,
      lines: bytes,
    });
  }
}
