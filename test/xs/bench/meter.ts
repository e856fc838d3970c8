/** The heap of a meter as it is flashed, on its FRAM. */
import { MessageKind } from '../../../src/link/message.js';
import { openMeterChip } from '../../../src/meter/meterChip.js';
import { MeterFirmware } from '../../../src/meter/meterFirmware.js';
import {
  bench,
  clock,
  environment,
  HOUR,
  MANAGER,
  METER,
  newDriver,
  payloadBytes,
  peer,
  ROUTER,
  random,
  reportEngine,
  reportStack,
  seal,
  sent,
  start,
  Wire,
} from './role.js';

function startMeter(): MeterFirmware {
  const channels = [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }];
  const format = { storeId: [1, 1], channels, intervalSeconds: HOUR } as const;
  const host = {
    ...{ port: sent, seal, payloadBytes, clock, random, clockIsSet: true, bitsPerSecond: 19_200 },
    register: {
      read: (seconds: number, values: number[]) => {
        values[0] = (seconds - start) >> 3;
        return true;
      },
    },
    output: () => true,
    batteryMillivolts: () => 3300,
  };
  const settings = { environment: environment(METER, [ROUTER, MANAGER]), thresholds: [] };
  return new MeterFirmware(openMeterChip(newDriver(), format), host, settings, start);
}

/** A day: readings every hour, each with a window, and the answer to a question for older ones. */
function workOfMeter(firmware: MeterFirmware): void {
  const end = start + 24 * HOUR;
  while (firmware.wakeSeconds < end) {
    firmware.wake(firmware.wakeSeconds);
    sent.waiting.length = 0;
  }
  const request = {
    kind: MessageKind.backfillRequest,
    storeId: [1, 1],
    firstSequence: 0,
    count: 24,
  } as const;
  const question = new Wire();
  peer(MANAGER, [], question).send(METER, request);
  question.deliver((packet, length) => firmware.receive(end, packet, length));
  if (sent.waiting.length === 0) throw new Error('the meter does not answer');
}

reportEngine();
bench('meter', 72 * 1024, startMeter, () => {}, workOfMeter);
reportStack();
