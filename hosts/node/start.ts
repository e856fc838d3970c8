import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { closes } from '../../simulator/ledger/ledger.js';
import { generateReadings } from '../../simulator/readings/generator.js';
import { InputError } from '../../simulator/readings/inputError.js';
import { loadReadings } from '../../simulator/readings/load.js';
import type { RegisterSource } from '../../simulator/readings/registerSource.js';
import { accountText } from '../../simulator/report/accountText.js';
import { World, type WorldResult } from '../../simulator/world/world.js';
import { ExitCode, integerBetween, percent, runCommandLine } from './commandLine.js';
import { createProgress } from './progress.js';

interface StartOptions {
  readings?: string;
  meters: number;
  days: number;
  loss: number;
  cuts: number;
  seed: number;
  out: string;
  json?: boolean;
}

const daySeconds = 86_400;
/** One outage of the line in so many days, each meter. */
const outageEveryDays = 15;

const program = new Command('npm start --')
  .description(
    'Runs meters with LIMFS on simulated FRAM chips: their power is cut in the middle of writes, the line to the ' +
      'receiver loses packets, and at the end every single reading is accounted for.',
  )
  .option('--readings <file>', 'real registers from a CSV file, .gz or not (default: generated households)')
  .option('--meters <n>', 'number of meters', integerBetween(1, 1000), 24)
  .option('--days <n>', 'length of the run', integerBetween(1, 366), 30)
  .option('--loss <percent>', 'share of packets that the line loses, in bursts', percent, 20)
  .option(
    '--cuts <n>',
    'number of power cuts; one in four strikes again while the meter starts',
    integerBetween(0, 100_000),
    48,
  )
  .option('--seed <n>', 'one seed decides everything', integerBetween(0, 0xffff_ffff), 1)
  .option('--out <folder>', 'where the images and the report go', 'out')
  .option('--json', 'the account as one JSON object on standard output')
  .addHelpText(
    'after',
    `
Files of readings, each with a header line as shown or none:
  epoch,METER,METER,...   registers in Wh, one time a line, an empty cell where there was none
  id,t,wh                 consumption of each half-hour, one reading a line
  ID,WH,WH,...            consumption of each quarter of an hour, one meter a line, no header

Examples:
  npm start
  npm start -- --loss 60 --cuts 500 --seed 7
  npm start -- --readings ../shared/data/series/sgsc_hourly_register.csv --days 120
  npm start --silent -- --json | jq .account

Exit codes: 0 every reading is accounted for, 1 not, 2 wrong option or file.`,
  )
  .action(start);

await runCommandLine(program, process.argv);

async function start(options: StartOptions): Promise<void> {
  const startedSeconds = performance.now() / 1000;
  const source = await sourceOf(options);
  const meters = Math.min(options.meters, source.meters.length);
  const slots = Math.min(Math.floor((options.days * daySeconds) / source.intervalSeconds), source.slots);
  const world = new World({
    source,
    meters,
    slots,
    seed: options.seed,
    line: {
      lossMillionths: Math.round(options.loss * 10_000),
      meanBurstPackets: 4,
      duplicateMillionths: 20_000,
      corruptMillionths: 10_000,
      reorderMillionths: 10_000,
      delaySeconds: 5,
      heldUpSeconds: 3 * source.intervalSeconds,
    },
    powerCuts: options.cuts,
    outagesPerMeter: Math.floor((slots * source.intervalSeconds) / daySeconds / outageEveryDays),
    windowReadings: 24,
    storeBytes: 128 * 1024,
  });
  const progress = createProgress('running');
  const result = world.run(progress.show);
  progress.end();
  // The drawing library takes longer to load than everything else: a wrong option shall not wait for it.
  const { reportHtml } = await import('../../simulator/report/reportHtml.js');
  const facts = { readings: source.name, lossPercent: options.loss, seed: options.seed };
  const files = await writeFiles(options.out, result, reportHtml(result, facts));
  if (options.json === true) {
    const { account, trace, lines, receiver } = result;
    const parameters = { ...facts, meters, slots, intervalSeconds: source.intervalSeconds };
    process.stdout.write(`${JSON.stringify({ ...parameters, account, lines, receiver, trace, files })}\n`);
  } else {
    const seconds = (performance.now() / 1000 - startedSeconds).toFixed(1);
    process.stdout.write(accountText(result, facts));
    process.stdout.write(`
  ${files.report}   the run in pictures
  ${files.images[0]}   and so on, ${files.images.length} FRAM images: npm exec limfs -- inspect ${files.images[0]}
  Took ${seconds} s. The same options give the same trace: ${result.trace}
`);
  }
  process.exitCode = closes(result.account) ? ExitCode.good : ExitCode.bad;
}

async function sourceOf(options: StartOptions): Promise<RegisterSource> {
  if (options.readings === undefined) {
    return generateReadings({ seed: options.seed, meters: options.meters, slots: options.days * 24 });
  }
  const progress = createProgress('loading');
  try {
    return await loadReadings(options.readings, progress.show);
  } finally {
    progress.end();
  }
}

interface WrittenFiles {
  readonly report: string;
  readonly images: readonly string[];
}

/** Writes the report and one image a meter; images of an earlier run go away, so that the folder shows one run. */
async function writeFiles(folder: string, result: WorldResult, html: string): Promise<WrittenFiles> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`--out ${folder}: ${(error as Error).message}`);
  }
  for (const name of await readdir(folder)) {
    if (/^meter-\d+\.img$/.test(name)) await rm(join(folder, name));
  }
  const images: string[] = [];
  for (const [meter, image] of result.images.entries()) {
    const path = join(folder, `meter-${String(meter + 1).padStart(2, '0')}.img`);
    await writeFile(path, image);
    images.push(path);
  }
  const report = join(folder, 'report.html');
  await writeFile(report, html);
  return { report, images };
}
