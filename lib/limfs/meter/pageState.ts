import { foldWord, stored } from '../checksum.js';
import { adaptK, DIFFERENCE_LIMIT, exceptionSymbol, MEAN_START } from './code.js';
import type { Reading } from './reading.js';

/** Rice parameter before anything is known about a channel. */
const FIRST_K = 6;
/** Rice parameter of the time code when a page or a mode starts. */
const FIRST_TIME_K = 2;

/** What a page head says about all readings of its page. */
export interface PageHead {
  /** Number of the channel list, modulo 16. */
  revision: number;
  channels: number;
  intervalSeconds: number;
}

/**
 * Everything that packer and unpacker know in the middle of a page. Both sides move it by the same methods, so
 * mounting is: unpack the open page to its end, and go on packing with the state that this leaves.
 */
export class PageState implements PageHead {
  // XS looks for a property from the first on: those that a search uses come first.

  /** Readings in the page so far. */
  count = 0;
  /** Time of the newest reading. */
  timeSeconds = 0;
  intervalSeconds = 3600;
  channels = 1;
  /** Status of readings that say nothing else. */
  status = 0;
  /** Status and validity of the newest reading. */
  lastStatus = 0;
  lastValid = true;
  /** Whether every reading carries a time code. */
  timeMode = false;
  /**
   * By channel: newest value, difference before it, running average of differences, Rice parameter, mean symbol.
   * As long as the page that had the most channels: most meters have one, and a slot takes 16 bytes on XS.
   */
  readonly values: number[] = [0];
  readonly differences: number[] = [0];
  readonly averages: number[] = [0];
  readonly ks: number[] = [FIRST_K];
  readonly means: number[] = [0];
  /** Finished 16-bit words of the stream, bits behind them (0..15) and those bits, left-aligned in 32. */
  words = 0;
  pending = 0;
  tail = 0;
  /** Checksum of the finished words. */
  sum = 0;
  /** Indexes of the newest readings with a status and with a time of their own; -1: none in this page. */
  statusAt = -1;
  lateAt = -1;
  /** Of the time code: Rice parameter and mean, and how many readings were punctual in a row. */
  timeK = FIRST_TIME_K;
  timeMean = 0;
  punctual = 0;
  revision = 0;

  /** Forgets the meter's habits; for another channel list. */
  forget(): void {
    this.status = 0;
    this.timeMode = false;
    this.values.fill(0);
    this.ks.fill(FIRST_K);
  }

  /** Before the first reading of a page: predictors start anew, so that every page can be unpacked alone. */
  startPage(sum: number): void {
    this.words = 0;
    this.pending = 0;
    this.tail = 0;
    this.sum = sum;
    this.count = 0;
    this.lastStatus = 0;
    this.lastValid = true;
    this.statusAt = -1;
    this.lateAt = -1;
    this.punctual = 0;
    this.timeMean = MEAN_START << this.timeK;
    for (let channel = this.values.length; channel < this.channels; channel += 1) {
      this.values[channel] = 0;
      this.ks[channel] = FIRST_K;
    }
    for (let channel = 0; channel < this.channels; channel += 1) {
      this.differences[channel] = 0;
      this.averages[channel] = 0;
      this.means[channel] = MEAN_START << this.ks[channel]!;
    }
  }

  /**
   * Moves a channel past a value; `symbol` is negative when the value was an exception. An exceptional jump restarts
   * the predictor, which keeps differences inside 32-bit integers; an ordinary symbol cannot carry one far.
   */
  follow(channel: number, next: number, symbol: number): void {
    const difference = next - this.values[channel]!;
    const k = this.ks[channel]!;
    const average = this.averages[channel]!;
    const mean = this.means[channel]!;
    const nextMean = mean + (symbol < 0 ? exceptionSymbol(k) : symbol) - (mean >> 4);
    const restarts = symbol < 0 && (difference <= -DIFFERENCE_LIMIT || difference >= DIFFERENCE_LIMIT);
    this.values[channel] = next;
    this.differences[channel] = restarts ? 0 : difference;
    this.averages[channel] = restarts ? 0 : average + ((difference - average) >> 4);
    this.means[channel] = nextMean;
    this.ks[channel] = adaptK(k, nextMean);
  }

  /** Moves the time code past a reading that came `late` seconds after its expected time. */
  followLateness(late: number, symbol: number): void {
    this.punctual = late === 0 ? this.punctual + 1 : 0;
    this.timeMean += (symbol < 0 ? exceptionSymbol(this.timeK) : symbol) - (this.timeMean >> 4);
    this.timeK = adaptK(this.timeK, this.timeMean);
  }

  toggleTimeMode(): void {
    this.timeMode = !this.timeMode;
    this.punctual = 0;
    this.timeK = FIRST_TIME_K;
    this.timeMean = MEAN_START << FIRST_TIME_K;
  }

  /** Stores what it knows of the newest reading. */
  deliver(into: Reading): void {
    into.timeSeconds = this.timeSeconds;
    into.status = this.lastStatus;
    into.valid = this.lastValid;
    for (let channel = 0; channel < this.channels; channel += 1) {
      into.values[channel] = this.values[channel]!;
    }
  }

  /** Checksum of the stream up to here, for the clock record. */
  check(): number {
    return stored(foldWord(this.sum, this.tail >>> 16));
  }

  /** Whether the next regular reading is one Rice code and nothing else. */
  isPlain(): boolean {
    return this.channels === 1 && !this.timeMode && this.lastValid;
  }

  /** Whether, besides that, nothing about the newest reading was out of the ordinary. */
  isSettled(): boolean {
    return this.channels === 1 && !this.timeMode && this.lastValid && this.lastStatus === this.status;
  }
}
