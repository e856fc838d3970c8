import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { concentratorImage, managerImage, meterImage, norImage } from '../../lib/limfs/inspect/images.js';

const root = new URL('../../../', import.meta.url).pathname;

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a user would; its output goes into pipes. */
function limfs(...args: string[]): Promise<Finished> {
  const program = join(root, 'hosts/node/bin/limfs.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('limfs', () => {
  let folder = '';
  const paths = new Map<string, string>();

  async function write(name: string, image: Uint8Array): Promise<string> {
    const path = join(folder, `${name}.img`);
    await writeFile(path, image);
    paths.set(name, path);
    return path;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limfs-'));
    await write('meter', meterImage(200).image);
    await write('nor', norImage(60).image);
    await write('manager', managerImage(60).image);
    await write('concentrator', concentratorImage(60).image);
  });

  after(() => rm(folder, { recursive: true }));

  it('inspects an image of every role, as text', async () => {
    const expected = {
      meter: [
        /meter store on FRAM cafe0001-12345678/,
        /200 readings, sequences 0 to 199/,
        /Event log at/,
        /4712/,
      ],
      nor: [/meter store on NOR flash/, /12 sectors: 2 log/, /60 readings/],
      manager: [/local manager's store/, /30-33/, /acknowledged/],
      concentrator: [/ring of reports/, /4 wait for the server/, /beef0002-0badcafe/],
    };
    await Promise.all(
      Object.entries(expected).map(async ([name, patterns]) => {
        const { code, stdout, stderr } = await limfs('inspect', paths.get(name)!);
        assert.equal(code, 0, stderr);
        for (const pattern of [...patterns, /No damage/]) assert.match(stdout, pattern, name);
      }),
    );
  });

  it('draws an image as one page that needs nothing else', async () => {
    const page = join(folder, 'page.html');
    const finished = await limfs('inspect', '--html', page, paths.get('manager')!);
    assert.equal(finished.code, 0, finished.stderr);
    const html = await readFile(page, 'utf8');
    assert.match(html, /<h1>Local manager's store beef0002-0badcafe<\/h1>/);
    assert.isAtLeast(html.match(/<svg/g)!.length, 4);
    assert.notMatch(html, /<script|src=|https?:(?!\/\/www\.w3\.org)/);
  });

  it('checks an image: one line a finding, and an exit code', async () => {
    const image = meterImage(200).image;
    image[9]! ^= 1;
    const path = await write('damaged', image);
    const [whole, damaged, json] = await Promise.all([
      limfs('check', paths.get('concentrator')!),
      limfs('check', path),
      limfs('check', '--json', path),
    ]);
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, /^[^\n]*: whole: concentrator's ring of reports, \d+ readings checked\n$/);
    assert.equal(damaged.code, 1);
    assert.match(
      damaged.stdout,
      /superblock-copy-damaged, copy 1, bytes 0 to 27: one of the two superblocks/,
    );
    assert.equal(damaged.stdout.split('\n').length, 2);
    const { whole: isWhole, findings } = JSON.parse(json.stdout);
    assert.isFalse(isWhole);
    assert.equal(findings[0].address, 0);
  });

  it('exports readings with the meter of each row, once each, and as JSON lines', async () => {
    const [csv, lines] = await Promise.all([
      limfs('export', paths.get('manager')!),
      limfs('export', '--json', paths.get('meter')!),
    ]);
    const rows = csv.stdout.trimEnd().split('\n');
    assert.equal(rows[0], 'meter,sequence,time,status,value');
    assert.equal(rows[1], '00000001-00000100,0,2023-11-14T22:13:20Z,,0');
    assert.equal(new Set(rows.map((row) => row.split(',', 2).join())).size, rows.length);
    const readings = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(readings.length, 200);
    assert.deepEqual(readings[28].values, null, 'a hole has no value');
    assert.equal(readings[28].status, 'powerFailed');
  });

  it('rescues what superblocks are not needed for, and says what is proven', async () => {
    const image = meterImage(200).image;
    image.fill(0x11, 0, 56);
    const path = await write('headless', image);
    const noise = await write(
      'noise',
      Uint8Array.from({ length: 999 }, (_, at) => (at * at * 7919) >> 5),
    );
    const [refused, rescued, more, nothing] = await Promise.all([
      limfs('export', path),
      limfs('rescue', path),
      limfs('rescue', '--unproven', path),
      limfs('rescue', noise),
    ]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^error: .*headless\.img: .*'rescue' may read it.*\n$/);
    assert.equal(rescued.code, 0, rescued.stderr);
    assert.match(
      rescued.stdout,
      /^sequence,time,run,status,1\.0\.1\.8\.0\.255,proof\n0,2023-11-14T22:13:20Z,0,,0,checksum\n/,
    );
    assert.match(rescued.stderr, /readings are proven/);
    assert.match(rescued.stderr, /covered by no checksum/);
    assert.match(more.stdout, /,none\n$/);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /^[^\n]*: nothing can be proven: [^\n]*\n$/);
  });

  it('plans local managers and a concentrator: it warns of what is too small, and refuses what is no number', async () => {
    const [text, json, wrong] = await Promise.all([
      limfs('plan', '--burst', '30', '--report', '12', '--window', '24'),
      limfs('plan', '--json', '--managers', '3', '--chip', '1000000'),
      limfs('plan', '--window', '81'),
    ]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /paper +NO +18 /);
    assert.match(text.stdout, /roll +NO +7 /);
    assert.match(text.stdout, /WARNING paper: /);
    assert.match(text.stdout, /7 days without the server take \d+ bytes/);
    const plan = JSON.parse(json.stdout);
    assert.equal(plan.localManager.conditions.length, 3);
    assert.isAbove(plan.concentrator.days, 10);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^error: [^\n]*--window[^\n]*from 1 to 80[^\n]*\n$/);
  });
});
