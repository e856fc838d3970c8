import { KEPT_LINES, LINE_BYTES, LineList } from '../../lib/limfs/lines/index.js';
import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { RandomSource } from '../firmware.js';
import { type Lines, type LinesRequest, MessageKind, type Window } from '../link/message.js';

/** Meters that are asked at a time; the one that was begun first makes room, and is begun anew behind its next window. */
const MOST_ASKED = 8;
/** Nothing was asked, or it was answered. */
const noNonce = -1;

/** What was found out so far of the lines of one meter. */
interface Inquiry {
  /** The newest window that was not taken, because its line is not known. */
  window: Window | null;
  /** Of the newest question. */
  nonce: number;
  /** So many of the lines that are known are not the meter's, the newest ones. */
  strange: number;
  /** Those that it has named, from the newest one on that is known. */
  readonly lines: LineList;
}

/**
 * Asks meters for the names of their lines: before anything is taken under a new one, and when the server does not know
 * them. Keeps nothing that a restart may not forget: a meter that was started anew is asked behind its next window again.
 */
export class LineExchange {
  readonly #store: ManagerStore;
  readonly #random: RandomSource;
  readonly #inquiries = new Map<number, Inquiry>();
  readonly #chunk = new LineList(KEPT_LINES);

  constructor(store: ManagerStore, random: RandomSource) {
    this.#store = store;
    this.#random = random;
  }

  /** A block was not taken, because its line is not known; a window waits for it. */
  refused(place: number, window: Window | null): void {
    const inquiry = this.#inquiryOf(place);
    inquiry.window = window ?? inquiry.window;
  }

  isOpen(place: number): boolean {
    if (this.#inquiries.has(place)) return true;
    return (this.#store.meterAt(place)?.linesUntold ?? false) && this.#store.hasRoomForBackfill;
  }

  /** A question for the meter at a place. */
  question(place: number): LinesRequest | null {
    const inquiry = this.#inquiryOf(place);
    const meter = this.#store.meterAt(place);
    if (meter === null) return null;
    inquiry.nonce = this.#random();
    const { storeHigh, storeLow } = meter;
    const line = inquiry.lines.count > 0 ? inquiry.lines.newest : this.#candidate(place, inquiry);
    return { kind: MessageKind.linesRequest, storeId: [storeHigh, storeLow], nonce: inquiry.nonce, line };
  }

  /** All lines, when an answer to the newest question brings the last of them; else null. */
  answer(place: number, { nonce, more, lines }: Lines): LineList | null {
    const inquiry = this.#inquiries.get(place);
    if (inquiry === undefined || nonce !== inquiry.nonce) return null;
    inquiry.nonce = noNonce;
    const count = lines.length / LINE_BYTES;
    if (!Number.isInteger(count)) return null;
    this.#chunk.read(lines, 0, count);
    // One that is none of the meter's: the one before it may be, and in the end all that it has will do.
    if (count === 0) inquiry.strange += 1;
    if (count === 0) inquiry.lines.clear();
    else inquiry.lines.goOn(this.#chunk);
    return more || count === 0 ? null : inquiry.lines;
  }

  /** All lines were taken: the window that waited for it, if there is one. */
  settled(place: number): Window | null {
    const window = this.#inquiries.get(place)?.window ?? null;
    this.forget(place);
    return window;
  }

  /** The place has no meter any more, or another one. */
  forget(place: number): void {
    this.#inquiries.delete(place);
  }

  #inquiryOf(place: number): Inquiry {
    let inquiry = this.#inquiries.get(place);
    if (inquiry !== undefined) return inquiry;
    if (this.#inquiries.size === MOST_ASKED) {
      const [first] = this.#inquiries.keys();
      this.#inquiries.delete(first!);
    }
    inquiry = { window: null, nonce: noNonce, strange: 0, lines: new LineList(KEPT_LINES) };
    this.#inquiries.set(place, inquiry);
    return inquiry;
  }

  /** The newest line that is known and may be the meter's; 0: none is, or all are to be told. */
  #candidate(place: number, { strange }: Inquiry): number {
    if (this.#store.meterAt(place)?.linesUntold) return 0;
    const { names, count } = this.#store.linesOf(place);
    return strange < count ? names[count - 1 - strange]! : 0;
  }
}
