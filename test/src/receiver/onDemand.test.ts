import { assert } from 'chai';
import { Status } from '../../../lib/limfs/index.js';
import { Operation, ResultCode } from '../../../src/commands/operation.js';
import { numbers, readNumbers } from '../../../src/events/numbers.js';
import { contentOf } from '../books.js';
import { build, HOUR, MANAGER, meterId, start } from '../street.js';

const concentratorId = [3, 1] as const;
/** From the request to the reading at the server. */
const promisedSeconds = 300;

describe('A reading on request', () => {
  it('is at the server within five minutes, marked as asked for, beside the schedule', () => {
    const street = build(128);
    street.run(2 * HOUR + 1200);
    const askedSeconds = street.nowSeconds;
    const answer = street.command(1, meterId, Operation.readNow)!;
    assert.equal(answer.code, ResultCode.done);
    const [sequence] = readNumbers(answer.data);
    street.command(2, concentratorId, Operation.reportNow, numbers(MANAGER));
    const reading = contentOf(street.book.of(meterId)).entries.get(sequence!)!;
    assert.equal(reading.status, Status.onDemand);
    assert.isAtLeast(reading.timeSeconds, askedSeconds);
    assert.isBelow(reading.arrivalSeconds, askedSeconds + promisedSeconds);
    street.run(4 * HOUR);
    const due = [...contentOf(street.book.of(meterId)).entries.values()].filter(({ status }) => status === 0);
    assert.isTrue(
      due.every(({ timeSeconds }) => (timeSeconds - start) % HOUR === 0),
      'the schedule is as it was',
    );
  });

  it('says why there is none: too late, no such meter', () => {
    const street = build(128);
    street.run(HOUR);
    const late = street.command(1, meterId, Operation.readNow, undefined, street.nowSeconds - 1)!;
    assert.equal(late.code, ResultCode.late);
    assert.isUndefined(
      street.command(2, [99, 99], Operation.readNow),
      'nobody answers for a meter that is not there',
    );
  });
});
