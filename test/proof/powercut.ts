import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { ExitCode, integerBetween, runCommandLine } from '../../hosts/node/commandLine.js';
import { createProgress } from '../../hosts/node/progress.js';
import { InputError } from '../../simulator/readings/inputError.js';
import { addTally, createTally, type Tally } from './cuts.js';
import { type FlashRow, runFlash } from './flashRun.js';
import { geometries } from './geometry.js';
import { exhaustivePlan, type Unit } from './plan.js';
import { replay } from './replay.js';
import { TrialFailure } from './trial.js';
import { ProofError, runUnits } from './workers.js';

interface Options {
  readonly rounds: number;
  readonly workers: number;
  readonly replay?: string;
  readonly flash?: number;
  readonly seed: number;
}

const program = new Command('npm run powercut --')
  .description(
    'Cuts the power of a meter store at every byte, and at every pair of bytes, of whole laps on a simulated FM24V10.\n' +
      'Each state is mounted, compared with what was acknowledged, and asked to go on.',
  )
  .option(
    '--rounds <n>',
    'seeds to go through; the first is half of the default',
    integerBetween(1, 100_000),
    14,
  )
  .option('--workers <n>', 'processes', integerBetween(1, 64), availableParallelism())
  .option('--replay <id>', 'do one cut again, by the id that a failure printed, and say what differs')
  .option(
    '--flash <steps>',
    "instead, the local manager's store and the translation it lies on, on NOR flash: so many steps of each",
    integerBetween(1, 10_000),
  )
  .option('--seed <n>', 'of the run with --flash', integerBetween(0, 0xffff_ffff), 1)
  .action(run);

async function run(options: Options): Promise<void> {
  if (options.flash !== undefined) runOnFlash(options.flash, options.seed);
  else if (options.replay === undefined) await runAll(options);
  else replayOne(options.replay);
}

function replayOne(id: string): void {
  try {
    if (!replay(id))
      throw new InputError(`'${id}' names no cut; an id looks like small/1/368/12 or small/1/368/12+7`);
    console.log(`${id}: nothing differs`);
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    console.log(error.message);
    process.exitCode = ExitCode.bad;
  }
}

async function runAll({ rounds, workers }: Options): Promise<void> {
  const units = exhaustivePlan(rounds);
  const total = units.reduce((sum, unit) => sum + unit.steps, 0);
  const progress = createProgress('power cuts');
  try {
    const tallies = await runUnits(units, workers, (steps) => progress.show(steps / total));
    progress.end();
    console.log(tableOf(units, tallies));
  } catch (error) {
    progress.end();
    if (!(error instanceof ProofError)) throw error;
    console.log(`${error.message}\nAgain: npm run powercut -- --replay ${error.message.split(': ')[0]}`);
    process.exitCode = ExitCode.bad;
  }
}

function runOnFlash(steps: number, seed: number): void {
  const progress = createProgress('power cuts');
  try {
    const rows = runFlash(steps, seed, (part) => progress.show(part));
    progress.end();
    console.log(flashTableOf(rows));
  } catch (error) {
    progress.end();
    console.log(`${String(error)}\nAgain: npm run powercut -- --flash ${steps} --seed ${seed}`);
    process.exitCode = ExitCode.bad;
  }
}

function flashTableOf(rows: readonly FlashRow[]): string {
  const total = rows.reduce((sum, { cuts, pairs }) => sum + cuts + pairs, 0);
  return [
    '| on NOR flash | steps | cuts | pairs of cuts |',
    '| --- | ---: | ---: | ---: |',
    ...rows.map(
      ({ name, steps, cuts, pairs }) => `| ${name} | ${[steps, cuts, pairs].map(grouped).join(' | ')} |`,
    ),
    '',
    `${grouped(total)} states after a cut: 0 acknowledged changes lost, 0 torn ones accepted.`,
  ].join('\n');
}

/** Markdown: a line for each geometry and one for all. */
function tableOf(units: readonly Unit[], tallies: readonly Tally[]): string {
  const all = createTally();
  const lines = geometries.map(({ name, pageBytes, pages, channels, filling }) => {
    const sum = createTally();
    units.forEach((unit, index) => {
      if (unit.geometry === name) addTally(tallies[index]!, sum);
    });
    addTally(sum, all);
    return lineOf([name, pageBytes, pages === 0 ? 'whole chip' : pages, channels, filling], sum);
  });
  return [
    '| geometry | page bytes | pages | channels | chip held | steps | pages dropped | cuts | pairs of cuts |',
    '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |',
    ...lines,
    lineOf(['all', '', '', '', ''], all),
    '',
    `${grouped(all.cuts + all.pairs)} states after a cut: 0 acknowledged readings lost, 0 torn ones accepted.`,
  ].join('\n');
}

function lineOf(cells: readonly (string | number)[], { steps, droppedPages, cuts, pairs }: Tally): string {
  return `| ${[...cells, ...[steps, droppedPages, cuts, pairs].map(grouped)].join(' | ')} |`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

await runCommandLine(program, process.argv);
