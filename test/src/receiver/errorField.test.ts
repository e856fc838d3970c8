import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import { contentOf } from '../books.js';
import { build, energy, HOUR, meterId, start } from '../street.js';

const names = Object.keys(Status) as (keyof typeof Status)[];
/** Every kind of error and of remark, of a reading and of a hole; and all of them at once. */
const statuses = [0, ...names.map((name) => Status[name]), 255];

describe('The error field of a reading', () => {
  for (const payloadBytes of [51, 128]) {
    it(`arrives at the server as the meter wrote it, of each kind, in packets of ${payloadBytes} bytes`, () => {
      const first = start - 2 * statuses.length * HOUR;
      const street = build(payloadBytes, {
        ...energy,
        before: (store) =>
          statuses.forEach((status, index) => {
            store.append(first + 2 * index * HOUR, [1000 + index], status);
            store.appendHole(first + (2 * index + 1) * HOUR, status);
          }),
      });
      street.run(6 * HOUR);
      const { entries, losses } = contentOf(street.book.of(meterId));
      assert.equal(losses.size, 0);
      statuses.forEach((status, index) => {
        const name = names[index - 1] ?? `${status}`;
        const reading = entries.get(2 * index)!;
        assert.equal(reading.status, status, name);
        assert.equal(reading.value, 1000 + index, name);
        const hole = entries.get(2 * index + 1)!;
        assert.isUndefined(hole.value, name);
        assert.equal(
          hole.status,
          status === 0 ? hole.status : status | (hole.status & Status.nullData),
          name,
        );
      });
    });
  }
});
