import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { BufferMedium, LimfsError, mountMeterStore } from '../../lib/limfs/index.js';
import { inspectStore } from '../../lib/limfs/inspect/inspectStore.js';
import { InputError } from '../../simulator/readings/inputError.js';
import { ExitCode, runCommandLine } from './commandLine.js';
import { csvOf } from './csv.js';
import { inspectionText } from './inspectionText.js';

const maximumImageBytes = 64 * 1024 * 1024;

const program = new Command('limfs')
  .description('Looks into images of LIMFS chips. Nothing is ever written to an image.')
  .addHelpText(
    'after',
    `
Examples:
  npm exec limfs -- inspect out/meter-01.img
  npm exec limfs -- inspect --json out/meter-01.img | jq .findings
  npm exec limfs -- export out/meter-01.img > readings.csv

Exit codes: 0 whole, 1 damage was found, 2 wrong option, or no image of a meter store.`,
  );

program
  .command('inspect')
  .description('shows areas, PVT, readings and damage')
  .argument('<image>', 'file with the bytes of a chip')
  .option('--json', 'everything as one JSON object')
  .action(async (path: string, options: { json?: boolean }) => {
    const medium = await openImage(path);
    const report = named(path, () => inspectStore(medium));
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ image: path, ...report })}\n`
        : inspectionText(path, report, mountMeterStore(medium)),
    );
    process.exitCode = report.findings.length === 0 ? ExitCode.good : ExitCode.bad;
  });

program
  .command('export')
  .description('writes all readings as CSV: a hole has no value')
  .argument('<image>', 'file with the bytes of a chip')
  .option('--output <file>', 'where the CSV goes (default: standard output)')
  .action(async (path: string, options: { output?: string }) => {
    const medium = await openImage(path);
    const store = named(path, () => mountMeterStore(medium));
    const csv = Readable.from(csvOf(store));
    if (options.output === undefined) await pipeline(csv, process.stdout, { end: false });
    else await pipeline(csv, createWriteStream(options.output));
    if (store.findings.length > 0) {
      process.stderr.write(
        `warning: ${path} is damaged, readings are missing: see 'limfs inspect ${path}'\n`,
      );
      process.exitCode = ExitCode.bad;
    }
  });

await runCommandLine(program, process.argv);

async function openImage(path: string): Promise<BufferMedium> {
  const image = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${path}: cannot be read (${error.code}): give the path of an image`);
  });
  if (image.length > maximumImageBytes) {
    throw new InputError(`${path}: ${image.length} bytes are too many for the image of a chip`);
  }
  return new BufferMedium(image);
}

/** Names the image in what is wrong with it. */
function named<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof LimfsError)) throw error;
    throw new LimfsError(error.code, `${path}: ${error.message}`);
  }
}
