import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { ExitCode, integerBetween, runCommandLine } from '../../hosts/node/commandLine.js';
import { createProgress } from '../../hosts/node/progress.js';
import { coverageRows } from '../../simulator/world/coverage.js';
import { runSwarm } from './swarmRun.js';
import { replayCommand, type SwarmResult } from './swarmWorld.js';

interface SwarmOptions {
  readonly seeds: number;
  readonly from: number;
  readonly days: number;
  readonly jobs: number;
}

const largestSeed = 0xffff_ffff;

const program = new Command('npm run swarm --')
  .description(
    'Runs random worlds with random faults, a seed each, and closes the books of each. Fails when one does not close, ' +
      'or when a kind of fault or a rare way never came up in all of them.',
  )
  .option('--seeds <n>', 'number of worlds', integerBetween(1, 1_000_000), 200)
  .option('--from <seed>', 'the first seed', integerBetween(0, largestSeed), 1)
  .option('--days <n>', 'length of each', integerBetween(1, 366), 7)
  .option('--jobs <n>', 'threads', integerBetween(1, 64), availableParallelism())
  .action(run);

await runCommandLine(program, process.argv);

async function run({ seeds, from, days, jobs }: SwarmOptions): Promise<void> {
  const list = Array.from({ length: seeds }, (_, index) => (from + index) >>> 0);
  const progress = createProgress('worlds');
  const results = await runSwarm(list, days, jobs, (result, done) => {
    // At once: a long run may be ended before it is over.
    if (result.problems.length > 0) printFailure(result, days);
    progress.show(done / seeds);
  });
  progress.end();
  const failed = results.filter(({ problems }) => problems.length > 0);
  const empty = printCoverage(results);
  const due = results.reduce((total, result) => total + result.due, 0);
  console.log(`\n${seeds} worlds of ${days} days, ${due} due readings, ${failed.length} worlds failed.`);
  console.log(`Trace of all: ${traceOf(results)}`);
  if (empty.length > 0) console.log(`Never came up: ${empty.join('; ')}.`);
  if (failed.length > 0 || empty.length > 0) process.exitCode = ExitCode.bad;
}

function printFailure({ seed, problems }: SwarmResult, days: number): void {
  console.log(`seed ${seed}: ${replayCommand(seed, days)}`);
  for (const problem of problems) console.log(`  ${problem}`);
}

/** Prints how often everything happened; returns the rows that stayed empty. */
function printCoverage(results: readonly SwarmResult[]): string[] {
  const count = (row: string) => results.reduce((total, { coverage }) => total + (coverage[row] ?? 0), 0);
  for (const row of coverageRows) console.log(`  ${row.padEnd(44)}${String(count(row)).padStart(10)}`);
  return coverageRows.filter((row) => count(row) === 0);
}

/** The traces of all worlds in the order of their seeds, as one word. */
function traceOf(results: readonly SwarmResult[]): string {
  let word = 0;
  for (const { traceHash } of results)
    word = Math.imul(word ^ Number.parseInt(traceHash || '0', 16), 0x0100_0193);
  return (word >>> 0).toString(16).padStart(8, '0');
}
