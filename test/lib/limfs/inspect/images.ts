import { oneLine } from '../../../../bench/line.js';
import { formatReportRing, mountReportRing } from '../../../../lib/limfs/concentrator/index.js';
import { formatEventLog, MediumRegion, mountEventLog } from '../../../../lib/limfs/events/index.js';
import {
  formatMeterStore,
  InstallArea,
  mountMeterStore,
  Status,
  type StoreId,
} from '../../../../lib/limfs/index.js';
import type { ImageReading } from '../../../../lib/limfs/inspect/report.js';
import {
  createManagerPage,
  formatManagerStore,
  type ManagerStore,
  mountManagerStore,
} from '../../../../lib/limfs/manager/index.js';
import { formatPaperStore } from '../../../../lib/limfs/paper/paperFormat.js';
import { mountPaperStore } from '../../../../lib/limfs/paper/paperStore.js';
import { framPulseRecord, initialisePulses } from '../../../../lib/limfs/pulse/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { readingValue, START_SECONDS, send } from '../manager/blocks.js';
import { appendRegular, NorRig } from '../nor/norRig.js';

const HOUR = 3600;
export const METER_ID: StoreId = [0xcafe_0001, 0x1234_5678];
const MANAGER_ID: StoreId = [0xbeef_0002, 0x0bad_cafe];
export const MANAGED_METERS = 5;

/** An image and what was stored in it. */
export interface TestImage {
  readonly image: Uint8Array;
  /** What a reading must be, whoever gives it; null where none of that meter and sequence was ever stored. */
  truthOf(storeId: StoreId, sequence: number): Truth | null;
}

export interface Truth {
  readonly timeSeconds: number;
  readonly status: number;
  readonly valid: boolean;
  readonly values: readonly number[];
}

/** A register that jumps about, so that pages fill soon. */
function registerOf(sequence: number): number {
  return sequence * 500 + ((sequence * 7919) % 401);
}

/** Every 29th reading is a hole, every 41st an estimate. */
function meterTruth(sequence: number): Truth {
  const valid = sequence % 29 !== 28;
  const status = valid ? (sequence % 41 === 40 ? Status.estimated : 0) : Status.powerFailed;
  const timeSeconds = START_SECONDS + sequence * HOUR;
  return { timeSeconds, status, valid, values: valid ? [registerOf(sequence)] : [] };
}

/** A meter's store on FRAM with an event log and a pulse counter behind it. */
export function meterImage(readings: number, sizeBytes = 16_384, pageBytes = 96): TestImage {
  const medium = new RamMedium(sizeBytes);
  const storeBytes = sizeBytes - 1024;
  formatMeterStore(medium, {
    storeId: METER_ID,
    channels: [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }],
    intervalSeconds: HOUR,
    pageBytes,
    sizeBytes: storeBytes,
  });
  const install = new InstallArea(medium);
  // The first start, and the second: both copies of the record are there.
  for (const bootCount of [1, 2]) {
    install.store({
      serialNumber: 'M-1',
      bodyNumber: '1/1/1',
      location: 'cellar',
      firmware: '1.0',
      installedSeconds: START_SECONDS,
      bootCount,
      resetCause: 0,
    });
  }
  const store = mountMeterStore(medium);
  for (let sequence = 0; sequence < readings; sequence += 1) {
    const { timeSeconds, status, valid, values } = meterTruth(sequence);
    if (valid) store.append(timeSeconds, values, status);
    else store.appendHole(timeSeconds, status);
    if (sequence === readings - 3) store.checkpoint(timeSeconds + 60);
  }
  const logMedium = new MediumRegion(medium, storeBytes, 768);
  formatEventLog(logMedium, METER_ID);
  const log = mountEventLog(logMedium, { events: 10, seconds: HOUR });
  for (let event = 0; event < 5; event += 1)
    log.record(7 + event, START_SECONDS + event, Uint8Array.of(event));
  log.acknowledge(1);
  initialisePulses(framPulseRecord(medium, sizeBytes - 200), 4711);
  const pulses = framPulseRecord(medium, sizeBytes - 200);
  initialisePulses(pulses, 4712);
  return {
    image: medium.image,
    truthOf: (_, sequence) => (sequence < readings ? meterTruth(sequence) : null),
  };
}

/** A meter's store on NOR flash. */
export function norImage(readings: number): TestImage {
  const rig = new NorRig({ sectorBytes: 1024, sectors: 12, unitBytes: 4 }, 77);
  appendRegular(rig.mount(), 0, readings);
  const image = new Uint8Array(rig.medium().sizeBytes);
  rig.medium().read(0, image, 0, image.length);
  return {
    image,
    truthOf: (_, sequence) => {
      if (sequence >= readings) return null;
      const values = [sequence * 100 + ((sequence * sequence) % 37)];
      return { timeSeconds: START_SECONDS + sequence * HOUR, status: 0, valid: true, values };
    },
  };
}

/** A meter's store in the paper's layout. */
export function paperImage(readings: number): TestImage {
  const medium = new RamMedium(8192);
  formatPaperStore(medium, { storeId: METER_ID, intervalSeconds: HOUR, windowReadings: 4, readingBytes: 12 });
  const store = mountPaperStore(medium);
  const timeOf = (sequence: number) => START_SECONDS + sequence * HOUR + (sequence >= 50 ? 7 : 0);
  for (let sequence = 0; sequence < readings; sequence += 1)
    store.append(timeOf(sequence), registerOf(sequence));
  return {
    image: medium.image,
    truthOf: (_, sequence) =>
      sequence < readings
        ? { timeSeconds: timeOf(sequence), status: 0, valid: true, values: [registerOf(sequence)] }
        : null,
  };
}

function managedTruth([high, low]: StoreId, sequence: number): Truth | null {
  const place = low - 0x100;
  if (high !== 1 || place < 0 || place >= MANAGED_METERS) return null;
  return {
    timeSeconds: START_SECONDS + sequence * HOUR,
    status: 0,
    valid: true,
    values: [readingValue(place, sequence)],
  };
}

/** A local manager whose meters miss packets; every page that was frozen goes to `report`, and is acknowledged. */
function runManager(hours: number, readingBytes: number, report?: (store: ManagerStore) => void): RamMedium {
  const medium = new RamMedium(24_576);
  formatManagerStore(medium, {
    storeId: MANAGER_ID,
    meters: MANAGED_METERS,
    windowReadings: 6,
    ...(readingBytes > 0 ? { readingBytes } : {}),
    rollSeconds: HOUR,
  });
  const store = mountManagerStore(medium);
  for (let place = 0; place < MANAGED_METERS; place += 1) store.addMeter([1, 0x100 + place], 0, oneLine());
  for (let hour = 1; hour <= hours; hour += 1) {
    for (let place = 0; place < MANAGED_METERS; place += 1) {
      // Bursts of lost packets, one of them longer than a window.
      const isLost = hour % 17 === place || (place === 2 && hour > 30 && hour < 40);
      if (!isLost) send(store, place, Math.max(0, hour - 6), hour, { time: START_SECONDS + hour * HOUR });
    }
    if (hour % 5 !== 0) continue;
    store.freeze(createManagerPage());
    report?.(store);
  }
  return medium;
}

export function managerImage(hours: number, readingBytes = 0): TestImage {
  const page = createManagerPage();
  const medium = runManager(hours, readingBytes, (store) => {
    // The concentrator is a page behind.
    if (store.report(page) && page.counter > 0) store.acknowledge(store.storeId, page.counter, page.checksum);
    else if (store.report(page)) store.acknowledge(store.storeId, page.counter, page.checksum);
  });
  return { image: medium.image, truthOf: managedTruth };
}

/** A concentrator with the reports of one local manager; all but the newest four are acknowledged. */
export function concentratorImage(hours: number): TestImage {
  const medium = new RamMedium(16_384);
  formatReportRing(medium, { storeId: [9, 9], reportBytes: 400 });
  const ring = mountReportRing(medium);
  const page = createManagerPage();
  const cell = new Uint8Array(256);
  runManager(hours, 0, (store) => {
    while (store.report(page)) {
      const body: number[] = [];
      for (let index = 0; index < page.cells; index += 1) {
        const length = store.readReport(page, index, cell, 0);
        body.push(...cell.subarray(0, length));
      }
      const headers = [
        {
          device: MANAGER_ID,
          timeSeconds: page.timeSeconds,
          batteryMillivolts: 3300,
          errors: 2,
          rssiDbm: -71,
        },
      ];
      const name = { storeId: store.storeId, pageCounter: page.counter, checksum: page.checksum };
      ring.append({ ...name, timeSeconds: page.timeSeconds + 30, headers }, Uint8Array.from(body));
      store.acknowledge(store.storeId, page.counter, page.checksum);
      if (ring.unacknowledged > 4) ring.acknowledge(ring.next()!);
    }
  });
  return { image: medium.image, truthOf: managedTruth };
}

/** What is wrong with a reading; '' when it is what was stored. */
export function wrongWith(reading: ImageReading, { truthOf }: TestImage): string {
  const truth = truthOf(reading.storeId, reading.sequence);
  const { timeSeconds, status, valid, values, sequence } = reading;
  if (truth === null) return `reading ${sequence} was never stored`;
  const same =
    timeSeconds === truth.timeSeconds &&
    status === truth.status &&
    valid === truth.valid &&
    (!valid || values.join() === truth.values.join());
  return same ? '' : `reading ${sequence} is ${timeSeconds} ${status} ${valid} ${values.join()}`;
}
