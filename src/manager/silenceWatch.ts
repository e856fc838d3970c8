import type { ManagerStore } from '../../lib/limfs/manager/index.js';
import type { MeterRoster } from './meterRoster.js';

const never = Number.POSITIVE_INFINITY;

/** Tells of a change at a place: the meter is silent, or is heard again. Durable when it returns. */
export type SilenceListener = (place: number, silent: boolean, timeSeconds: number) => void;

/** Notices meters that have sent nothing for so long (D09). What the server was told survives a restart. */
export class SilenceWatch {
  readonly #store: ManagerStore;
  readonly #roster: MeterRoster;
  readonly #silentSeconds: number;
  readonly #tell: SilenceListener;
  /** By place: when the meter was heard, from the restart on before that; Infinity: no meter is here. */
  readonly #heardSeconds: number[];
  #wakeSeconds: number;

  constructor(
    store: ManagerStore,
    roster: MeterRoster,
    silentSeconds: number,
    tell: SilenceListener,
    timeSeconds: number,
  ) {
    this.#store = store;
    this.#roster = roster;
    this.#silentSeconds = silentSeconds;
    this.#tell = tell;
    this.#heardSeconds = new Array<number>(store.settings.meters).fill(never);
    for (let place = 0; place < store.settings.meters; place += 1) {
      if (store.meterAt(place) !== null) this.#heardSeconds[place] = timeSeconds;
    }
    this.#wakeSeconds = timeSeconds + silentSeconds;
  }

  get wakeSeconds(): number {
    return this.#wakeSeconds;
  }

  /** A meter was added here: it has time to speak. */
  begin(place: number, timeSeconds: number): void {
    this.#heardSeconds[place] = timeSeconds;
    this.#wakeSeconds = Math.min(this.#wakeSeconds, timeSeconds + this.#silentSeconds);
  }

  /** The meter at this place is not managed any more. */
  forget(place: number): void {
    this.#heardSeconds[place] = never;
  }

  /** Places with a meter. */
  get meters(): number {
    let meters = 0;
    for (let place = 0; place < this.#heardSeconds.length; place += 1) {
      if (this.#heardSeconds[place] !== never) meters += 1;
    }
    return meters;
  }

  heard(place: number, timeSeconds: number): void {
    this.begin(place, timeSeconds);
    if (!this.#roster.isSilent(place)) return;
    // Told first: a cut in between tells it twice, never not at all.
    this.#tell(place, false, timeSeconds);
    this.#roster.setSilent(place, false);
  }

  wake(timeSeconds: number): void {
    if (timeSeconds < this.#wakeSeconds) return;
    this.#wakeSeconds = never;
    for (let place = 0; place < this.#heardSeconds.length; place += 1) {
      const dueSeconds = this.#heardSeconds[place]! + this.#silentSeconds;
      if (dueSeconds === never || this.#roster.isSilent(place)) continue;
      if (dueSeconds > timeSeconds) this.#wakeSeconds = Math.min(this.#wakeSeconds, dueSeconds);
      else if (this.#store.meterAt(place) !== null) {
        // Its record may have rotted: then nobody knows whom to tell of.
        this.#tell(place, true, timeSeconds);
        this.#roster.setSilent(place, true);
      }
    }
  }

  /** The clock was set: nobody has been silent for longer or shorter because of that. */
  clockStepped(bySeconds: number): void {
    for (let place = 0; place < this.#heardSeconds.length; place += 1)
      this.#heardSeconds[place]! += bySeconds;
    this.#wakeSeconds += bySeconds;
  }
}
