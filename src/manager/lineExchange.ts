import { KEPT_LINES, LINE_BYTES, LineList } from '../../lib/limfs/lines/index.js';
import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { RandomSource } from '../firmware.js';
import { type Lines, type LinesRequest, MessageKind, type Window } from '../link/message.js';

/** Windows that wait for the names of their meters' lines; of more than these the readings are asked for later. */
const MOST_WINDOWS = 8;
/** Nothing was asked, or it was answered. */
const noNonce = -1;

/**
 * Asks meters for the names of their lines: before anything is taken under a new one, and when the server does not know
 * them. Keeps nothing that a restart may not forget: a meter that was started anew is asked behind its next window again.
 */
export class LineExchange {
  readonly #store: ManagerStore;
  readonly #random: RandomSource;
  /** By place: whether a block came under a line that is not known. */
  readonly #isStrange: boolean[];
  /** By place: that of the newest question. */
  readonly #nonces: number[];
  /** By place: so many of the lines that are known are not the meter's, the newest ones. */
  readonly #unknown: number[];
  /** The newest windows that were not taken, by place. */
  readonly #windows = new Map<number, Window>();
  readonly #lines = new LineList(KEPT_LINES);

  constructor(store: ManagerStore, random: RandomSource) {
    this.#store = store;
    this.#random = random;
    this.#isStrange = new Array<boolean>(store.settings.meters).fill(false);
    this.#nonces = new Array<number>(store.settings.meters).fill(noNonce);
    this.#unknown = new Array<number>(store.settings.meters).fill(0);
  }

  /** A block was not taken, because its line is not known; a window waits for it. */
  refused(place: number, window: Window | null): void {
    this.#isStrange[place] = true;
    if (window === null || (this.#windows.size === MOST_WINDOWS && !this.#windows.has(place))) return;
    this.#windows.set(place, window);
  }

  isOpen(place: number): boolean {
    if (this.#isStrange[place]) return true;
    return (this.#store.meterAt(place)?.linesUntold ?? false) && this.#store.hasRoomForBackfill;
  }

  /** A question for the meter at a place. */
  question(place: number): LinesRequest | null {
    const meter = this.#store.meterAt(place);
    if (meter === null) return null;
    const nonce = this.#random();
    this.#nonces[place] = nonce;
    const { storeHigh, storeLow } = meter;
    const lines = this.#store.linesOf(place);
    // The newest of its lines that is known is looked for, one question after the other.
    const line = lines.names[lines.count - 1 - this.#unknown[place]!] ?? 0;
    return { kind: MessageKind.linesRequest, storeId: [storeHigh, storeLow], nonce, line };
  }

  /** The lines in an answer to the newest question; null: it is none, makes no sense, or has none that is known. */
  answer(place: number, { nonce, lines }: Lines): LineList | null {
    if (nonce !== this.#nonces[place]) return null;
    this.#nonces[place] = noNonce;
    const count = lines.length / LINE_BYTES;
    if (!Number.isInteger(count)) return null;
    this.#lines.read(lines, 0, count);
    if (this.#lines.count === 0) return null;
    const known = this.#store.linesOf(place);
    const isAsked = this.#unknown[place]! < known.count;
    if (!isAsked || known.overlaps(this.#lines)) return this.#lines;
    this.#unknown[place]! += 1;
    return null;
  }

  /** The answer was taken: the window that waited for it, if there is one. */
  settled(place: number): Window | null {
    const window = this.#windows.get(place) ?? null;
    this.forget(place);
    return window;
  }

  /** The place has no meter any more, or another one. */
  forget(place: number): void {
    this.#isStrange[place] = false;
    this.#nonces[place] = noNonce;
    this.#unknown[place] = 0;
    this.#windows.delete(place);
  }
}
