import { createBatch, type Medium, type MeterStore } from '../../lib/limfs/index.js';
import { framPulseRecord, PULSE_BYTES } from '../../lib/limfs/pulse/index.js';
import { Console } from '../../src/console/console.js';
import { type ConsoleMeter, meterConsole } from '../../src/console/meterConsole.js';
import { openMeterChip } from '../../src/meter/meterChip.js';
import { MeterFirmware } from '../../src/meter/meterFirmware.js';
import { PulseRegister } from '../../src/meter/pulseRegister.js';
import type { Register } from '../../src/meter/register.js';
import { ConsoleHost, mounted } from './consoleHost.js';
import type { Host } from './host.js';
import { numberOf } from './settings.js';

/** Active energy import in Wh (IEC 62056-6-2, unit 30). */
const channels = Object.freeze([Object.freeze({ obis: '1.0.1.8.0.255', unit: 30, scale: 0 })]);
/** Readings looked at together to find the last one with a value. */
const searchReadings = 16;

/** A meter on a board. */
class MeterHost extends ConsoleHost<MeterFirmware> implements ConsoleMeter {
  #store: MeterStore | undefined;
  #register: Register | undefined;

  get store(): MeterStore | undefined {
    return this.device.role === undefined ? undefined : this.#store;
  }

  secondsToNextReading(): number {
    return Math.max(0, (this.device.role?.role.dueSeconds ?? 0) - this.timeSeconds());
  }

  takeReading(): void {
    this.device.run(({ role }, timeSeconds) => role.takeReading(timeSeconds, false));
  }

  protected override open(timeSeconds: number): MeterFirmware {
    const { host } = this;
    const { settings, clock, seal, payloadBytes, random } = host;
    const storeId = host.newStoreId();
    const intervalSeconds = numberOf(settings, 'intervalSeconds');
    const medium = host.medium();
    const chip = mounted(() => openMeterChip(medium, { storeId, channels, intervalSeconds }, PULSE_BYTES));
    this.#store = chip.store;
    this.#register ??= this.#openRegister(medium, lastValue(chip.store));
    const parts = {
      port: this.link,
      seal,
      payloadBytes,
      bitsPerSecond: numberOf(settings, 'linkBaud'),
      clock,
      clockIsSet: clock.isSet,
      random,
      register: this.#register,
      output: () => false,
      batteryMillivolts: () => null,
    };
    return new MeterFirmware(chip, parts, { environment: host.environment(), thresholds: [] }, timeSeconds);
  }

  /** The counter lies at the end of the chip. */
  #openRegister(medium: Medium, start: number): Register {
    const record = framPulseRecord(medium, medium.sizeBytes - PULSE_BYTES);
    return this.host.board.openRegister(start, new PulseRegister(record, start));
  }

  protected override setTime({ role }: MeterFirmware, timeSeconds: number, trueSeconds: number): void {
    role.setTime(timeSeconds, trueSeconds);
  }
}

export function startRole(host: Host): void {
  const meter = new MeterHost(host);
  meter.start('meter', new Console(meterConsole, meter));
}

/** Where a counter goes on: the value of the newest reading that has one, for a power cut leaves holes behind it. */
function lastValue(store: MeterStore): number {
  const batch = createBatch(searchReadings);
  for (let left = store.count; left > 0; left -= searchReadings) {
    const first = store.nextSequence - Math.min(store.count, store.count - left + searchReadings);
    store.read(first >>> 0, batch);
    for (let row = batch.count - 1; row >= 0; row -= 1) {
      if (batch.valids[row] === 1) return batch.values[row * batch.channels]!;
    }
  }
  return 0;
}
