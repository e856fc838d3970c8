import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { ExitCode, integerBetween, runCommandLine } from '../../hosts/node/commandLine.js';
import { networkMutants } from './networkMutantList.js';
import type { NetworkProbe } from './networkProbe.js';
import { chooseMutants, huntAll } from './plantedBugs.js';

/** What a planted bug and the probe need of the repository. */
const copied = [
  'package.json',
  'tsconfig.base.json',
  'lib',
  'src',
  'simulator',
  'test/proof/networkProbe.ts',
  'test/proof/swarmWorld.ts',
];
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
  const chosen = chooseMutants(networkMutants, only);
  const found = await huntAll(chosen, workers, copied, (folder) => probe(folder, seeds));
  chosen.forEach(({ name }, index) => {
    const { seed, problem } = found[index]!;
    console.log(seed === 0 ? `SURVIVED  ${name}` : `seed ${String(seed).padStart(3)}  ${name}: ${problem}`);
  });
  const survivors = found.filter(({ seed }) => seed === 0).length;
  console.log(`\n${chosen.length} planted bugs, ${chosen.length - survivors} caught, ${survivors} survived.`);
  if (survivors > 0) process.exitCode = ExitCode.bad;
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
