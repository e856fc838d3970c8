/** Runs the library's unit tests under XS on the PC, each file in a fresh machine with a device's heap. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSmallWorld, smallWorldSeeds } from '../network/smallWorld.js';
import { bundle } from './bundle.js';
import { buildFolder, buildHost, packageFolder, repositoryFolder, runMain, UsageError } from './engine.js';

const usage = `Usage: npm test -- [options]       (in test/xs)
  --chunk-bytes N   heap for strings, buffers and arrays that the tests get (default 131072)
  --chip-bytes N    more of the same for the memory of the chips that tests simulate (default 2097152)
  --slots N         heap for objects and properties, 16 bytes each on a chip (default 8192)
  --stack-slots N   XS stack; mocha needs more than the library (default 4096)
  --only TEXT       only test files whose path contains TEXT
  --help`;

const testFolders = [
  'test/lib',
  'test/simulator/chips',
  'test/src/link',
  'test/src/network',
  'test/src/deviceHeap',
  'test/xs/selftest',
];
const networkTest = 'test/xs/network/network.test.ts';
/** The simulator stands for a PC and many devices at once, so it gets more than one of them has. */
const networkHeap = ['--chunk-bytes', '16777216', '--slots', '262144', '--stack-slots', '4096'];
const fileTimeoutMilliseconds = 600_000;

interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly passed: number;
  readonly failed: number;
}

function filesBelow(folder: string): string[] {
  const path = join(repositoryFolder, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .sort();
}

/** Property tests need fast-check, which is too large for a device; they run under Node. */
function findTests(only: string): string[] {
  return [...testFolders.flatMap(filesBelow), networkTest].filter(
    (path) => path.endsWith('.test.ts') && !path.endsWith('.property.test.ts') && path.includes(only),
  );
}

/** The last line of the reporter gives the numbers; without it the machine stopped early. */
function runFile(host: string, heap: readonly string[], ...scripts: readonly string[]): Outcome {
  const result = spawnSync(host, ['run', ...heap, ...scripts], {
    encoding: 'utf8',
    timeout: fileTimeoutMilliseconds,
    maxBuffer: 16 * 1024 * 1024,
  });
  const counts = /(\d+) passed, (\d+) failed\n/.exec(result.stdout);
  return {
    status: result.status,
    output: result.stdout + result.stderr,
    passed: Number(counts?.[1] ?? 0),
    failed: Number(counts?.[2] ?? 1),
  };
}

/** The run is only worth something if a failing test and a full heap make it fail. */
async function checkThatFailuresFail(
  host: string,
  heap: readonly string[],
  framework: string,
): Promise<boolean> {
  const expected = { 'failing-assertion': '0 passed, 1 failed', 'full-heap': 'the heap is full' };
  let good = true;
  for (const [name, text] of Object.entries(expected)) {
    const script = join(buildFolder, 'tests', `${name}.js`);
    await bundle(join(packageFolder, 'selftest/must-fail', `${name}.ts`), script, true);
    const { status, output } = runFile(host, heap, framework, script);
    if (status !== 1 || !output.includes(text)) {
      process.stdout.write(`selftest/must-fail/${name}.ts did not fail as it must:\n${output}`);
      good = false;
    }
  }
  return good;
}

/** Runs the worlds under Node and writes what came out as a script, for the test under XS to compare with. */
function writeWorldsOfNode(script: string): void {
  const worlds = JSON.stringify(smallWorldSeeds.map(runSmallWorld));
  writeFileSync(script, `globalThis.worldsOfNode = JSON.parse(${JSON.stringify(worlds)});\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'chunk-bytes': { type: 'string', default: '131072' },
      'chip-bytes': { type: 'string', default: '2097152' },
      slots: { type: 'string', default: '8192' },
      'stack-slots': { type: 'string', default: '4096' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const heap = (['chunk-bytes', 'chip-bytes', 'slots', 'stack-slots'] as const).flatMap((name) => {
    if (!(Number(values[name]) > 0)) throw new UsageError(`--${name} must be a positive number.\n${usage}`);
    return [`--${name}`, values[name]];
  });
  const host = await buildHost();
  const scripts = join(buildFolder, 'tests');
  mkdirSync(scripts, { recursive: true });
  const framework = join(buildFolder, 'framework.js');
  await bundle(join(packageFolder, 'framework/framework.ts'), framework, false);

  let passed = 0;
  let failed = (await checkThatFailuresFail(host, heap, framework)) ? 0 : 1;
  const tests = findTests(values.only);
  const worlds = join(scripts, 'worlds-of-node.js');
  if (tests.length === 0) throw new UsageError(`No test file contains "${values.only}" in its path.`);
  for (const path of tests) {
    const script = join(scripts, `${path.replaceAll(/[/\\]/g, '-')}.js`);
    await bundle(join(repositoryFolder, path), script, true);
    process.stdout.write(`${path}\n`);
    const isNetwork = path === networkTest;
    if (isNetwork) writeWorldsOfNode(worlds);
    const outcome = isNetwork
      ? runFile(host, networkHeap, framework, worlds, script)
      : runFile(host, heap, framework, script);
    process.stdout.write(outcome.output);
    passed += outcome.passed;
    failed += outcome.status === 0 ? outcome.failed : Math.max(outcome.failed, 1);
  }
  process.stdout.write(`XS on the PC, ${tests.length} files: ${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

await runMain(main);
