import { assert } from 'chai';
import { contentOf } from '../books.js';
import { build, HOUR, meterId } from '../street.js';

describe('a street of devices as they are flashed', () => {
  for (const payloadBytes of [51, 128]) {
    it(`brings readings through a router to the server in packets of ${payloadBytes} bytes`, () => {
      const street = build(payloadBytes);
      street.run(12 * HOUR + 600);
      street.run(HOUR);
      const { entries } = contentOf(street.book.of(meterId));
      assert.isAtLeast(entries.size, 12);
      assert.deepEqual(
        [...entries.values()].slice(0, 3).map(({ value }) => value),
        [1007, 1014, 1021],
      );
      assert.isAbove(street.passed.length, 0);
      assert.deepEqual(street.passed[0]![0]!.device, [2, 1], 'the local manager first');
      assert.equal(street.concentrator.role.uplink.acknowledged > 10, true);
      assert.equal(street.concentrator.uplinkNode.counters.tooLong, 0);
    });
  }
});
