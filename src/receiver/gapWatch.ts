import type { StoreId } from '../../lib/limfs/index.js';
import { Operation, ResultCode } from '../commands/operation.js';
import { numbers } from '../events/numbers.js';
import type { Result } from '../link/message.js';

/** Sequences of a store. */
export interface SequenceRange {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** What the watch has to know of the book; all of it is about the line that a meter is on, and those that it goes on from. */
export interface SequenceBook {
  /** The sequence after the highest that is booked. */
  end(storeId: StoreId): number;
  /** The first range in [from, end) that is neither booked nor called lost; null: there is none. */
  missing(storeId: StoreId, from: number, end: number): SequenceRange | null;
  /** Whether something came under a line that nobody has told of, or it is not known what one of them goes on from. */
  lacksLines(storeId: StoreId): boolean;
}

/** Sends a command to a local manager, and tells its result once, or that nobody answered; false: there is no room for it. */
export type Ask = (
  manager: StoreId,
  operation: number,
  argument: Uint8Array,
  answer: (result: Result | null) => void,
) => boolean;

export interface GapWatchOptions {
  /** What is missing for so long is asked for again. */
  readonly patienceSeconds: number;
  /** Commands in a day, for all stores together. */
  readonly commandsPerDay: number;
}

export const usualGapWatch: GapWatchOptions = Object.freeze({ patienceSeconds: 86_400, commandsPerDay: 48 });

const daySeconds = 86_400;
/** Books are looked through so often. */
const lookSeconds = 3600;
/** A range of which nothing comes, although it is asked for so many times, does not come any more. */
const mostTries = 7;
/** Lines that are not known for so long are asked for, and again after twice as long. */
const linesPatienceSeconds = 4 * 3600;

/** A local manager, and when a concentrator took over the newest of its reports that came. */
interface Reporter {
  readonly storeId: StoreId;
  reportSeconds: number;
}

/** The times in it are those of the local manager's reports. */
interface Watched {
  readonly storeId: StoreId;
  /** Whose report named this store last. */
  manager: Reporter;
  /** What is missing below this sequence is missing since `markSeconds`, or longer. */
  mark: number;
  markSeconds: number;
  /** What lies before it was settled once, or given up. */
  from: number;
  /** The first sequence that was given up, and how many were missing between it and `from`; 0: none. */
  givenUpFirst: number;
  givenUpCount: number;
  /** The range that was asked for last. */
  askedFirst: number;
  askedEnd: number;
  askedSeconds: number;
  tries: number;
  /** When its lines were asked for last, or were complete; and how often they were asked for since they were. */
  linesSeconds: number;
  lineTries: number;
}

/**
 * Watches the booked sequences of each store: what is missing for a day, and not called lost, is asked for again. So
 * reports that rot, or vanish with an older image of a concentrator, cost no reading that its meter still has. Its time
 * is that of the reports as they were taken over, in order: while they wait for a connection, so does the watch. Keeps
 * nothing: after a restart it learns from the next reports.
 */
export class GapWatch {
  /** Commands that were sent, and those of them that the local manager did not take. */
  asked = 0;
  refused = 0;
  readonly #book: SequenceBook;
  readonly #ask: Ask;
  readonly #giveUp: (storeId: StoreId, range: SequenceRange) => void;
  readonly #options: GapWatchOptions;
  readonly #stores = new Map<string, Watched>();
  readonly #managers = new Map<string, Reporter>();
  #wakeSeconds = Number.POSITIVE_INFINITY;
  #day = 0;
  #askedToday = 0;

  /** `giveUp` is told of a range that does not come, although it was asked for often enough. */
  constructor(
    book: SequenceBook,
    ask: Ask,
    giveUp: (storeId: StoreId, range: SequenceRange) => void,
    options = usualGapWatch,
  ) {
    this.#book = book;
    this.#ask = ask;
    this.#giveUp = giveUp;
    this.#options = options;
  }

  get wakeSeconds(): number {
    return this.#wakeSeconds;
  }

  /** A report that was taken over at `reportSeconds`, of this local manager, names this meter. */
  reported(storeId: StoreId, managerId: StoreId, reportSeconds: number, timeSeconds: number): void {
    const manager = this.#managerOf(managerId);
    // A concentrator's clock may be wrong, but no report is taken over in the future.
    manager.reportSeconds = Math.max(manager.reportSeconds, Math.min(reportSeconds, timeSeconds));
    const key = storeId.join();
    const watched = this.#stores.get(key);
    if (watched !== undefined) {
      watched.manager = manager;
      return;
    }
    this.#stores.set(key, {
      storeId,
      manager,
      mark: 0,
      markSeconds: manager.reportSeconds,
      from: 0,
      givenUpFirst: 0,
      givenUpCount: 0,
      askedFirst: 0,
      askedEnd: 0,
      askedSeconds: Number.NEGATIVE_INFINITY,
      tries: 0,
      linesSeconds: manager.reportSeconds,
      lineTries: 0,
    });
    if (this.#wakeSeconds === Number.POSITIVE_INFINITY) this.#wakeSeconds = timeSeconds + lookSeconds;
  }

  /** From a sequence on a meter's readings are others now, or may be there again: they may be missing. */
  parted(storeId: StoreId, first: number): void {
    const watched = this.#stores.get(storeId.join());
    if (watched === undefined) return;
    watched.from = Math.min(watched.from, first);
    if (watched.givenUpCount > 0) watched.givenUpCount = this.#missingOfGivenUp(watched);
    watched.mark = Math.min(watched.mark, first);
    watched.markSeconds = watched.manager.reportSeconds;
    watched.askedEnd = Math.min(watched.askedEnd, first);
  }

  /** Looks through the books, and asks for what has been missing for too long. */
  wake(timeSeconds: number): void {
    if (timeSeconds < this.#wakeSeconds) return;
    this.#wakeSeconds = timeSeconds + lookSeconds;
    const day = Math.floor(timeSeconds / daySeconds);
    if (day !== this.#day) this.#askedToday = 0;
    this.#day = day;
    for (const [key, watched] of [...this.#stores]) {
      if (!this.#look(watched)) continue;
      // Whoever had its turn stands last, so that nobody uses up the day's commands for ever.
      this.#stores.delete(key);
      this.#stores.set(key, watched);
    }
  }

  #managerOf(storeId: StoreId): Reporter {
    const key = storeId.join();
    let manager = this.#managers.get(key);
    if (manager === undefined) {
      manager = { storeId, reportSeconds: 0 };
      this.#managers.set(key, manager);
    }
    return manager;
  }

  /** Returns whether something was asked for. */
  #look(watched: Watched): boolean {
    const { storeId, manager } = watched;
    const { reportSeconds } = manager;
    if (this.#askForLines(watched)) return true;
    this.#takeUpAgain(watched);
    const missing = this.#book.missing(storeId, watched.from, watched.mark);
    if (missing === null) {
      watched.from = watched.mark;
      watched.mark = this.#book.end(storeId);
      watched.markSeconds = reportSeconds;
      return false;
    }
    const isNext = missing.first >= watched.askedEnd;
    const sinceSeconds = isNext ? watched.markSeconds : Math.max(watched.markSeconds, watched.askedSeconds);
    if (reportSeconds - sinceSeconds < this.#options.patienceSeconds) return false;
    // As long as some of it comes, the rest will.
    if (isNext || missing.first > watched.askedFirst) watched.tries = 0;
    if (watched.tries === mostTries) {
      this.#abandon(watched, missing);
      return false;
    }
    return this.#askFor(watched, missing);
  }

  #abandon(watched: Watched, missing: SequenceRange): void {
    if (watched.givenUpCount === 0) watched.givenUpFirst = missing.first;
    watched.from = missing.end;
    watched.givenUpCount = this.#missingOfGivenUp(watched);
    this.#giveUp(watched.storeId, missing);
  }

  /** Something came of what was given up: the rest of it may come too. */
  #takeUpAgain(watched: Watched): void {
    if (watched.givenUpCount === 0 || this.#missingOfGivenUp(watched) === watched.givenUpCount) return;
    watched.from = watched.givenUpFirst;
    watched.givenUpCount = 0;
    watched.askedEnd = Math.min(watched.askedEnd, watched.from);
  }

  #missingOfGivenUp({ storeId, givenUpFirst, from }: Watched): number {
    let count = 0;
    let range = this.#book.missing(storeId, givenUpFirst, from);
    while (range !== null) {
      count += range.end - range.first;
      range = this.#book.missing(storeId, range.end, from);
    }
    return count;
  }

  /** Without its lines nobody knows which readings are missing; what is told within hours comes with the next reports. */
  #askForLines(watched: Watched): boolean {
    const { storeId, manager } = watched;
    const { reportSeconds } = manager;
    if (!this.#book.lacksLines(storeId)) {
      watched.linesSeconds = reportSeconds;
      watched.lineTries = 0;
      return false;
    }
    const isDue = reportSeconds - watched.linesSeconds >= linesPatienceSeconds << watched.lineTries;
    if (!isDue || watched.lineTries === mostTries) return false;
    if (!this.#send(manager, Operation.tellLines, numbers(...storeId))) return false;
    watched.linesSeconds = reportSeconds;
    watched.lineTries += 1;
    return true;
  }

  #askFor(watched: Watched, { first, end }: SequenceRange): boolean {
    const { storeId, manager } = watched;
    if (!this.#send(manager, Operation.askAgain, numbers(...storeId, first, end))) return false;
    watched.askedFirst = first;
    watched.askedEnd = end;
    watched.askedSeconds = manager.reportSeconds;
    watched.tries += 1;
    return true;
  }

  /** False: there were enough commands today, or too many are open. */
  #send(manager: Reporter, operation: number, argument: Uint8Array): boolean {
    if (this.#askedToday === this.#options.commandsPerDay) return false;
    const answer = (result: Result | null) => {
      if (result?.code !== ResultCode.done) this.refused += 1;
    };
    if (!this.#ask(manager.storeId, operation, argument, answer)) return false;
    this.asked += 1;
    this.#askedToday += 1;
    return true;
  }
}
