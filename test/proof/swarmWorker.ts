/** A thread of the swarm: runs one seed after another and reports each. */
import { parentPort, workerData } from 'node:worker_threads';
import { runSwarmWorld } from './swarmWorld.js';

const { days } = workerData as { readonly days: number };

parentPort!.on('message', (seed: number) => {
  parentPort!.postMessage(runSwarmWorld(seed, days));
});
