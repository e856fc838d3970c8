import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { inspectImage, readImage } from '../../../lib/limfs/inspect/inspectImage.js';
import { ExitCode } from '../commandLine.js';
import { named, openImage } from './imageFile.js';
import { inspectionText } from './text.js';

interface InspectOptions {
  readonly json?: boolean;
  readonly html?: string;
}

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('shows areas, PVT, pages, meters, newest readings and damage of an image of any role')
    .argument('<image>', 'file with the bytes of a chip')
    .option('--json', 'everything but the readings as one JSON object')
    .option('--html <file>', 'the same in pictures, as one page that needs nothing else')
    .action(inspect);
}

async function inspect(path: string, options: InspectOptions): Promise<void> {
  const medium = await openImage(path);
  const report = named(path, () => inspectImage(medium));
  if (options.html !== undefined) {
    // The drawing library takes longer to load than everything else: only who wants pictures waits for it.
    const { inspectionHtml } = await import('./html/inspectionHtml.js');
    await writeFile(options.html, inspectionHtml(path, report, readImage(medium)));
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ image: path, ...report })}\n`);
  else if (options.html === undefined) process.stdout.write(inspectionText(path, report, readImage(medium)));
  process.exitCode = report.findings.length === 0 ? ExitCode.good : ExitCode.bad;
}
