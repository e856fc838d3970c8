import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { ExitCode, integerBetween, runCommandLine } from '../../hosts/node/commandLine.js';
import { createProgress } from '../../hosts/node/progress.js';
import { InputError } from '../../simulator/readings/inputError.js';
import type { Mutant } from './mutantList.js';
import { networkMutants } from './networkMutantList.js';
import type { NetworkProbe } from './networkProbe.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['package.json', 'tsconfig.base.json', 'lib', 'src', 'simulator'];
const probeFiles = ['test/proof/networkProbe.ts', 'test/proof/swarmWorld.ts'];
/** A world that takes longer has met a program that never comes to rest. */
const limitMilliseconds = 600_000;

interface Options {
  readonly only: string;
  readonly seeds: number;
  readonly workers: number;
}

const program = new Command('npm run mutants:network --')
  .description(
    'Plants one bug after another on the way from meter to server, in a copy of the sources, and demands that the ' +
      'ledger of some world of the swarm sees each.',
  )
  .option('--only <text>', 'only bugs whose name contains this text', '')
  .option('--seeds <n>', 'worlds that a bug may survive', integerBetween(1, 10_000), 50)
  .option('--workers <n>', 'processes', integerBetween(1, 64), availableParallelism())
  .action(run);

await runCommandLine(program, process.argv);

async function run({ only, seeds, workers }: Options): Promise<void> {
  const chosen = networkMutants.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) throw new InputError(`no planted bug has '${only}' in its name`);
  for (const mutant of chosen) mutated(repository, mutant);
  const progress = createProgress('planted bugs');
  const found = new Array<NetworkProbe>(chosen.length);
  let begun = 0;
  let done = 0;
  const hunt = async (): Promise<void> => {
    const folder = makeCopy();
    try {
      for (let index = begun; index < chosen.length; index = begun) {
        begun += 1;
        found[index] = await judge(folder, chosen[index]!, seeds);
        done += 1;
        progress.show(done / chosen.length);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, chosen.length) }, hunt));
  progress.end();
  chosen.forEach(({ name }, index) => {
    const { seed, problem } = found[index]!;
    console.log(seed === 0 ? `SURVIVED  ${name}` : `seed ${String(seed).padStart(3)}  ${name}: ${problem}`);
  });
  const survivors = found.filter(({ seed }) => seed === 0).length;
  console.log(`\n${chosen.length} planted bugs, ${chosen.length - survivors} caught, ${survivors} survived.`);
  if (survivors > 0) process.exitCode = ExitCode.bad;
}

function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'network-mutants-'));
  for (const path of [...copied, ...probeFiles]) {
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The source with the bug in it; the place must be there exactly once. */
function mutated(folder: string, { name, file, line, instead }: Mutant): string {
  const parts = readFileSync(join(folder, file), 'utf8').split(line);
  if (parts.length !== 2) {
    throw new InputError(
      `'${name}': its line occurs ${parts.length - 1} times in ${file}; bring networkMutantList.ts up to date`,
    );
  }
  return parts.join(instead);
}

async function judge(folder: string, mutant: Mutant, seeds: number): Promise<NetworkProbe> {
  const path = join(folder, mutant.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(folder, mutant));
  try {
    return await probe(folder, seeds);
  } finally {
    writeFileSync(path, original);
  }
}

function probe(folder: string, seeds: number): Promise<NetworkProbe> {
  const parameters = ['--import', 'tsx', 'test/proof/networkProbe.ts', String(seeds)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, parameters, { cwd: folder, timeout: limitMilliseconds }, (error, stdout) => {
      if (error?.killed === true) resolve({ seed: -1, problem: 'never comes to an end' });
      else if (error !== null) reject(error);
      else resolve(JSON.parse(stdout) as NetworkProbe);
    });
  });
}
