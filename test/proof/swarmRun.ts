import { Worker } from 'node:worker_threads';
import type { SwarmResult } from './swarmWorld.js';

const workerFile = new URL('swarmThread.js', import.meta.url);

/**
 * Runs the worlds of some seeds in threads; the results stand in the order of the seeds, whatever thread was faster.
 * `onResult` is told each as it comes, and how many there are by then.
 */
export async function runSwarm(
  seeds: readonly number[],
  days: number,
  jobs: number,
  onResult: (result: SwarmResult, done: number) => void,
): Promise<SwarmResult[]> {
  const results = new Array<SwarmResult>(seeds.length);
  let begun = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(workerFile, { workerData: { days } });
    try {
      for (let index = begun; index < seeds.length; index = begun) {
        begun += 1;
        const result = await ask(worker, seeds[index]!);
        results[index] = result;
        done += 1;
        onResult(result, done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, seeds.length) }, work));
  return results;
}

function ask(worker: Worker, seed: number): Promise<SwarmResult> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(seed);
  });
}
