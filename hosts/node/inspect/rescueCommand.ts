import type { Command } from 'commander';
import { collectReadings } from '../../../lib/limfs/inspect/collect.js';
import type { ImageReading } from '../../../lib/limfs/inspect/report.js';
import type { Rescue } from '../../../lib/limfs/inspect/rescue/rescue.js';
import { rescueImage } from '../../../lib/limfs/inspect/rescue/rescueImage.js';
import { ExitCode } from '../commandLine.js';
import { createProgress } from '../progress.js';
import { csvOfMeter, csvOfMeters } from './csv.js';
import { openImage } from './imageFile.js';
import { idName } from './names.js';
import { writeOutput } from './output.js';

interface RescueOptions {
  readonly json?: boolean;
  readonly output?: string;
  readonly unproven?: boolean;
}

const roleNames: Readonly<Record<Rescue['role'], string>> = {
  meter: 'a meter store',
  'NOR meter': 'a meter store on NOR flash',
  paper: "a meter store in the paper's layout",
  manager: "a local manager's store",
  concentrator: "a concentrator's ring of reports",
};

export function addRescueCommand(program: Command): void {
  program
    .command('rescue')
    .description(
      'reads what can be proven without superblocks: of an image that is damaged anywhere, or of a cut-out of one; ' +
        'writes CSV, and says on standard error what is proven and what is not',
    )
    .argument('<image>', 'file with the bytes of a chip, or with some of them')
    .option('--output <file>', 'where the CSV goes (default: standard output)')
    .option('--unproven', 'also readings that no checksum covers; the last column tells them apart')
    .option('--json', 'what was found, without the readings, as one JSON object instead of CSV')
    .action(rescue);
}

async function rescue(path: string, options: RescueOptions): Promise<void> {
  const medium = await openImage(path);
  const progress = createProgress('searching');
  const found = rescueImage(medium.bytes, progress.show);
  progress.end();
  if (found === null) {
    process.stderr.write(
      `${path}: nothing can be proven: no two PVT entries, cells, reports or sectors of a LIMFS store agree\n`,
    );
    process.exitCode = ExitCode.bad;
    return;
  }
  const { role, storeId, statements } = found;
  const readings = collectReadings(found.proven);
  if (options.json === true) {
    const facts = { image: path, role, storeId: storeId === null ? null : idName(storeId), statements };
    const counts = { proven: readings.length, unproven: found.unproven.length };
    process.stdout.write(`${JSON.stringify({ ...facts, ...counts })}\n`);
    return;
  }
  await writeOutput(csvOf(found, readings, options.unproven === true), options.output);
  const lines = [
    `${path}: ${roleNames[role]}, ${readings.length} readings are proven`,
    ...statements.map((statement) => `  ${statement}`),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function csvOf(found: Rescue, proven: readonly ImageReading[], withUnproven: boolean): Generator<string> {
  const unproven = new Set(withUnproven ? found.unproven : []);
  const readings = [...proven, ...unproven];
  const proof = {
    name: 'proof',
    of: (reading: ImageReading) => (unproven.has(reading) ? 'none' : 'checksum'),
  };
  const many = found.role === 'manager' || found.role === 'concentrator';
  return many ? csvOfMeters(readings, proof) : csvOfMeter(readings, found.channels, proof);
}
