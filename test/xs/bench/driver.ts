/** The FM24V10 driver over the emulated I2C FRAM. */
import { FM24V10 } from '../../../lib/drivers/fm24v10.js';
import { measure, reportCost } from './measure.js';

const fram = new FM24V10({ memory: { io: xsHost.I2C } });
const page = new Uint8Array(224);
for (let index = 0; index < page.length; index += 1) page[index] = index;
const back = new Uint8Array(224);

const short = new Uint8Array(16);
for (const length of [3, 7, 12]) {
  reportCost(
    `write of ${length} bytes of a short buffer`,
    measure(() => fram.write(1000, short, 0, length)),
  );
}
for (const length of [3, 12]) {
  reportCost(
    `write of ${length} bytes`,
    measure(() => fram.write(1000, page, 0, length)),
  );
}
reportCost(
  'write of 7 bytes inside a buffer',
  measure(() => fram.write(1000, page, 9, 7)),
);
reportCost(
  'write of 224 bytes',
  measure(() => fram.write(0xff80, page, 0, 224)),
);
reportCost(
  'read of 1 byte',
  measure(() => fram.read(1000, back, 0, 1)),
);
reportCost(
  'read of 20 bytes',
  measure(() => fram.read(1000, back, 0, 20)),
);
reportCost(
  'read of 224 bytes across the banks',
  measure(() => fram.read(0xff80, back, 0, 224)),
);
if (back.some((byte, index) => byte !== page[index]))
  throw new Error('the FRAM does not give back what was written');
