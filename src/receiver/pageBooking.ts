import type { ReportName } from '../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import { CellOpener, type OpenedCell } from '../../lib/limfs/inspect/cells.js';
import { CellKind, LOST_UNCERTAIN, LostReason } from '../../lib/limfs/manager/index.js';
import { cellBytes, PageChecksum } from '../../lib/limfs/manager/pageChecksum.js';
import { advance } from '../../lib/limfs/sequence.js';
import type { Book, LossReason, Route, SureLossReason } from './book.js';

const reasons: Readonly<Record<number, SureLossReason>> = Object.freeze({
  [LostReason.overwrittenAtMeter]: 'overwritten at meter',
  [LostReason.meterRemoved]: 'meter removed',
  [LostReason.meterRejoined]: 'meter rejoined',
  [LostReason.damagedAtMeter]: 'damaged at meter',
  [LostReason.meterSetBack]: 'meter set back',
});

/** What a page brought. */
export interface PageOutcome {
  /** The page's own checksum does not come out right, or its bytes are no cells: nothing of it was booked. */
  readonly spoilt: boolean;
  /** Cells that make no sense; the others were booked. */
  readonly strangeCells: number;
  /** Readings that came again with other content. */
  readonly conflicts: number;
}

/** Hears what a page says of meters. */
export interface PageListener {
  /** It names this one. */
  reported(meter: StoreId): void;
  /** From a sequence on the readings of this one are others now, or may be there again. */
  parted(meter: StoreId, first: number): void;
}

const spoilt: PageOutcome = Object.freeze({ spoilt: true, strangeCells: 0, conflicts: 0 });

/** Books what a local manager's page says: readings, and what is lost. Again changes nothing. */
export class PageBooking {
  readonly #book: Book;
  readonly #opener = new CellOpener();
  readonly #checksum = new PageChecksum();

  constructor(book: Book) {
    this.#book = book;
  }

  /** `body` is the page's cells one behind the other. */
  take(name: ReportName, body: Uint8Array, timeSeconds: number, told: PageListener): PageOutcome {
    if (!this.#checks(name, body)) return spoilt;
    let strangeCells = 0;
    let conflicts = 0;
    for (let at = 0; at < body.length; ) {
      const length = cellBytes(body, at, body.length - at);
      const cell = this.#opener.open(body, at, length);
      if (cell === null) strangeCells += 1;
      else {
        conflicts += this.#take(cell, timeSeconds, told);
        told.reported(cell.storeId);
      }
      at += length;
    }
    return { spoilt: false, strangeCells, conflicts };
  }

  #checks({ storeId, pageCounter, checksum }: ReportName, body: Uint8Array): boolean {
    this.#checksum.begin(storeId, pageCounter);
    for (let at = 0; at < body.length; ) {
      const length = cellBytes(body, at, body.length - at);
      if (length === 0) return false;
      this.#checksum.add(body, at, length);
      at += length;
    }
    return this.#checksum.value === checksum;
  }

  /** Returns the number of conflicts. */
  #take(cell: OpenedCell, timeSeconds: number, told: PageListener): number {
    const { storeId, kind, line, first, count } = cell;
    if (kind === CellKind.lost) {
      const { reason, nextSequence } = cell;
      const end = advance(first, count);
      this.#book.lose(storeId, { line, first, end, reason: reasonOf(reason), nextSequence });
      return 0;
    }
    if (kind === CellKind.lines) {
      this.#learn(storeId, line, told);
      return 0;
    }
    const { batch } = this.#opener;
    let conflicts = 0;
    for (let row = 0; row < batch.count; row += 1) {
      const outcome = this.#book.put(
        storeId,
        line,
        batch,
        row,
        routeOf(kind, row === batch.count - 1),
        timeSeconds,
      );
      if (outcome === 'conflict') conflicts += 1;
    }
    return conflicts;
  }

  /** What an ended line still owes is lost with it, unless it is on its way. */
  #learn(storeId: StoreId, newest: number, told: PageListener): void {
    const ended = this.#book.learn(storeId, this.#opener.lines, newest);
    if (ended === null) return;
    const { line, first, end, reopened, isSure } = ended;
    const reason = 'uncertain: meter set back';
    if (isSure) this.#book.lose(storeId, { line, first, end, reason, nextSequence: end });
    told.parted(storeId, reopened);
  }
}

/** The newest reading of a window came in a packet of its own. */
function routeOf(kind: number, isNewest: boolean): Route {
  if (kind === CellKind.fill) return 'backfill';
  return isNewest ? 'direct' : 'window';
}

function reasonOf(reason: number): LossReason {
  const sure = reasons[reason & ~LOST_UNCERTAIN] ?? 'unknown';
  return (reason & LOST_UNCERTAIN) === 0 ? sure : `uncertain: ${sure}`;
}
