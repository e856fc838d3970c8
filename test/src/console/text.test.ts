import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import { parseTime, scaledText, statusText, timeText, valueText } from '../../../src/console/text.js';

describe('texts of the console', () => {
  const scaled: readonly (readonly [value: number, scale: number, text: string])[] = [
    [12_345, 0, '12345'],
    [12_345, -2, '123.45'],
    [5, -3, '0.005'],
    [-5, -1, '-0.5'],
    [0, -2, '0.00'],
    [0, 3, '0'],
    [12, 3, '12000'],
    [Number.MAX_SAFE_INTEGER, -3, '9007199254740.991'],
  ];
  for (const [value, scale, text] of scaled) {
    it(`write ${value} times 10^${scale} as ${text}`, () => {
      assert.equal(scaledText(value, scale), text);
    });
  }

  it('name the unit, or its DLMS code', () => {
    assert.equal(valueText({ obis: '7.0.3.0.0.255', unit: 13, scale: -2 }, 123), '7.0.3.0.0.255 1.23 m3');
    assert.equal(valueText({ obis: '0.0.96.1.0.255', unit: 255, scale: 0 }, 7), '0.0.96.1.0.255 7');
    assert.equal(valueText({ obis: '1.0.1.8.0.255', unit: 99, scale: 0 }, 7), '1.0.1.8.0.255 7 (unit 99)');
  });

  it('name all bits of a status', () => {
    assert.equal(statusText(0), 'ok');
    assert.equal(statusText(Status.readingError | Status.powerFailed), 'readingError+powerFailed');
  });

  it('tell UTC from seconds since boot', () => {
    assert.equal(timeText(0, 0), '1970-01-01T00:00:00Z');
    assert.equal(timeText(0xffff_ffff, 0), '2106-02-07T06:28:15Z');
    assert.equal(timeText(12, Status.timeSinceBoot), 'boot+12s');
  });

  it('parse what they write, and nothing else', () => {
    assert.equal(parseTime('2106-02-07T06:28:15Z'), 0xffff_ffff);
    assert.equal(parseTime('2026-01-31'), Date.UTC(2026, 0, 31) / 1000);
    assert.equal(parseTime('2026-01-31T12:00Z'), Date.UTC(2026, 0, 31, 12) / 1000);
    assert.equal(parseTime('123456789'), 123_456_789);
    for (const text of [
      '',
      'now',
      '2026',
      '2026-1-1',
      '2026-01-31T12:00:00',
      '1.5',
      '-1',
      '1969-12-31',
      '2106-02-07T06:28:16Z',
    ]) {
      assert.isUndefined(parseTime(text), text);
    }
  });
});
