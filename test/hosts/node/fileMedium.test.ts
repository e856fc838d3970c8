import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';
import { startOf } from '../../../hosts/node/fileLock.js';
import { FileMedium } from '../../../hosts/node/fileMedium.js';
import {
  assertCode,
  describeMediumContract,
  pattern,
  readAll,
} from '../../lib/limfs/medium/mediumContract.js';

const sizeBytes = 4096;

describe('file medium', () => {
  let folder: string;
  let opened: FileMedium[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'limfs-file-medium-'));
    opened = [];
  });

  afterEach(() => {
    for (const medium of opened) medium.close();
    rmSync(folder, { recursive: true });
  });

  /** A medium that the test need not close; `open` gives one that it must. */
  const openAndForget = () => {
    const medium = open(join(folder, `image-${opened.length}`));
    opened.push(medium);
    return { medium, edges: [512, 1024] };
  };
  const open = (path = join(folder, 'image')) => new FileMedium({ path, sizeBytes });

  describeMediumContract('file medium', openAndForget);

  it('makes a blank image of the given size and keeps what is written', () => {
    const first = open();
    assert.deepEqual(readAll(first, 0, sizeBytes), new Uint8Array(sizeBytes));
    first.write(500, pattern(2000, 1), 0, 2000);
    first.close();
    assert.equal(readFileSync(join(folder, 'image')).length, sizeBytes);
    const second = open();
    assert.deepEqual(readAll(second, 500, 2000), pattern(2000, 1));
    second.close();
  });

  it('leaves nothing but the image in the folder', () => {
    open().close();
    assert.deepEqual(readdirSync(folder), ['image']);
  });

  it('refuses an image of another size, leaves it as it is and free', () => {
    const path = join(folder, 'image');
    writeFileSync(path, 'twelve bytes');
    assertCode('medium-failed', () => open());
    assert.throws(() => open(), /image has 12 bytes, not 4096/);
    assert.equal(readFileSync(path, 'utf8'), 'twelve bytes');
    assert.deepEqual(readdirSync(folder), ['image']);
  });

  it('reports a file that was cut short under it', () => {
    const medium = open();
    truncateSync(join(folder, 'image'), 100);
    assertCode('medium-failed', () => readAll(medium, 90, 20));
    medium.close();
  });

  it('leaves it to the system to name a folder that is missing', () => {
    assert.throws(() => open(join(folder, 'missing', 'image')), /ENOENT.*missing/);
  });

  describe('lock of a file medium', () => {
    const leaveLock = (text: string) => writeFileSync(join(folder, 'image.lock'), text);

    it('keeps a second opener out, under another name of the file too', () => {
      const first = open();
      assertCode('medium-failed', () => open());
      assert.throws(() => open(), /in use by this process/);
      symlinkSync(join(folder, 'image'), join(folder, 'alias'));
      assert.throws(() => open(join(folder, 'alias')), /in use by this process/);
      first.close();
      open().close();
    });

    it('names the process that has the image, and is free when that process is killed', async () => {
      const path = join(folder, 'image');
      const script = fileURLToPath(new URL('holdImage.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await once(child.stdout, 'data');
        assert.throws(
          () => open(),
          new RegExp(`image is in use by process ${child.pid}: stop it, or work on a copy`),
        );
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      assert.include(readdirSync(folder), 'image.lock', 'the killed process left its lock');
      open().close();
      assert.deepEqual(readdirSync(folder), ['image']);
    });

    it('takes over the lock of a process that has ended', () => {
      const { pid } = spawnSync(process.execPath, ['--version']);
      leaveLock(JSON.stringify({ host: hostname(), pid, started: '' }));
      open().close();
    });

    it('takes over a lock that a power cut left empty or torn', () => {
      for (const text of ['', '{"host":"me', '{}', '17']) {
        leaveLock(text);
        open().close();
      }
    });

    it('does not take over a lock of another host, and says what to do', () => {
      leaveLock(JSON.stringify({ host: 'elsewhere.example', pid: 1, started: '' }));
      assert.throws(
        () => open(),
        /in use by process 1 on elsewhere\.example: stop it, or delete .*image\.lock/,
      );
      assert.throws(() => open(), /elsewhere/, 'the lock is still there');
    });

    it('is not deceived by another process under the old process id, where the system tells start times', () => {
      const started = startOf(process.pid);
      leaveLock(
        JSON.stringify({ host: hostname(), pid: process.pid, started: `${started}-of-an-earlier-boot` }),
      );
      open().close();
      leaveLock(JSON.stringify({ host: hostname(), pid: process.pid, started }));
      assert.throws(() => open(), /in use by this process/);
    });
  });
});
