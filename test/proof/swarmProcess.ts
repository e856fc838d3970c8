/** A process of its own that runs one world of the swarm and reports it to its parent. */
import { runSwarmWorld } from './swarmWorld.js';

process.send?.(runSwarmWorld(Number(process.argv[2]), 7));
