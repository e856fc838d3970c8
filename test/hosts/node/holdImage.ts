/** Opens the image that its argument names, says so, and holds it until it is killed. */
import { FileMedium } from '../../../hosts/node/fileMedium.js';

const medium = new FileMedium({ path: process.argv[2]!, sizeBytes: 4096 });
process.stdout.write(`holding ${medium.sizeBytes} bytes\n`);
setInterval(() => medium.sizeBytes, 60_000);
