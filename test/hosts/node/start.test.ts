import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';

const root = new URL('../../../', import.meta.url).pathname;

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the programs as a user would; its output goes into pipes. */
function runProgram(name: 'start' | 'limfs', ...args: string[]): Promise<Finished> {
  const program = join(root, `hosts/node/bin/${name}.js`);
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function assertOneLineError(finished: Finished, message: RegExp): void {
  assert.equal(finished.code, 2, finished.stderr);
  assert.equal(finished.stdout, '');
  assert.match(finished.stderr, message);
  assert.match(finished.stderr, /^error: [^\n]+\n$/);
}

describe('npm start', () => {
  let folder = '';
  let image = '';
  let json = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-'));
    const out = join(folder, 'out');
    const finished = await runProgram(
      'start',
      '--days',
      '4',
      '--meters',
      '3',
      '--seed',
      '2',
      '--json',
      '--out',
      out,
    );
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(finished.stderr, '');
    json = finished.stdout;
    image = join(out, 'meter-01.img');
  });

  after(() => rm(folder, { recursive: true }));

  it('prints one JSON object and nothing else with --json', () => {
    const result = JSON.parse(json);
    assert.equal(result.meters, 3);
    const { due, taken, holes, delivered, lost, pending } = result.readings;
    assert.isAtLeast(due, 3 * 4 * 24);
    assert.equal(due, taken + holes);
    assert.isAbove(delivered, 200);
    assert.equal(lost + pending, 0);
    assert.deepEqual(result.problems, []);
    for (const key of [
      'seed',
      'powerCuts',
      'packets',
      'coverage',
      'wallSeconds',
      'simulatedSeconds',
      'traceHash',
    ]) {
      assert.property(result, key);
    }
    assert.equal(json.split('\n').length, 2);
  });

  it('leaves the report, the account and an image a device, of this run only', async () => {
    const out = join(folder, 'again');
    await runProgram('start', '--days', '1', '--meters', '4', '--faults', '0', '--out', out);
    await writeFile(join(out, 'mine.img'), 'not ours');
    const finished = await runProgram('start', '--days', '1', '--meters', '2', '--faults', '0', '--out', out);
    assert.equal(finished.code, 0, finished.stderr);
    const others = [
      'manager-1.img',
      'manager-2.img',
      'concentrator.img',
      'report.html',
      'run.json',
      'mine.img',
    ];
    assert.sameMembers(await readdir(out), ['meter-01.img', 'meter-02.img', ...others]);
    assert.equal((await readFile(join(out, 'meter-01.img'))).length, 131_072);
    assert.match(finished.stdout, /Every due reading is accounted for/);
    assert.equal(finished.stderr, '', 'no progress bar in a pipe');
    for (const name of ['manager-1.img', 'concentrator.img']) {
      const inspected = await runProgram('limfs', 'inspect', join(out, name));
      assert.equal(inspected.code, 0, inspected.stderr + inspected.stdout);
    }
  });

  it('takes readings from a file and says so', async () => {
    const path = join(folder, 'registers.csv');
    const lines = Array.from(
      { length: 48 },
      (_, hour) => `${(480_000 + hour) * 3600},${hour * 7},${hour === 9 ? '' : hour}`,
    );
    await writeFile(path, `epoch,a,b\n${lines.join('\n')}\n`);
    const out = join(folder, 'file');
    const finished = await runProgram('start', '--readings', path, '--faults', '0', '--out', out);
    assert.equal(finished.code, 0, finished.stderr);
    assert.match(finished.stdout, /^2 meters, 2 routers, .* for 2 days,\n.* from registers\.csv/);
    assert.match(finished.stdout, /1 without a register value/);
  });

  it('runs the network of a file', async () => {
    const topology = join(root, 'simulator/topology/street.json');
    const finished = await runProgram(
      'start',
      '--topology',
      topology,
      '--days',
      '2',
      '--out',
      join(folder, 'street'),
    );
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /^8 meters, 2 routers, 1 local manager and 1 concentrator/);
    assert.isTrue((await readdir(join(folder, 'street'))).includes('house-7.img'));
  });

  it('answers a wrong option or file by one line and exit code 2', async () => {
    assertOneLineError(await runProgram('start', '--days', '0'), /--days.*whole number from 1 to 366/);
    assertOneLineError(await runProgram('start', '--loss', '101'), /--loss.*from 0 to 100/);
    assertOneLineError(await runProgram('start', '--lost', '1'), /unknown option '--lost'/);
    assertOneLineError(
      await runProgram('start', '--readings', join(folder, 'no')),
      /no: cannot be read \(ENOENT\)/,
    );
    assertOneLineError(
      await runProgram('start', '--topology', join(folder, 'no')),
      /no: cannot be read \(ENOENT\)/,
    );
    const empty = join(folder, 'empty.json');
    await writeFile(empty, '{ "links": {}, "devices": [] }');
    assertOneLineError(
      await runProgram('start', '--topology', empty),
      /empty\.json: devices: there is no server/,
    );
    assertOneLineError(await runProgram('start', '--days', '1', '--out', image), /--out .*meter-01\.img/);
  });

  it('tells how it is used', async () => {
    for (const name of ['start', 'limfs'] as const) {
      const finished = await runProgram(name, '--help');
      assert.equal(finished.code, 0);
      assert.match(finished.stdout, /Examples:\n {2}npm/);
    }
  });

  describe('limfs', () => {
    it('inspects an image', async () => {
      const report = JSON.parse((await runProgram('limfs', 'inspect', '--json', image)).stdout);
      assert.deepEqual(report.findings, []);
      assert.isAbove(report.readings, 40);
      const text = await runProgram('limfs', 'inspect', image);
      assert.equal(text.code, 0, text.stderr);
      assert.include(text.stdout, `${report.readings} readings, sequences 0 to ${report.readings - 1}`);
      assert.match(text.stdout, /No damage/);
    });

    it('exports all readings as CSV', async () => {
      const path = join(folder, 'export.csv');
      await runProgram('limfs', 'export', image, '--output', path);
      const { code, stdout } = await runProgram('limfs', 'export', image);
      assert.equal(code, 0);
      assert.equal(await readFile(path, 'utf8'), stdout);
      const lines = stdout.trimEnd().split('\n');
      assert.equal(lines[0], 'sequence,time,run,status,1.0.1.8.0.255');
      assert.match(lines[1]!, /^0,2025-01-06T00:00:00Z,0,,\d+$/);
      lines.slice(1).forEach((line, sequence) => {
        assert.match(line, new RegExp(`^${sequence},2025-01-(0|10)`));
      });
      assert.match(lines.at(-1)!, /^\d+,2025-01-(09|10)T/);
    });

    it('finds damage and says so by exit code 1', async () => {
      const bytes = await readFile(image);
      const report = JSON.parse((await runProgram('limfs', 'inspect', '--json', image)).stdout);
      // The second half of the first page, which is sealed after 96 readings or still open.
      bytes[report.pages[0].address + report.pageBytes - 20]! ^= 0xff;
      const path = join(folder, 'damaged.img');
      await writeFile(path, bytes);
      const inspected = await runProgram('limfs', 'inspect', path);
      assert.equal(inspected.code, 1);
      assert.match(inspected.stdout, /DAMAGE, 1 finding/);
      const exported = await runProgram('limfs', 'export', path);
      assert.equal(exported.code, 1);
      assert.match(exported.stderr, /^warning: .*damaged\.img is damaged/);
    });

    it('answers what is no image by one line and exit code 2', async () => {
      assertOneLineError(
        await runProgram('limfs', 'inspect', join(folder, 'no')),
        /cannot be read \(ENOENT\)/,
      );
      assertOneLineError(await runProgram('limfs', 'inspect', join(root, 'LICENSE')), /LICENSE: the image/);
      const blank = join(folder, 'blank.img');
      await writeFile(blank, new Uint8Array(8192));
      assertOneLineError(await runProgram('limfs', 'export', blank), /blank\.img: the image/);
      const short = join(folder, 'short.img');
      await writeFile(short, (await readFile(image)).subarray(0, 5000));
      assertOneLineError(await runProgram('limfs', 'inspect', short), /short\.img: .*cut short/);
    });
  });
});
