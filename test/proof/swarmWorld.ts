import { closes } from '../../simulator/ledger/account.js';
import type { Coverage } from '../../simulator/world/coverage.js';
import type { NetworkOptions } from '../../simulator/world/networkOptions.js';
import { NetworkWorld } from '../../simulator/world/networkWorld.js';
import { swarmWorld, unaidedWorld } from '../../simulator/world/scenarios.js';

/** What is left of a world of the swarm. */
export interface SwarmResult {
  readonly seed: number;
  /** Empty when the account closes. */
  readonly problems: readonly string[];
  readonly due: number;
  readonly coverage: Coverage;
  readonly traceHash: string;
}

/** Runs the world of a seed. A firmware that throws is a problem like any other. */
export function runSwarmWorld(seed: number, days: number): SwarmResult {
  return runWorld(swarmWorld(seed, days));
}

/** Runs the same world where nobody mends at the top what a tier below has done wrong. */
export function runUnaidedWorld(seed: number, days: number): SwarmResult {
  return runWorld(unaidedWorld(seed, days));
}

function runWorld(options: NetworkOptions): SwarmResult {
  const { seed } = options;
  try {
    const result = new NetworkWorld(options).run(() => {});
    const { account, coverage, traceHash } = result;
    const problems = closes(account) ? [] : [`${account.problemCount} problems`, ...account.problems];
    if (!result.isDrained) problems.push('readings are under way for ever');
    return { seed, problems, due: account.due, coverage, traceHash };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, problems: [problem], due: 0, coverage: {}, traceHash: '' };
  }
}

/** The command that runs one world of the swarm again, with its report. */
export function replayCommand(seed: number, days: number): string {
  return `npm start -- --swarm --seed ${seed} --days ${days}`;
}
