import { assert } from 'chai';
import type { Channel } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { channelsOf, quantityOf, valueText } from '../../../src/receiver/quantities.js';
import { contentOf } from '../books.js';
import { build, HOUR, meterId } from '../street.js';

/** A gas meter and an electricity meter: all that D13 names. */
const gas: readonly (readonly [channel: Channel, value: number, text: string])[] = [
  [{ obis: '7.0.3.0.0.255', unit: 13, scale: -3 }, 123_456, '123.456 m³'],
  [{ obis: '7.0.41.0.0.255', unit: 9, scale: -1 }, -52, '-5.2 °C'],
  [{ obis: '7.0.42.0.0.255', unit: 24, scale: -3 }, 1013, '1.013 bar'],
  [{ obis: '7.0.96.3.10.255', unit: 255, scale: 0 }, 1, 'open'],
  [{ obis: '0.0.96.3.1.255', unit: 255, scale: 0 }, 0, 'closed'],
  [{ obis: '0.0.96.6.3.255', unit: 35, scale: -3 }, 3600, '3.600 V'],
];
const electricity: typeof gas = [
  [{ obis: '1.0.1.8.0.255', unit: 30, scale: 0 }, 7_654_321, '7654321 Wh'],
  [{ obis: '1.0.32.7.0.255', unit: 35, scale: -1 }, 2305, '230.5 V'],
  [{ obis: '1.0.31.7.0.255', unit: 33, scale: -2 }, 1234, '12.34 A'],
  [{ obis: '0.0.96.3.1.255', unit: 255, scale: 0 }, 1, 'open'],
  [{ obis: '0.0.96.6.3.255', unit: 35, scale: -3 }, 3555, '3.555 V'],
];

describe('The quantities of a meter', () => {
  for (const [name, meter] of Object.entries({ gas, electricity })) {
    for (const payloadBytes of [51, 128]) {
      it(`arrive at the server with their units, all of a ${name} meter, in packets of ${payloadBytes} bytes`, () => {
        // Consumption grows; the others move to and fro.
        const moved = (reading: number) =>
          meter.map(([, value], channel) => value + (channel === 0 ? 7 * reading : reading % 2));
        const street = build(payloadBytes, {
          channels: meter.map(([channel]) => channel),
          values: (reading) => (reading === 0 ? meter.map(([, value]) => value) : moved(reading)),
        });
        street.run(12 * HOUR + 600);
        street.run(HOUR);
        const { entries, losses } = contentOf(street.book.of(meterId));
        assert.isAtLeast(entries.size, 12);
        assert.equal(losses.size, 0);
        for (const [sequence, { values }] of entries) {
          const expected = sequence === 0 ? meter.map(([, value]) => value) : moved(sequence);
          assert.deepEqual(values, expected, `reading ${sequence}`);
        }
        const answer = street.command(1, meterId, Operation.channels)!;
        assert.equal(answer.code, ResultCode.done);
        const channels = channelsOf(answer.data)!;
        assert.deepEqual(
          channels.map((channel, at) => valueText(channel, entries.get(0)!.values[at]!)),
          meter.map(([, , text]) => text),
        );
      });
    }
  }

  it('have names, and an unknown code keeps its numbers', () => {
    assert.deepEqual(quantityOf(electricity[1]![0]), { name: 'voltage', unit: 'V' });
    assert.deepEqual(quantityOf(gas[3]![0]), { name: 'gas valve', unit: '', states: ['closed', 'open'] });
    const strange = { obis: '9.9.9.9.9.255', unit: 77, scale: 2 };
    assert.deepEqual(quantityOf(strange), { name: '9.9.9.9.9.255', unit: 'unit 77' });
    assert.equal(valueText(strange, 5), '500 unit 77');
    assert.equal(valueText(gas[3]![0], 7), '7');
  });

  it('are not read from an answer that is cut short', () => {
    assert.isNull(channelsOf(new Uint8Array(0)));
    assert.isNull(channelsOf(Uint8Array.of(0, 1, 1, 0, 1, 8, 0, 255, 30)));
  });
});
