import {
  createManagerPage,
  MAXIMUM_CELL_BYTES,
  type ManagerPage,
  type ManagerStore,
} from '../../lib/limfs/manager/index.js';
import { type Acknowledgement, type CellRequest, MessageKind, type ReportRequest } from '../link/message.js';
import type { Network } from '../network/network.js';

/** A request that is sent again, because its answer was lost, comes within so long. */
const repetitionSeconds = 120;
/** More cells than these are not sent for one request. */
const MOST_CELLS = 8;

/**
 * Answers a concentrator (the paper's LEDM, Figure 6): names the page at the report pointer, sends its cells, moves the
 * pointer when the concentrator has it durably. Keeps nothing but when the last report began: everything else stands in
 * the store, so a restart in between changes no answer.
 */
export class ReportSession {
  readonly #store: ManagerStore;
  readonly #network: Network;
  readonly #page: ManagerPage = createManagerPage();
  readonly #cell = new Uint8Array(MAXIMUM_CELL_BYTES);
  #frozenSeconds = Number.NEGATIVE_INFINITY;
  /** The concentrator has asked for cells since then. */
  #wasHeard = false;

  constructor(store: ManagerStore, network: Network) {
    this.#store = store;
    this.#network = network;
  }

  /** Names the oldest page to report; returns whether a new report was begun. */
  request(source: number, { freeze }: ReportRequest, timeSeconds: number): boolean {
    const isNew = freeze && !this.#isRepetition(timeSeconds);
    if (isNew) {
      this.#store.freeze(this.#page);
      this.#frozenSeconds = timeSeconds;
      this.#wasHeard = false;
    }
    this.#name(source);
    return isNew;
  }

  /** Whether the last report was begun just now, and nothing says that the concentrator has heard of it. */
  #isRepetition(timeSeconds: number): boolean {
    const sinceSeconds = timeSeconds - this.#frozenSeconds;
    return !this.#wasHeard && sinceSeconds >= 0 && sinceSeconds < repetitionSeconds;
  }

  /** Sends the cells that were asked for; names the oldest page when it is another one. */
  cells(source: number, { counter, first, count }: CellRequest): void {
    this.#wasHeard = true;
    const isThere = this.#store.report(this.#page) && this.#page.counter === counter;
    if (!isThere) {
      this.#name(source);
      return;
    }
    const end = Math.min(this.#page.cells, first + Math.min(count, MOST_CELLS));
    for (let index = first; index < end; index += 1) {
      const length = this.#store.readReport(this.#page, index, this.#cell, 0);
      this.#network.send(source, {
        kind: MessageKind.cell,
        counter,
        index,
        bytes: this.#cell.subarray(0, length),
      });
    }
  }

  /** The concentrator has a page: the pointer moves on if that is the oldest one. The next page is named in any case. */
  acknowledged(source: number, { storeId, counter, checksum }: Acknowledgement): void {
    this.#store.acknowledge(storeId, counter, checksum);
    this.#name(source);
  }

  #name(source: number): void {
    const page = this.#page;
    const isThere = this.#store.report(page);
    this.#network.send(source, {
      kind: MessageKind.page,
      storeId: this.#store.storeId,
      counter: isThere ? page.counter : 0,
      cells: isThere ? page.cells : 0,
      checksum: isThere ? page.checksum : 0,
      timeSeconds: isThere ? page.timeSeconds : 0,
    });
  }
}
