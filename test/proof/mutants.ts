import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { ExitCode, integerBetween, runCommandLine } from '../../hosts/node/commandLine.js';
import { InputError } from '../../simulator/readings/inputError.js';
import { type Mutant, mutants } from './mutantList.js';
import type { Probe } from './mutantProbe.js';
import { chooseMutants, huntAll, inCopy } from './plantedBugs.js';
import { huntersOf, storeMutants } from './storeMutantList.js';

/** What a planted bug and its hunters need of the repository. */
const copied = [
  'package.json',
  'tsconfig.base.json',
  'bench/line.ts',
  'lib',
  'simulator/chips',
  'simulator/random',
  'test/proof',
  'test/lib/limfs',
];
/** The unit tests that hunt what no cut of the power can show. */
const meterHunters = [
  'test/lib/limfs/areas/record.test.ts',
  'test/lib/limfs/areas/superblock.test.ts',
  'test/lib/limfs/errors.test.ts',
  'test/lib/limfs/meter/damage.test.ts',
  'test/lib/limfs/meter/ranges.test.ts',
  'test/lib/limfs/meter/meterStore.property.test.ts',
];
/** A hunter that takes longer has met a program that hangs. */
const limitMilliseconds = 900_000;

interface Verdict {
  readonly mutant: Mutant;
  /** What caught it; '' if it survived. */
  readonly caughtBy: string;
  /** States after a power cut that were examined before; -1 where a unit test caught it. */
  readonly states: number;
  readonly id: string;
}

const program = new Command('npm run mutants --')
  .description(
    'Plants one bug after another in a copy of the stores and demands that the tests catch each.\n' +
      'In the meter store the power is cut first, until a check sees the bug; what no cut can show, a unit test must.',
  )
  .option('--only <text>', 'only bugs whose name contains this text', '')
  .option('--workers <n>', 'processes', integerBetween(1, 64), availableParallelism())
  .action(run);

async function run({ only, workers }: { readonly only: string; readonly workers: number }): Promise<void> {
  const chosen = chooseMutants([...mutants, ...storeMutants], only);
  await checkThatNothingFailsWithoutBug(chosen);
  const verdicts = await huntAll(chosen, workers, copied, judge);
  console.log(tableOf(verdicts));
  const survivors = verdicts.filter(({ caughtBy }) => caughtBy === '').length;
  console.log(
    `\n${verdicts.length} planted bugs, ${verdicts.length - survivors} caught, ${survivors} survived.`,
  );
  if (survivors > 0) process.exitCode = ExitCode.bad;
}

/** A check that fails anyway would prove nothing. */
async function checkThatNothingFailsWithoutBug(chosen: readonly Mutant[]): Promise<void> {
  await inCopy(copied, async (folder) => {
    for (const store of new Set(chosen.map(storeOf))) {
      const caughtBy = await hunters(folder, store);
      if (caughtBy !== null)
        throw new InputError(`'${caughtBy.caughtBy}' fails without any planted bug; mend that first`);
    }
  });
}

async function judge(folder: string, mutant: Mutant): Promise<Verdict> {
  return { mutant, ...((await hunters(folder, storeOf(mutant))) ?? { caughtBy: '', states: -1, id: '' }) };
}

/** The folder of the store whose own tests hunt a bug; '' for the meter store and what all stores stand on. */
function storeOf({ file }: Mutant): string {
  return Object.keys(huntersOf).find((store) => file.startsWith(store)) ?? '';
}

/** What fails in a copy; null if nothing does. */
async function hunters(folder: string, store: string): Promise<Omit<Verdict, 'mutant'> | null> {
  if (store === '') return meterHunt(folder);
  for (const file of huntersOf[store]!) {
    const caughtBy = await failingTest(folder, [file]);
    if (caughtBy !== '') return { caughtBy, states: -1, id: '' };
  }
  return null;
}

/** First the cuts, then the unit tests. */
async function meterHunt(folder: string): Promise<Omit<Verdict, 'mutant'> | null> {
  const output = await runNode(folder, ['--import', 'tsx', 'test/proof/mutantProbe.ts']);
  if (output === null) return { caughtBy: 'nothing hangs', states: -1, id: '' };
  const probe: Probe = JSON.parse(output.stdout);
  if (probe.check !== '') return { caughtBy: probe.check, states: probe.states, id: probe.id };
  const caughtBy = await failingTest(folder, meterHunters);
  return caughtBy === '' ? null : { caughtBy, states: -1, id: '' };
}

/** The first unit test that fails beside the bug; '' if none does. */
async function failingTest(folder: string, files: readonly string[]): Promise<string> {
  const mocha = ['--import', 'tsx', 'node_modules/mocha/bin/mocha.js', '--no-config'];
  // Without a limit of time: a slow machine must not count as a check that saw the bug.
  const options = ['--timeout', '0', '--bail', '--reporter', 'json'];
  const output = await runNode(folder, [...mocha, ...options, ...files]);
  if (output === null) return 'nothing hangs';
  if (output.code === 0) return '';
  const failures: { fullTitle: string }[] = JSON.parse(output.stdout).failures;
  return failures[0]!.fullTitle;
}

/** Runs node in a folder; null when it takes too long. */
function runNode(
  folder: string,
  parameters: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string } | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill();
    }, limitMilliseconds);
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(late ? null : { code, stdout });
    });
  });
}

function tableOf(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ mutant, caughtBy, states, id }) => {
    const after = states < 0 ? '' : states.toLocaleString('en-US');
    return `| ${mutant.name} | ${caughtBy === '' ? '**survived**' : caughtBy} | ${after} | ${id} |`;
  });
  return ['| planted bug | caught by | after cuts | id |', '| --- | --- | ---: | --- |', ...rows].join('\n');
}

await runCommandLine(program, process.argv);
