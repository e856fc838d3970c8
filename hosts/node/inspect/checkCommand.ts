import type { Command } from 'commander';
import { inspectImage } from '../../../lib/limfs/inspect/inspectImage.js';
import { ExitCode } from '../commandLine.js';
import { named, openImage } from './imageFile.js';
import { findingText, idName, meanings, roleName } from './names.js';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('reads and verifies everything and prints one line a finding')
    .argument('<image>', 'file with the bytes of a chip')
    .option('--json', 'the findings as one JSON object')
    .action(check);
}

async function check(path: string, options: { readonly json?: boolean }): Promise<void> {
  const medium = await openImage(path);
  const report = named(path, () => inspectImage(medium));
  const behind = [...report.eventLogs, ...report.sideRings].flatMap(({ address, findings }) =>
    findings.map(({ code, slot }) => ({ region: address, code, slot, meaning: meanings[code] })),
  );
  const isWhole = report.findings.length === 0 && behind.length === 0;
  if (options.json === true) {
    const findings = report.findings.map((finding) => ({ ...finding, meaning: meanings[finding.code] }));
    const facts = { image: path, role: report.role, storeId: idName(report.storeId), whole: isWhole };
    const { notes, readings } = report;
    process.stdout.write(`${JSON.stringify({ ...facts, readings, findings, behind, notes })}\n`);
  } else {
    for (const finding of report.findings) process.stdout.write(`${path}: ${findingText(finding)}\n`);
    for (const { region, code, slot, meaning } of behind) {
      process.stdout.write(`${path}: region at ${region}: ${code}, slot ${slot}: ${meaning}\n`);
    }
    for (const note of report.notes) process.stdout.write(`${path}: note: ${note}\n`);
    if (isWhole) {
      process.stdout.write(`${path}: whole: ${roleName(report)}, ${report.readings} readings checked\n`);
    }
  }
  process.exitCode = isWhole ? ExitCode.good : ExitCode.bad;
}
