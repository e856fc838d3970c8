import type { ReportName } from '../../lib/limfs/concentrator/index.js';
import type { StoreId } from '../../lib/limfs/index.js';
import { CellOpener, type OpenedCell } from '../../lib/limfs/inspect/cells.js';
import { CellKind, LOST_UNCERTAIN, LostReason } from '../../lib/limfs/manager/index.js';
import { cellBytes, PageChecksum } from '../../lib/limfs/manager/pageChecksum.js';
import { advance } from '../link/sequence.js';
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

const spoilt: PageOutcome = Object.freeze({ spoilt: true, strangeCells: 0, conflicts: 0 });

/** Books what a local manager's page says: readings, and what is lost. Again changes nothing. */
export class PageBooking {
  readonly #book: Book;
  readonly #opener = new CellOpener();
  readonly #checksum = new PageChecksum();

  constructor(book: Book) {
    this.#book = book;
  }

  /** `body` is the page's cells one behind the other; `reported` hears of each meter that is named there. */
  take(
    name: ReportName,
    body: Uint8Array,
    timeSeconds: number,
    reported: (meter: StoreId) => void,
  ): PageOutcome {
    if (!this.#checks(name, body)) return spoilt;
    let strangeCells = 0;
    let conflicts = 0;
    for (let at = 0; at < body.length; ) {
      const length = cellBytes(body, at, body.length - at);
      const cell = this.#opener.open(body, at, length);
      if (cell === null) strangeCells += 1;
      else {
        conflicts += this.#take(cell, timeSeconds);
        reported(cell.storeId);
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
  #take(cell: OpenedCell, timeSeconds: number): number {
    const { storeId, kind, first, count, reason } = cell;
    if (kind === CellKind.lost) {
      this.#book.lose(storeId, first, advance(first, count), reasonOf(reason));
      return 0;
    }
    const { batch } = this.#opener;
    let conflicts = 0;
    for (let row = 0; row < batch.count; row += 1) {
      const outcome = this.#book.put(
        storeId,
        batch,
        row,
        routeOf(kind, row === batch.count - 1),
        timeSeconds,
      );
      if (outcome === 'conflict') conflicts += 1;
    }
    return conflicts;
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
