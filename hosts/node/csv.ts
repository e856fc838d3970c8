import { createBatch, type MeterStore } from '../../lib/limfs/index.js';
import { isoTime, statusNames } from './statusNames.js';

/** All readings of a store, the oldest first, as text of CSV in pieces of a page. */
export function* csvOf(store: MeterStore): Generator<string> {
  const batch = createBatch(1024);
  const obis = store.channels().map((channel) => channel.obis);
  yield `sequence,time,run,status,${obis.join(',')}\n`;
  let next = store.oldestSequence;
  while (store.read(next, batch) > 0) {
    let text = '';
    for (let row = 0; row < batch.count; row++) {
      const from = row * batch.channels;
      const values = batch.values.slice(from, from + batch.channels);
      const cells = batch.valids[row] === 1 ? values : values.map(() => '');
      const sequence = (batch.firstSequence + row) >>> 0;
      text += `${sequence},${isoTime(batch.times[row]!)},${batch.run},${statusNames(batch.statuses[row]!)},${cells.join(',')}\n`;
    }
    yield text;
    next = (batch.firstSequence + batch.count) >>> 0;
  }
}
