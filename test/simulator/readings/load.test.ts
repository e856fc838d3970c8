import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assert } from 'chai';
import { InputError } from '../../../simulator/readings/inputError.js';
import { loadReadings } from '../../../simulator/readings/load.js';

const realFolder = new URL('../../../../shared/data/series/', import.meta.url).pathname;

describe('readings from files', () => {
  let folder = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readings-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function load(name: string, content: string | Uint8Array) {
    const path = join(folder, name);
    await writeFile(path, content);
    return loadReadings(path);
  }

  async function refusal(name: string, content: string | Uint8Array): Promise<string> {
    try {
      await load(name, content);
    } catch (error) {
      assert.instanceOf(error, InputError);
      const { message } = error as InputError;
      assert.notInclude(message, '\n');
      return message;
    }
    return assert.fail(`${name} was taken`);
  }

  it('are registers, an empty cell a hole', async () => {
    const source = await load('a.csv', 'epoch,m1,m2\n7200,10,20\n10800,,25\n14400,30,30\n');
    assert.deepEqual(source.meters, ['m1', 'm2']);
    assert.deepEqual([source.intervalSeconds, source.firstTimeSeconds, source.slots], [3600, 7200, 3]);
    assert.deepEqual([source.value(0, 0), source.value(0, 1), source.value(0, 2)], [10, undefined, 30]);
    assert.equal(source.value(1, 1), 25);
    assert.isUndefined(source.value(0, 3));
  });

  it('are consumptions line by line: slot 0 is where the last meter starts', async () => {
    const lines = ['id,t,wh', 'a,1800,100', 'a,3600,5', 'a,7200,7', 'old,0,1', 'b,3600,50', 'b,5400,60'];
    const source = await load('b.csv', `${lines.join('\r\n')}\r\n`);
    assert.deepEqual(source.meters, ['a', 'b']);
    assert.deepEqual([source.intervalSeconds, source.firstTimeSeconds, source.slots], [1800, 3600, 3]);
    assert.deepEqual([source.value(0, 0), source.value(0, 1), source.value(0, 2)], [105, undefined, 112]);
    assert.deepEqual([source.value(1, 0), source.value(1, 1), source.value(1, 2)], [50, 110, undefined]);
  });

  it('are consumptions meter by meter, which may be negative', async () => {
    const source = await load('c.csv', '1001,10,20,-5\n1002,1,2,3\n');
    assert.deepEqual(source.meters, ['1001', '1002']);
    assert.deepEqual([source.intervalSeconds, source.slots], [900, 3]);
    assert.deepEqual([source.value(0, 0), source.value(0, 1), source.value(0, 2)], [10, 30, 25]);
  });

  it('may be compressed, whatever the name says', async () => {
    const source = await load('d.csv', gzipSync('epoch,m1\n3600,10\n7200,20\n'));
    assert.equal(source.value(0, 1), 20);
  });

  it('are refused with file, line and what was expected', async () => {
    const header = 'epoch,m1,m2\n';
    assert.match(await refusal('e.csv', ''), /^e\.csv: .*empty/);
    assert.match(await refusal('f.csv', 'hello\n'), /^f\.csv:1: expected a line/);
    assert.match(await refusal('g.csv', `${header}3600,1\n`), /^g\.csv:2: expected 3 cells .* found 2/);
    assert.match(await refusal('h.csv', `${header}3600,1,x\n`), /^h\.csv:2: .*register in Wh.*'x'/);
    assert.match(
      await refusal('i.csv', `${header}3600,1,2\n7200,1,2\n9000,1,2\n`),
      /^i\.csv:4: expected time 10800.*found 9000/,
    );
    assert.match(await refusal('j.csv', `${header}3600,1,2\n`), /^j\.csv: expected at least two/);
    assert.match(await refusal('k.csv', `${header}10,1,2\n3610,1,2\n`), /^k\.csv: .*whole intervals/);
    assert.match(await refusal('l.csv', 'id,t,wh\na,1801,5\n'), /^l\.csv:2: .*half-hour.*1801/);
    assert.match(
      await refusal('m.csv', 'id,t,wh\na,3600,5\na,3600,6\n'),
      /^m\.csv:3: expected a time after 3600/,
    );
    assert.match(await refusal('n.csv', 'id,t,wh\n'), /^n\.csv: expected at least one reading/);
    assert.match(await refusal('o.csv', '1,5,6,7\n2,5,6\n'), /^o\.csv:2: .*3 values.*found 3 cells/);
    assert.match(await refusal('p.csv', 'epoch\n3600\n'), /^p\.csv:1: expected 1 to .* meters/);
    assert.match(await refusal('q.csv', `epoch,m1\n3600,"1\n`), /^q\.csv:\d+: not a CSV file/);
  });

  it('are refused when the compressed data is broken', async () => {
    const whole = gzipSync('epoch,m1\n3600,10\n7200,20\n');
    const broken = whole.slice();
    broken[14]! ^= 0xff;
    assert.match(await refusal('r.csv.gz', broken), /^r\.csv\.gz: the gzip data is broken/);
    assert.match(await refusal('s.csv.gz', whole.subarray(0, 20)), /^s\.csv\.gz: the gzip data is broken/);
  });

  it('are refused when there is no such file', async () => {
    try {
      await loadReadings(join(folder, 'nothing.csv'));
      assert.fail('was taken');
    } catch (error) {
      assert.instanceOf(error, InputError);
      assert.match((error as InputError).message, /nothing\.csv: cannot be read \(ENOENT\)/);
    }
  });

  if (!existsSync(realFolder)) {
    process.stderr.write('\n  NOT CHECKED: the real series in ../shared/data/series are absent\n');
    return;
  }

  it('are those of real households', async () => {
    const hourly = await loadReadings(join(realFolder, 'sgsc_hourly_register.csv'));
    assert.deepEqual([hourly.meters.length, hourly.slots, hourly.intervalSeconds], [24, 2880, 3600]);
    assert.deepEqual([hourly.value(0, 0), hourly.value(0, 1), hourly.value(3, 0)], [6889, 7348, undefined]);
    const wide = await loadReadings(join(realFolder, 'ch_15min_wide.csv.gz'));
    assert.deepEqual([wide.meters.length, wide.slots, wide.intervalSeconds], [269, 4704, 900]);
    assert.deepEqual([wide.value(0, 0), wide.value(0, 1)], [161, 161 + 892]);
  });
});
