import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { DEVICE_HEADER_BYTES, Field, HEAD_BYTES } from '../../lib/limfs/concentrator/report.js';
import * as events from '../../lib/limfs/events/event.js';
import { PULSE_BYTES } from '../../lib/limfs/pulse/index.js';

/** The cells of the rows behind the "(checked)" mark. */
function checkedRows(path: string): string[][] {
  const text = readFileSync(new URL(`../../lib/limfs/${path}`, import.meta.url), 'utf8');
  const table = text.slice(text.indexOf('\n*(checked)*')).split('\n\n')[1]!;
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()));
}

describe('documents of the bytes of further stores', () => {
  it('give the fields of a report that the sources have', () => {
    const { storeHigh, storeLow, ...others } = Field;
    const documented = checkedRows('concentrator/FORMAT-CONCENTRATOR.md').map(([, name, offset]) => [
      name,
      Number(offset),
    ]);
    const sources = { 'storeHigh, storeLow': storeHigh, ...others };
    assert.equal(storeLow, storeHigh + 4);
    assert.sameDeepMembers(documented, Object.entries(sources));
    assert.deepEqual([HEAD_BYTES, DEVICE_HEADER_BYTES], [32, 18]);
  });

  it('give the places of an event log that the sources have', () => {
    const documented = checkedRows('events/FORMAT-EVENTS.md').map(([, name, address, bytes]) => [
      name,
      Number(address),
      Number(bytes),
    ]);
    assert.deepEqual(documented, [
      ['SUPERBLOCK', 0, 28],
      ['ACKNOWLEDGED', events.ACKNOWLEDGED_ADDRESS, events.ACKNOWLEDGED_BYTES],
      ['FOLDED', events.FOLDED_ADDRESS, events.FOLDED_BYTES],
      ['EVENT_TABLE', events.EVENT_TABLE_ADDRESS, 12],
    ]);
    assert.equal(events.EVENT_BYTES, 32);
  });

  it('give the bytes of a pulse counter', () => {
    assert.equal(PULSE_BYTES, 20);
  });
});
