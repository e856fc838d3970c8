import type { Route } from '../../src/receiver/book.js';

/** What became of a due reading, as it stands in a grid. */
export const Outcome = Object.freeze({
  none: 0,
  direct: 1,
  window: 2,
  backfill: 3,
  noPower: 4,
  registerFailed: 5,
  cutInAppend: 6,
  lost: 7,
  pending: 8,
} as const);
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

export const outcomeOfRoute: Readonly<Record<Route, Outcome>> = Object.freeze({
  direct: Outcome.direct,
  window: Outcome.window,
  backfill: Outcome.backfill,
});

/** The books of a run. Every sum is counted by itself, so that `closes` can fail. */
export interface Account {
  due: number;
  taken: number;
  /** Of the taken ones: because somebody asked. */
  onDemand: number;
  holes: { noPower: number; registerFailed: number };
  /** Of the holes and cut appends: those that the meter itself has told the server. */
  told: number;
  durable: number;
  cutInAppend: number;
  delivered: Record<Route, number>;
  /** By reason. */
  lost: Record<string, number>;
  pending: number;
  /** Readings that came again, with the same content. */
  duplicatesReceived: number;
  /** One reading that stands in the book twice, or two under one name. */
  deliveredTwice: number;
  /** One name with two contents, which nobody can explain; and those where the meter was set back between them. */
  conflicts: number;
  conflictsOfLines: number;
  /** What does not add up, in words; empty when the account closes. */
  problems: string[];
  problemCount: number;
}

const maximumProblems = 20;

export function emptyAccount(): Account {
  return {
    due: 0,
    taken: 0,
    onDemand: 0,
    holes: { noPower: 0, registerFailed: 0 },
    told: 0,
    durable: 0,
    cutInAppend: 0,
    delivered: { direct: 0, window: 0, backfill: 0 },
    lost: {},
    pending: 0,
    duplicatesReceived: 0,
    deliveredTwice: 0,
    conflicts: 0,
    conflictsOfLines: 0,
    problems: [],
    problemCount: 0,
  };
}

export function addProblem(account: Account, problem: string): void {
  account.problemCount += 1;
  if (account.problems.length < maximumProblems) account.problems.push(problem);
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Complains of sums that do not come out right. */
export function checkSums(account: Account): void {
  const { due, taken, holes, durable, cutInAppend, delivered, lost, pending } = account;
  if (due !== taken + sum(holes)) {
    addProblem(account, `due ${due} is not taken ${taken} + holes ${sum(holes)}`);
  }
  if (taken !== durable + cutInAppend) {
    addProblem(account, `taken ${taken} is not durable ${durable} + cut in append ${cutInAppend}`);
  }
  if (durable !== sum(delivered) + sum(lost) + pending) {
    addProblem(
      account,
      `durable ${durable} is not delivered ${sum(delivered)} + lost ${sum(lost)} + pending ${pending}`,
    );
  }
}

export function closes(account: Account): boolean {
  return account.problemCount === 0;
}
