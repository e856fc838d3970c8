import type { RandomSource } from '../firmware.js';
import { listenSeconds } from '../link/listening.js';

const never = Number.POSITIVE_INFINITY;

export interface QuestionOptions {
  /** 1..60: questions in all, so that answers never take the air from live windows. */
  readonly questionsPerMinute: number;
  /** An answer is waited for so long before the meter is asked again, if it still listens. */
  readonly answerSeconds: number;
  /** A question is held back for a random time below this. */
  readonly jitterSeconds: number;
}

/** What meters are asked. */
export interface Questions {
  /** Whether there is something to ask the meter at a place now. */
  isOpen(place: number): boolean;
  /** Asks it; false: there was nothing to ask after all. */
  ask(place: number): boolean;
}

/**
 * Says when which meter is asked: one question a meter at a time, so many a minute in all. A meter on batteries listens
 * behind its own packets only, so whatever finds no turn by then waits for its next window.
 */
export class QuestionScheduler {
  /** Questions that were sent. */
  asked = 0;
  readonly #questions: Questions;
  readonly #options: QuestionOptions;
  readonly #random: RandomSource;
  /** By place: when it is asked next; Infinity: it is not, as far as is known. */
  readonly #askSeconds: number[];
  /** By place: the meter listens until then. */
  readonly #listensUntil: number[];
  /** The earliest of `#askSeconds`, or earlier. */
  #earliest = never;
  /** No question leaves before this. */
  #freeSeconds = Number.NEGATIVE_INFINITY;

  constructor(places: number, questions: Questions, options: QuestionOptions, random: RandomSource) {
    this.#questions = questions;
    this.#options = options;
    this.#random = random;
    this.#askSeconds = new Array<number>(places).fill(never);
    this.#listensUntil = new Array<number>(places).fill(Number.NEGATIVE_INFINITY);
  }

  get wakeSeconds(): number {
    return this.#earliest === never ? never : Math.max(this.#earliest, this.#freeSeconds);
  }

  /** A window of this meter came in: it listens now. */
  heard(place: number, timeSeconds: number): void {
    this.#listensUntil[place] = timeSeconds + listenSeconds;
    if (!this.#questions.isOpen(place)) this.#askSeconds[place] = never;
    else if (this.#askSeconds[place] === never) this.#plan(place, timeSeconds);
  }

  /** An answer of this meter came in: it listens on. */
  answered(place: number, timeSeconds: number): void {
    this.#askSeconds[place] = never;
    this.heard(place, timeSeconds);
  }

  /** Nothing is asked of this place: it has no meter, or another one. */
  forget(place: number): void {
    this.#askSeconds[place] = never;
  }

  /** The clock was set: what was planned moves with it. */
  clockStepped(bySeconds: number): void {
    for (let place = 0; place < this.#askSeconds.length; place += 1) {
      this.#askSeconds[place]! += bySeconds;
      this.#listensUntil[place]! += bySeconds;
    }
    this.#earliest += bySeconds;
    this.#freeSeconds += bySeconds;
  }

  /** Asks one meter, if it is time for one. */
  wake(timeSeconds: number): void {
    if (timeSeconds < this.wakeSeconds) return;
    const place = this.#nextPlace();
    if (this.#askSeconds[place]! <= timeSeconds) this.#ask(place, timeSeconds);
    this.#earliest = this.#askSeconds[this.#nextPlace()]!;
  }

  #plan(place: number, timeSeconds: number): void {
    const { jitterSeconds } = this.#options;
    this.#askAt(place, timeSeconds + (jitterSeconds > 0 ? this.#random() % jitterSeconds : 0));
  }

  #askAt(place: number, seconds: number): void {
    this.#askSeconds[place] = seconds;
    this.#earliest = Math.min(this.#earliest, seconds);
  }

  #nextPlace(): number {
    let next = 0;
    for (let place = 1; place < this.#askSeconds.length; place += 1) {
      if (this.#askSeconds[place]! < this.#askSeconds[next]!) next = place;
    }
    return next;
  }

  #ask(place: number, timeSeconds: number): void {
    const { answerSeconds, questionsPerMinute } = this.#options;
    if (timeSeconds > this.#listensUntil[place]! || !this.#questions.ask(place)) {
      this.#askSeconds[place] = never;
      return;
    }
    this.#askAt(place, timeSeconds + answerSeconds);
    this.#freeSeconds = timeSeconds + 60 / questionsPerMinute;
    this.asked += 1;
  }
}
