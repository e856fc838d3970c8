import { assert } from 'chai';
import { Agenda, type Task } from '../../../simulator/world/agenda.js';

describe('agenda', () => {
  it('takes tasks by time, then by device, then in the order in which they were planned', () => {
    const agenda = new Agenda();
    const taken: string[] = [];
    const task = (name: string): Task => ({ happen: (time) => taken.push(`${name} at ${time}`) });
    agenda.at(20, 0, task('late'));
    agenda.at(10, 2, task('second device'));
    agenda.at(10, 1, task('first device'));
    agenda.at(10, 1, task('first device again'));
    while (agenda.nextMilliseconds < Number.POSITIVE_INFINITY) agenda.step();
    assert.deepEqual(taken, [
      'first device at 10',
      'first device again at 10',
      'second device at 10',
      'late at 20',
    ]);
  });

  it('plans for this moment and behind it, never for the past', () => {
    const agenda = new Agenda();
    const times: number[] = [];
    const task: Task = { happen: (time) => times.push(time) };
    agenda.at(10, 0, task);
    agenda.step();
    assert.throws(() => agenda.at(9, 0, task), 'no task is planned for the past');
    agenda.at(10, 0, task);
    agenda.step();
    assert.deepEqual(times, [10, 10]);
  });
});
