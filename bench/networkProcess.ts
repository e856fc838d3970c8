/** A process of its own for one size: it begins with an empty memory, and nothing that ran before is compiled yet. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measure, type NetworkSize, warmUp } from './network.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What the engine has compiled goes by and by, when it was not used between two collections. */
const rounds = 8;
const freeMemory = () => {
  for (let round = 0; round < rounds; round += 1) collect();
};

process.once('message', (size: NetworkSize) => {
  warmUp();
  process.send!(measure(size, freeMemory), () => process.disconnect());
});
