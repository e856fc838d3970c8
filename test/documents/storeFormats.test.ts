import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import * as layout from '../../lib/limfs/areas/layout.js';
import { Role } from '../../lib/limfs/areas/superblock.js';
import { DEVICE_HEADER_BYTES, Field, HEAD_BYTES } from '../../lib/limfs/concentrator/report.js';
import * as events from '../../lib/limfs/events/event.js';
import { KEPT_LINES, LINES_BYTES } from '../../lib/limfs/lines/index.js';
import { CELL_HEAD_BYTES } from '../../lib/limfs/manager/cell.js';
import { ManagerLayout, SETTINGS_BYTES, settingsOf } from '../../lib/limfs/manager/managerLayout.js';
import { METER_BYTES } from '../../lib/limfs/manager/meterTable.js';
import { STATE_BYTES } from '../../lib/limfs/manager/tapeState.js';
import { PULSE_BYTES } from '../../lib/limfs/pulse/index.js';

const folder = new URL('../../lib/limfs/', import.meta.url);

function textOf(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

/** The cells of the rows of the table behind the `which`-th "(checked)" mark. */
function checkedRows(path: string, which = 0): string[][] {
  const table = textOf(path).split('\n*(checked)*')[which + 1]!.split('\n\n')[1]!;
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()));
}

/** Every kind of checksum that the sources name, as the text writes it. */
function kindsInSources(): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return files.flatMap((path) => [...textOf(path).matchAll(/KIND = (0x03\d\d);/g)].map(([, kind]) => kind!));
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
    assert.include(textOf('pulse/FORMAT-PULSE.md'), `two copies of ${PULSE_BYTES / 2} bytes`);
  });

  it('give the bytes of lines', () => {
    const text = textOf('lines/FORMAT-LINES.md');
    assert.include(text, `${KEPT_LINES} lines, the oldest first`);
    assert.include(text, `2 * ${LINES_BYTES / 2} bytes`);
  });

  it('give the roles that the sources have, and link a page for each', () => {
    const rows = checkedRows('FORMAT.md');
    assert.deepEqual(Object.fromEntries(rows.map(([, role, name]) => [name, Number(role)])), { ...Role });
    for (const [, target] of textOf('FORMAT.md').matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.isTrue(existsSync(new URL(target!, folder)), target);
    }
    for (const path of [
      'manager/FORMAT-MANAGER',
      'concentrator/FORMAT-CONCENTRATOR',
      'events/FORMAT-EVENTS',
    ]) {
      const [role] = /role (\d)/.exec(textOf(`${path}.md`))!.slice(1);
      const row = rows.find((cells) => cells[4]!.includes(path))!;
      assert.equal(role, row[1], path);
    }
  });

  it('name every kind of checksum that the sources have, each once', () => {
    const documented = checkedRows('FORMAT.md', 2).flatMap(([, kinds]) => kinds!.split(', '));
    // A meter in the paper's layout keeps its configuration as a meter does.
    assert.sameMembers([...new Set(kindsInSources())], documented);
    assert.equal(new Set(documented).size, documented.length);
    assert.equal(kindsInSources().length, documented.length + 1);
  });

  it("give the map of a local manager's store that the sources have", () => {
    const format = {
      storeId: [1, 2],
      meters: 7,
      windowReadings: 5,
      readingBytes: 9,
      dataBytes: 5000,
    } as const;
    const settings = settingsOf(format, 32_768);
    const { blockBytes, cells, meters } = settings;
    const places = new ManagerLayout(settings);
    const rows = checkedRows('manager/FORMAT-MANAGER.md').map(([, ...cells]) => cells.slice(0, 3));
    const entries = Math.min(cells, 64 + 4 * Math.ceil(cells / meters));
    assert.deepEqual(rows, [
      ['settings', `${layout.CONFIGURATION_ADDRESS}`, `2 * ${SETTINGS_BYTES}`],
      ['PVT', `${layout.PVT_ADDRESS}`, `entries * ${layout.ENTRY_BYTES}`],
      ['cells', 'as the data area of every store', `cells * (${CELL_HEAD_BYTES} + block bytes, made even)`],
      ['state', 'behind the cells', `2 * ${STATE_BYTES}`],
      ['redo log', 'behind the state', '2 * place bytes'],
      ['meters', 'behind the log', `meters * ${METER_BYTES}`],
    ]);
    assert.include(textOf('manager/FORMAT-MANAGER.md'), 'a place of the log has `cell bytes + 348` bytes');
    assert.equal(places.cellBytes, CELL_HEAD_BYTES + blockBytes + (blockBytes & 1));
    assert.equal(places.geometry.pages, entries);
    assert.equal(places.stateAddress, places.geometry.dataAddress + cells * places.cellBytes);
    assert.equal(places.logAddress, places.stateAddress + 2 * STATE_BYTES);
    assert.equal(places.logPlaceBytes, places.cellBytes + 348);
    assert.equal(places.sizeBytes, places.logAddress + 2 * places.logPlaceBytes + meters * METER_BYTES);
  });

  it('have the same parts in the same order', () => {
    for (const path of [
      'concentrator/FORMAT-CONCENTRATOR',
      'events/FORMAT-EVENTS',
      'manager/FORMAT-MANAGER',
    ]) {
      const text = textOf(`${path}.md`);
      assert.match(text, /^# The bytes of .*\nFormat version \*\*1\*\*, role \d\./, path);
      assert.match(text, /\n## Map\n/, path);
    }
  });
});
