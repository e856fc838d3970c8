import type { Command } from 'commander';
import { collectReadings } from '../../../lib/limfs/inspect/collect.js';
import { inspectImage, readImage } from '../../../lib/limfs/inspect/inspectImage.js';
import type { ImageReading, ImageReport } from '../../../lib/limfs/inspect/report.js';
import { ExitCode } from '../commandLine.js';
import { csvOfMeter, csvOfMeters, jsonLinesOf } from './csv.js';
import { named, openImage } from './imageFile.js';
import { writeOutput } from './output.js';

interface ExportOptions {
  readonly json?: boolean;
  readonly output?: string;
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('writes all readings as CSV: a hole has no value; of many meters, each row names its meter')
    .argument('<image>', 'file with the bytes of a chip')
    .option('--json', 'one JSON object a line instead of CSV; a hole has null')
    .option('--output <file>', 'where the readings go (default: standard output)')
    .action(exportReadings);
}

async function exportReadings(path: string, options: ExportOptions): Promise<void> {
  const medium = await openImage(path);
  const report = named(path, () => inspectImage(medium));
  const readings = collectReadings(readImage(medium));
  await writeOutput(options.json === true ? jsonLinesOf(readings) : csvOf(report, readings), options.output);
  if (report.findings.length === 0) return;
  process.stderr.write(`warning: ${path} is damaged, readings may be missing: see 'limfs check ${path}'\n`);
  process.exitCode = ExitCode.bad;
}

function csvOf(report: ImageReport, readings: readonly ImageReading[]): Generator<string> {
  if (report.role === 'meter') return csvOfMeter(readings, report.channels);
  if (report.role === 'paper') return csvOfMeter(readings, []);
  return csvOfMeters(readings);
}
