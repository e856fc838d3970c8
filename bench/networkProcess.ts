/** A process of its own for one size: it begins with an empty memory, and nothing that ran before is compiled yet. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measure, type NetworkSize, warmUp } from './network.js';

setFlagsFromString('--expose-gc');
const freeMemory = runInNewContext('gc') as () => void;

process.once('message', (size: NetworkSize) => {
  warmUp();
  process.send!(measure(size, freeMemory), () => process.disconnect());
});
