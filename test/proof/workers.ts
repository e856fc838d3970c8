import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Tally } from './cuts.js';
import type { Unit } from './plan.js';

/** What a worker process says. */
export type Report =
  | { readonly kind: 'done'; readonly tally: Tally }
  | { readonly kind: 'failed'; readonly message: string };

const workerFile = fileURLToPath(new URL('powercutWorker.ts', import.meta.url));

/**
 * Does all units in some processes and returns their numbers in the order of the units, whatever process was faster.
 * The first failure ends the run. `progress` is told the steps done so far.
 */
export function runUnits(
  units: readonly Unit[],
  processes: number,
  progress: (steps: number) => void,
): Promise<Tally[]> {
  const tallies = new Array<Tally>(units.length);
  let begun = 0;
  let done = 0;
  let steps = 0;
  const workers: ChildProcess[] = [];
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const worker of workers) worker.kill();
    };
    const give = (worker: ChildProcess): void => {
      if (begun === units.length) return;
      const index = begun;
      begun += 1;
      worker.removeAllListeners('message');
      worker.on('message', (report: Report) => {
        if (report.kind === 'failed') {
          end();
          reject(new ProofError(report.message));
        } else {
          tallies[index] = report.tally;
          steps += units[index]!.steps;
          done += 1;
          progress(steps);
          if (done === units.length) {
            end();
            resolve(tallies);
          } else give(worker);
        }
      });
      worker.send(units[index]!);
    };
    for (let count = 0; count < Math.min(processes, units.length); count += 1) {
      const worker = fork(workerFile, { execArgv: ['--import', 'tsx'] });
      worker.once('exit', (code, signal) => {
        if (done < units.length) reject(new ProofError(`a worker ended with ${code ?? signal}`));
      });
      workers.push(worker);
      give(worker);
    }
  });
}

/** The proof failed. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
}
