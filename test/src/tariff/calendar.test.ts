import { assert } from 'chai';
import { localTime, nextLocalHour, type TimeZone } from '../../../src/tariff/calendar.js';

const utc: TimeZone = [];
const seconds = (iso: string) => Date.parse(iso) / 1000;
/** Summer time of 2025 in Berlin. */
const berlin: TimeZone = [
  { fromSeconds: 0, offsetSeconds: 3600 },
  { fromSeconds: seconds('2025-03-30T01:00:00Z'), offsetSeconds: 7200 },
  { fromSeconds: seconds('2025-10-26T01:00:00Z'), offsetSeconds: 3600 },
];
const adelaide: TimeZone = [{ fromSeconds: 0, offsetSeconds: 34_200 }];

describe('A calendar', () => {
  it('knows month, weekday and hour of every day for two centuries', () => {
    for (let day = 0; day < 75_000; day += 1) {
      const time = day * 86_400 + (day % 24) * 3600 + 7;
      const date = new Date(time * 1000);
      const local = localTime(utc, time);
      const isRight =
        local.month === date.getUTCMonth() + 1 &&
        local.weekday === (date.getUTCDay() + 6) % 7 &&
        local.hour === date.getUTCHours() &&
        local.day === day;
      if (!isRight) assert.fail(`${date.toISOString()}: ${JSON.stringify(local)}`);
    }
  });

  it('goes from hour to hour over the changes of summer time', () => {
    const hoursFrom = (iso: string, count: number) => {
      let time = seconds(iso);
      return Array.from({ length: count }, () => {
        const { hour } = localTime(berlin, time);
        time = nextLocalHour(berlin, time);
        return hour;
      });
    };
    assert.deepEqual(hoursFrom('2025-03-30T00:00:00Z', 3), [1, 3, 4]);
    assert.deepEqual(hoursFrom('2025-10-26T00:00:00Z', 3), [2, 2, 3]);
  });

  it('knows offsets of half an hour', () => {
    const time = seconds('2025-06-01T00:00:00Z');
    assert.equal(localTime(adelaide, time).hour, 9);
    assert.equal(nextLocalHour(adelaide, time), time + 1800);
  });

  it('knows times before 1970', () => {
    const { month, weekday, hour } = localTime(utc, seconds('1969-12-31T23:30:00Z'));
    assert.deepEqual({ month, weekday, hour }, { month: 12, weekday: 2, hour: 23 });
  });
});
