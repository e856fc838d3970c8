import { assert } from 'chai';
import { formatReportRing, mountReportRing } from '../../../../lib/limfs/concentrator/index.js';
import {
  concentratorBytes,
  concentratorDays,
  concentratorText,
  sizeConcentrator,
} from '../../../../lib/limfs/plan/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';

const scheme = { localManagers: 4, meters: 30, bytesPerMeter: 20, devices: 2, reportIntervalSeconds: 3600 };
const headers = [0, 1].map((device) => ({
  device: [1, device] as const,
  timeSeconds: 1,
  batteryMillivolts: null,
  errors: 0,
  rssiDbm: null,
}));

/** Reports that a real ring of this size takes before it refuses. */
function measuredReports(sizeBytes: number): number {
  const medium = new RamMedium(sizeBytes);
  formatReportRing(medium, { storeId: [1, 1], reportBytes: sizeConcentrator(scheme).reportBytes });
  const ring = mountReportRing(medium);
  const body = new Uint8Array(scheme.meters * scheme.bytesPerMeter);
  for (let count = 0; ; count += 1) {
    try {
      ring.append({ storeId: [2, 2], pageCounter: count, checksum: 1, timeSeconds: count, headers }, body);
    } catch {
      return count;
    }
  }
}

describe('planner of a concentrator', () => {
  it('promises the days that a real ring survives', () => {
    for (const sizeBytes of [8192, 40_000, 131_072]) {
      const promised = concentratorDays(scheme, sizeBytes) * 96;
      const measured = measuredReports(sizeBytes);
      assert.isAtMost(measured, promised);
      assert.isAtLeast(measured, Math.floor(promised) - 1, 'a bank edge costs one report');
    }
  });

  it('asks for bytes that are enough for the days', () => {
    for (const days of [0.1, 1, 3]) {
      assert.isAtLeast(measuredReports(concentratorBytes(scheme, days)), days * 96);
    }
  });

  it('prints bytes and days, and warns of reports that are too long', () => {
    assert.deepEqual(concentratorText(scheme, 131_072).slice(0, 3), [
      '4 local managers with 30 meters each:',
      'a report takes 668 bytes; 96 reports and 65376 bytes a day',
      '131072 bytes survive 1.98 days without the server',
    ]);
    assert.match(sizeConcentrator({ ...scheme, bytesPerMeter: 3000 }).warnings.join(), /as several/);
  });
});
