import { assert } from 'chai';
import type { ManagerSettings } from '../../../lib/limfs/manager/index.js';
import { PlanCondition } from '../../../src/manager/planCondition.js';
import { PlanWatch } from '../../../src/manager/planWatch.js';

const HOUR = 3600;
const settings: ManagerSettings = {
  meters: 4,
  windowReadings: 12,
  readingBytes: 0,
  blockBytes: 100,
  cells: 400,
  roll: true,
  backfill: true,
  rollSeconds: HOUR,
  meterCapacityReadings: 100_000,
};

describe('plan watch', () => {
  it('proposes half the report interval when there was no room for what is missing, down to an hour', () => {
    const watch = new PlanWatch(settings, HOUR);
    assert.isNull(watch.report(2, 0));
    watch.crowded();
    const room = { condition: PlanCondition.room, windowReadings: 12 };
    assert.deepEqual(watch.report(2, 6 * HOUR), { ...room, reportIntervals: 3 });
    assert.isNull(watch.report(2, 9 * HOUR), 'it was said once');
    watch.crowded();
    assert.deepEqual(watch.report(2, 11 * HOUR), { ...room, reportIntervals: 1 });
    watch.crowded();
    assert.isNull(watch.report(2, 12 * HOUR + 60), 'a concentrator asks no more often');
  });

  it('says nothing of the first report behind a restart, whose interval it does not know', () => {
    const watch = new PlanWatch(settings, HOUR);
    watch.crowded();
    assert.isNull(watch.report(2, 6 * HOUR));
    assert.isNull(watch.report(2, 12 * HOUR));
  });
});
