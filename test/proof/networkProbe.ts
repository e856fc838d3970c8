/** Runs worlds of the swarm until one has a problem, and prints which; a folder of its own holds the planted bug. */
import { runSwarmWorld, runUnaidedWorld } from './swarmWorld.js';

/** What a probe found. */
export interface NetworkProbe {
  /** 0: nothing in all worlds. */
  readonly seed: number;
  readonly problem: string;
}

const seeds = Number(process.argv[2]);
const days = 7;

function search(): NetworkProbe {
  for (let seed = 1; seed <= seeds; seed++) {
    for (const runWorld of [runSwarmWorld, runUnaidedWorld]) {
      const { problems } = runWorld(seed, days);
      if (problems.length > 0) return { seed, problem: (problems[1] ?? problems[0]!).split('\n')[0]! };
    }
  }
  return { seed: 0, problem: '' };
}

process.stdout.write(JSON.stringify(search()));
