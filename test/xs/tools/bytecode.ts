/** How much bytecode XS makes of lib/limfs for a meter. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildFolder, repositoryFolder } from './engine.js';

export interface BytecodeSize {
  readonly modules: number;
  readonly codeBytes: number;
  /** Names of properties and variables, each once, as linked by the SDK. */
  readonly nameBytes: number;
}

/** The meter's store by itself. `host` is the program that `buildHost` makes. */
export function bytecodeOfStore(host: string): Promise<BytecodeSize> {
  return bytecodeOf(host, ['lib/limfs/index']);
}

/** All of lib/limfs that manifest.json names: store, event log, and blocks for packets. */
export function bytecodeOfMeter(host: string): Promise<BytecodeSize> {
  const manifest = JSON.parse(readFileSync(join(repositoryFolder, 'manifest.json'), 'utf8'));
  return bytecodeOf(
    host,
    (manifest.preload as string[]).filter((name) => name.startsWith('lib/limfs/')),
  );
}

/** These modules and those that they import. */
async function bytecodeOf(host: string, modules: readonly string[]): Promise<BytecodeSize> {
  const folder = join(buildFolder, 'bytecode');
  const script = join(folder, 'limfs.js');
  const output = join(folder, 'limfs.c');
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    stdin: {
      contents: modules.map((name) => `import './${name}.ts';`).join('\n'),
      resolveDir: repositoryFolder,
    },
    outfile: script,
    bundle: true,
    treeShaking: false,
    format: 'iife',
    target: 'es2022',
    platform: 'neutral',
    logLevel: 'error',
    metafile: true,
  });
  const compiled = spawnSync(host, ['compile', output, script], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`lib/limfs does not compile to bytecode:\n${compiled.stderr}`);
  const source = readFileSync(output, 'utf8');
  const names = [...source.matchAll(/^ {2}"(.*)",$/gm)];
  return {
    modules: Object.keys(metafile.inputs).filter((path) => path.endsWith('.ts')).length,
    codeBytes: Number(/scriptCodeSize = (\d+)/.exec(source)![1]),
    nameBytes: names.reduce((sum, [, name]) => sum + name!.length + 1, 0),
  };
}
