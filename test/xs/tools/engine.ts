/** Compiles XS from the C sources that @agoric/xsnap ships, together with the hosts of this folder. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = fileURLToPath(new URL('..', import.meta.url));
export const repositoryFolder = fileURLToPath(new URL('../../..', import.meta.url));
export const buildFolder = join(packageFolder, 'build');

const xsFolder = join(packageFolder, 'node_modules/@agoric/xsnap/moddable/xs');
const xsSources = join(xsFolder, 'sources');

/** mxBoundsCheck: without it a stack overflow corrupts the heap silently. mxInstrument: counts and peaks. */
const commonFlags = [
  '-w',
  '-fno-common',
  '-DINCLUDE_XSPLATFORM',
  '-DXSPLATFORM="platform.h"',
  '-DmxNoConsole=1',
  '-DmxBoundsCheck=1',
  '-DmxInstrument=1',
  '-DmxParse=1',
  '-DmxRun=1',
  '-DmxSloppy=1',
  '-DmxMinusZero=1',
  ...['includes', 'platforms', 'sources'].map((folder) => `-I${join(xsFolder, folder)}`),
  `-I${join(packageFolder, 'engine')}`,
];

/** A problem that the person at the keyboard can cure; ends the program with exit code 2. */
export class UsageError extends Error {}

/** Runs `main` and turns what it throws into one line and an exit code. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const wrongOption =
      error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS/.test(`${error.code}`);
    if (!(error instanceof UsageError) && !wrongOption) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}

/** Tells whether a program can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

export interface Target {
  /** Folder below build/. */
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** C files of this package, relative to it or absolute. */
  readonly sources: readonly string[];
  /** XS sources the target leaves out. */
  readonly withoutXsSources: readonly string[];
}

function digest(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function headersDigest(): string {
  const folders = [
    ...['includes', 'platforms', 'sources'].map((folder) => join(xsFolder, folder)),
    ...['engine', 'host', 'cortex-m'].map((folder) => join(packageFolder, folder)),
  ];
  const headers = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.h'))
      .sort()
      .map((name) => join(folder, name)),
  );
  return digest(...headers.map((path) => readFileSync(path)));
}

function compileOne(compiler: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`${compiler} failed on ${args.at(-1)}`));
    });
  });
}

/** Compiles what is stale and returns the object files. */
export async function compileTarget(target: Target): Promise<string[]> {
  const version = spawnSync(target.compiler, ['--version']).stdout;
  if (version === null) {
    throw new UsageError(
      `${target.compiler} is missing: run \`npm run setup\` in test/xs, or install it yourself.`,
    );
  }
  if (!existsSync(xsSources)) {
    throw new UsageError('The XS sources are missing: run `npm ci` in test/xs first.');
  }
  const folder = join(buildFolder, target.name);
  mkdirSync(folder, { recursive: true });
  const flags = [...commonFlags, ...target.flags];
  const common = digest(version, flags.join(' '), headersDigest());
  const sources = [
    ...readdirSync(xsSources)
      .filter((name) => name.endsWith('.c') && !target.withoutXsSources.includes(name))
      .map((name) => join(xsSources, name)),
    ...target.sources.map((name) => join(packageFolder, name)),
  ];
  const queue = sources.map((source) => ({ source, object: join(folder, `${basename(source, '.c')}.o`) }));
  const stale = queue
    .map((job) => ({ ...job, key: digest(common, readFileSync(job.source)) }))
    .filter(({ object, key }) => {
      const keyFile = `${object}.key`;
      return !existsSync(object) || !existsSync(keyFile) || readFileSync(keyFile, 'utf8') !== key;
    });
  if (stale.length > 0) process.stderr.write(`Compiling ${stale.length} C files for ${target.name}.\n`);
  async function work(): Promise<void> {
    for (let job = stale.pop(); job !== undefined; job = stale.pop()) {
      await compileOne(target.compiler, [...flags, '-c', '-o', job.object, job.source]);
      writeFileSync(`${job.object}.key`, job.key);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return queue.map(({ object }) => object);
}

/** Links the objects; anything the linker says is shown only when it fails. */
export function link(compiler: string, args: readonly string[]): void {
  const result = spawnSync(compiler, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${compiler} could not link:\n${result.stderr}`);
}

/** Builds the PC's host, which runs tests and compiles bytecode; returns its path. */
export async function buildHost(): Promise<string> {
  const objects = await compileTarget({
    name: 'pc',
    compiler: 'gcc',
    flags: ['-O2', '-DmxMetering=1', '-DmxRegExpUnicodePropertyEscapes=1', '-DmxStringNormalize=1'],
    sources: ['engine/machine.c', 'host/host.c', 'host/script.c', 'host/compile.c'],
    withoutXsSources: ['xsSnapshot.c'],
  });
  const program = join(buildFolder, 'pc', 'xs-host');
  link('gcc', ['-o', program, ...objects, '-lm', '-lpthread']);
  return program;
}
