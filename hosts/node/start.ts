import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { closes } from '../../simulator/ledger/account.js';
import { generateReadings } from '../../simulator/readings/generator.js';
import { InputError } from '../../simulator/readings/inputError.js';
import { loadReadings } from '../../simulator/readings/load.js';
import type { RegisterSource } from '../../simulator/readings/registerSource.js';
import { accountText } from '../../simulator/report/accountText.js';
import { generateTopology, MOST_METERS, managersFor } from '../../simulator/topology/generate.js';
import { parseTopology } from '../../simulator/topology/parse.js';
import { devicesOf, type Topology } from '../../simulator/topology/topology.js';
import { ordinaryFaults, scaledFaults } from '../../simulator/world/networkOptions.js';
import { summaryOf } from '../../simulator/world/networkSummary.js';
import { type NetworkResult, NetworkWorld } from '../../simulator/world/networkWorld.js';
import { ordinaryRadio, ordinaryWire, swarmWorld, usualDevices } from '../../simulator/world/scenarios.js';
import { ExitCode, integerBetween, percent, runCommandLine } from './commandLine.js';
import { createProgress } from './progress.js';

interface StartOptions {
  readings?: string;
  topology?: string;
  meters: number;
  days: number;
  loss: number;
  faults: number;
  seed: number;
  swarm?: boolean;
  out: string;
  json?: boolean;
}

interface Run {
  readonly result: NetworkResult;
  readonly topology: string;
}

const daySeconds = 86_400;

const program = new Command('npm start --')
  .description(
    'Runs a whole network in virtual time: meters with LIMFS on simulated FRAM chips, routers, local managers, a ' +
      'concentrator and a server. Power is cut in the middle of writes, radios lose packets and are jammed, devices ' +
      'die and are replaced, and at the end every single reading is accounted for.',
  )
  .option('--readings <file>', 'real registers from a CSV file, .gz or not (default: generated households)')
  .option('--topology <file>', 'the network from a JSON file, see simulator/topology/street.json')
  .option('--meters <n>', 'number of meters of the generated network', integerBetween(1, MOST_METERS), 24)
  .option('--days <n>', 'length of the run', integerBetween(1, 366), 30)
  .option('--loss <percent>', 'share of packets that the generated radios lose, in bursts', percent, 20)
  .option(
    '--faults <n>',
    'how often things go wrong: 0 never, 1 as in the field, up to 20',
    integerBetween(0, 20),
    1,
  )
  .option('--seed <n>', 'one seed decides everything', integerBetween(0, 0xffff_ffff), 1)
  .option(
    '--swarm',
    'the world of this seed in `npm run swarm`, for as many days; other options do not count',
  )
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
  npm start -- --loss 60 --faults 5 --seed 7
  npm start -- --topology simulator/topology/street.json
  npm start -- --readings ../shared/data/series/sgsc_hourly_register.csv --days 120
  npm start --silent -- --json | jq .readings

Exit codes: 0 every reading is accounted for, 1 not, 2 wrong option or file.`,
  )
  .action(start);

await runCommandLine(program, process.argv);

async function start(options: StartOptions): Promise<void> {
  const startedSeconds = performance.now() / 1000;
  const { result, topology } = await run(options);
  // The drawing library takes longer to load than everything else: a wrong option shall not wait for it.
  const { reportHtml } = await import('../../simulator/report/reportHtml.js');
  const facts = { readings: result.options.source.name, topology, command: commandOf(options) };
  const summary = summaryOf(result);
  const files = await writeFiles(options.out, result, reportHtml(result, facts), summary);
  const wallSeconds = Number((performance.now() / 1000 - startedSeconds).toFixed(2));
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ...summary, wallSeconds, files })}\n`);
  else {
    process.stdout.write(accountText(result, facts));
    process.stdout.write(`
  ${files.report}   the run in pictures
  ${files.images[0]}   and so on, ${files.images.length} FRAM images: npm exec limfs -- inspect ${files.images[0]}
  Took ${wallSeconds.toFixed(1)} s. The same options give the same trace: ${result.traceHash}
`);
  }
  process.exitCode = closes(result.account) ? ExitCode.good : ExitCode.bad;
}

async function run(options: StartOptions): Promise<Run> {
  if (options.swarm === true) {
    const world = new NetworkWorld(swarmWorld(options.seed, options.days));
    return { result: runWorld(world), topology: 'a world of the swarm' };
  }
  const given = options.topology === undefined ? undefined : await readTopology(options.topology);
  const wanted = given === undefined ? options.meters : devicesOf(given, 'meter').length;
  const source = await sourceOf(options, wanted);
  const meters = Math.min(wanted, source.meters.length);
  if (given !== undefined && meters < wanted) {
    throw new InputError(
      `${options.readings}: has ${meters} meters, and ${options.topology} needs ${wanted}`,
    );
  }
  if (source.firstTimeSeconds < daySeconds) {
    throw new InputError(`${options.readings}: begins before 1970-01-02: give times as UTC seconds`);
  }
  const managers = managersFor(meters);
  const radio = ordinaryRadio(options.loss);
  const topology =
    given ?? generateTopology({ meters, routers: managers, managers, radio, wire: ordinaryWire });
  const slots = Math.min(Math.floor((options.days * daySeconds) / source.intervalSeconds), source.slots);
  const faults = scaledFaults(ordinaryFaults, options.faults);
  const world = new NetworkWorld({ ...usualDevices, topology, source, slots, seed: options.seed, faults });
  return { result: runWorld(world), topology: given === undefined ? 'Generated' : `From ${topology.name}` };
}

function runWorld(world: NetworkWorld): NetworkResult {
  const progress = createProgress('running');
  try {
    return world.run(progress.show);
  } finally {
    progress.end();
  }
}

async function readTopology(path: string): Promise<Topology> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw new InputError(`${path}: cannot be read (${String(code)}): give the path of a JSON file`);
  }
  return parseTopology(text, path);
}

async function sourceOf(options: StartOptions, meters: number): Promise<RegisterSource> {
  if (options.readings === undefined) {
    return generateReadings({ seed: options.seed, meters, slots: options.days * 24 });
  }
  const progress = createProgress('loading');
  try {
    return await loadReadings(options.readings, progress.show);
  } finally {
    progress.end();
  }
}

/** The options that were given, so that a reader of the report can run it again. */
function commandOf(options: StartOptions): string {
  const parts = ['npm start --', `--seed ${options.seed} --days ${options.days}`];
  if (options.swarm === true) return [...parts, '--swarm'].join(' ');
  if (options.readings !== undefined) parts.push(`--readings ${options.readings}`);
  if (options.topology === undefined) parts.push(`--meters ${options.meters} --loss ${options.loss}`);
  else parts.push(`--topology ${options.topology}`);
  return [...parts, `--faults ${options.faults}`].join(' ');
}

interface WrittenFiles {
  readonly report: string;
  readonly images: readonly string[];
}

/** Writes the report, the account and an image a device; those of an earlier run go away, so that one run is shown. */
async function writeFiles(
  folder: string,
  result: NetworkResult,
  html: string,
  summary: ReturnType<typeof summaryOf>,
): Promise<WrittenFiles> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`--out ${folder}: ${(error as Error).message}`);
  }
  const account = join(folder, 'run.json');
  await removeEarlier(account);
  const { meters, managers, concentrators } = result.devices;
  const images: string[] = [];
  for (const { device } of [...meters, ...managers, ...concentrators]) {
    const path = join(folder, `${device.name.replace(/[^\w.-]+/g, '-').replace(/-$/, '')}.img`);
    await writeFile(path, device.chip.image());
    images.push(path);
  }
  const report = join(folder, 'report.html');
  await writeFile(report, html);
  await writeFile(account, `${JSON.stringify({ ...summary, images }, null, 2)}\n`);
  return { report, images };
}

async function removeEarlier(account: string): Promise<void> {
  let images: unknown;
  try {
    images = (JSON.parse(await readFile(account, 'utf8')) as { images?: unknown }).images;
  } catch {
    return;
  }
  if (!Array.isArray(images)) return;
  for (const path of images)
    if (typeof path === 'string' && path.endsWith('.img')) await rm(path, { force: true });
}
