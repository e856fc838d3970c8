/** The heap of a meter as it is flashed, on its FRAM, and the instructions of its day. */
import { MessageKind } from '../../../src/link/message.js';
import { openMeterChip } from '../../../src/meter/meterChip.js';
import { MeterFirmware } from '../../../src/meter/meterFirmware.js';
import { measureOnce, report } from './measure.js';
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

/** What one kind of wake-up takes: simulator/energy counts with these figures. */
class Work {
  readonly #name: string;
  #times = 0;
  #instructions = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(instructions: number): void {
    this.#times += 1;
    this.#instructions += instructions;
  }

  report(): void {
    report(
      `meter: ${this.#name}, ${this.#times} times a day`,
      this.#instructions / this.#times,
      'instructions',
    );
  }
}

/** A day: readings every hour, each with a window, and the answer to a question for older ones. */
function workOfMeter(firmware: MeterFirmware): void {
  const end = start + 24 * HOUR;
  const silent = new Work('wake-up without a packet');
  const speaking = new Work('wake-up with a packet');
  while (firmware.wakeSeconds < end) {
    const { instructions } = measureOnce(() => firmware.wake(firmware.wakeSeconds));
    (sent.waiting.length > 0 ? speaking : silent).add(instructions);
    sent.waiting.length = 0;
  }
  silent.report();
  speaking.report();
  const request = {
    kind: MessageKind.backfillRequest,
    storeId: [1, 1],
    firstSequence: 0,
    count: 24,
  } as const;
  const question = new Wire();
  peer(MANAGER, [], question).send(METER, request);
  const answer = measureOnce(() => {
    question.deliver((packet, length) => firmware.receive(end, packet, length));
  });
  report('meter: packet that is answered', answer.instructions, 'instructions');
  if (sent.waiting.length === 0) throw new Error('the meter does not answer');
}

reportEngine();
bench('meter', 72 * 1024, startMeter, () => {}, workOfMeter);
reportStack();
