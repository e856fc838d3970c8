import config from 'mc/config';
import Timer from 'timer';
import { Console } from '../../src/console/console.js';
import { board } from './board.js';
import { Clock } from './clock.js';
import { MeterDevice } from './meterDevice.js';
import { SerialConsole } from './serialConsole.js';
import { numberOf } from './settings.js';

/** DLMS unit code of Wh (IEC 62056-6-2). */
const wattHours = 30;

function createMeter(): MeterDevice {
  return new MeterDevice(board, new Clock(() => Date.now(), board.clockStartsSet), {
    channels: [{ obis: '1.0.1.8.0.255', unit: wattHours, scale: 0 }],
    intervalSeconds: numberOf(config, 'intervalSeconds'),
  });
}

/** Opens the console's port; the meter goes on without one, because readings come first. */
function openConsole(console: Console): SerialConsole | undefined {
  try {
    return new SerialConsole(console, (events) => board.openPort(events));
  } catch (error) {
    trace(`no console: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

function run(): void {
  const meter = createMeter();
  const console = new Console(meter);
  const port = openConsole(console);
  console.announce("LIMFS meter; 'help' lists the commands");
  const step = (): void => {
    const before = meter.fault;
    const waitMilliseconds = meter.step();
    if (meter.fault !== before) console.announce(meter.fault ?? 'the store works');
    port?.flush();
    Timer.set(step, waitMilliseconds);
  };
  step();
}

run();
