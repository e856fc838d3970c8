import type { StoreId } from '../../lib/limfs/index.js';
import { LostReason, type ManagerStore, type Outcome } from '../../lib/limfs/manager/index.js';
import { ahead } from '../../lib/limfs/sequence.js';
import type { Backfill, Window } from '../link/message.js';
import { type MeterRoster, UNKNOWN_ADDRESS } from './meterRoster.js';

/** No meter of ours. */
export const nobody = -1;

/** Brings what meters send into the store; knows which meters are ours. */
export class MeterIntake {
  /** Messages of devices that are not managed here, or that speak from another's address. */
  foreign = 0;
  readonly #store: ManagerStore;
  readonly #roster: MeterRoster;

  constructor(store: ManagerStore, roster: MeterRoster) {
    this.#store = store;
    this.#roster = roster;
  }

  /** The place of the meter that sent a message; `nobody`, and counted, when it is not one of ours. */
  placeOf(source: number, storeId: StoreId): number {
    // As a rule the address tells the place, and the store need not be searched for it.
    const likely = this.#roster.placeOf(source);
    const place = this.#isAt(likely, storeId) ? likely : this.#store.placeOf(storeId);
    const address = place === nobody ? UNKNOWN_ADDRESS : this.#roster.address(place);
    if (place === nobody || (address !== UNKNOWN_ADDRESS && address !== source)) {
      this.foreign += 1;
      return nobody;
    }
    if (address === UNKNOWN_ADDRESS) this.#roster.setAddress(place, source);
    return place;
  }

  #isAt(place: number, [high, low]: StoreId): boolean {
    const meter = place === nobody ? null : this.#store.meterAt(place);
    return meter !== null && meter.storeHigh === high && meter.storeLow === low;
  }

  /** Stores a window; a meter without readings sends an empty one. */
  window(place: number, window: Window, timeSeconds: number): Outcome {
    return window.block.length === 0 ? 'known' : this.#store.receiveWindow(place, window, timeSeconds);
  }

  /** Stores an answer, and says what is lost when the meter has passed over some of what it was asked for. */
  backfill(place: number, answer: Backfill, timeSeconds: number): Outcome {
    const store = this.#store;
    const { block, oldestSequence } = answer;
    let outcome: Outcome = 'known';
    if (block.length > 0) outcome = store.receiveBackfill(place, answer, timeSeconds);
    else if (answer.line !== store.meterAt(place)?.line) outcome = 'other-line';
    else store.loseBefore(place, oldestSequence, LostReason.overwrittenAtMeter, timeSeconds);
    if (outcome === 'filled' || outcome === 'known') this.#loseSkipped(place, answer, timeSeconds);
    return outcome;
  }

  /** What an answer passed over although the meter should keep it cannot be read there any more. */
  #loseSkipped(place: number, answer: Backfill, timeSeconds: number): void {
    const { block, firstSequence, nextSequence } = answer;
    const gaps = this.#store.meterAt(place)?.gaps;
    // Gaps before the one that was asked for say that this is an answer to an older question.
    if (gaps === undefined || gaps.count === 0 || gaps.firsts[0] !== firstSequence) return;
    const answered = block.length === 0 ? nextSequence : this.#store.receivedFirst;
    if (ahead(answered, firstSequence) <= 0) return;
    this.#store.loseBefore(place, answered, LostReason.damagedAtMeter, timeSeconds);
  }
}
