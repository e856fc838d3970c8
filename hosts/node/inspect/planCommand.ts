import type { Command } from 'commander';
import {
  type ConcentratorScheme,
  concentratorBytes,
  concentratorDays,
  type Loss,
  type Plan,
  planLocalManager,
  type Scheme,
  sizeConcentrator,
} from '../../../lib/limfs/plan/index.js';
import { integerBetween } from '../commandLine.js';
import { table } from './table.js';

interface PlanOptions {
  readonly data: number;
  readonly reading: number;
  readonly meters: number;
  readonly window: number;
  readonly report: number;
  readonly interval: number;
  readonly burst: number;
  readonly outage: number;
  readonly capacity: number;
  readonly managers: number;
  readonly devices: number;
  readonly chip: number;
  readonly json?: boolean;
}

/** What a local manager's report adds to a meter's window: the head of its cell (DESIGN-MANAGER.md). */
const cellHeadBytes = 28;
const plannedDays = [1, 7, 30];

export function addPlanCommand(program: Command): void {
  const most = 0x7fff_ffff;
  program
    .command('plan')
    .description(
      'plans local managers and a concentrator: capacity, days of autonomy, and under which conditions no reading is lost; ' +
        'it warns and never refuses',
    )
    .option('--data <bytes>', "d: a local manager's data area", integerBetween(1, most), 90_800)
    .option('--reading <bytes>', 'k: one reading in a window', integerBetween(1, 80), 4)
    .option('--meters <n>', 'x: meters of a local manager', integerBetween(1, 100), 100)
    .option('--window <readings>', 'n: readings in a window', integerBetween(1, 80), 24)
    .option(
      '--report <intervals>',
      'I: reading intervals between two reports',
      integerBetween(1, 100_000),
      12,
    )
    .option('--interval <seconds>', 'the reading interval', integerBetween(1, 131_071), 3600)
    .option('--burst <packets>', 'b: most packets of a meter lost in a row', integerBetween(0, 1_000_000), 6)
    .option(
      '--outage <intervals>',
      'longest time without any packet of a meter',
      integerBetween(0, 1_000_000),
      48,
    )
    .option('--capacity <readings>', "readings in a meter's own store", integerBetween(1, most), 83_000)
    .option('--managers <n>', 'local managers of the concentrator', integerBetween(1, 10_000), 10)
    .option('--devices <n>', 'devices whose headers come with a report', integerBetween(0, 9), 1)
    .option('--chip <bytes>', "the concentrator's medium", integerBetween(4096, most), 131_072)
    .option('--json', 'the plan as one JSON object')
    .action(plan);
}

function plan(options: PlanOptions): void {
  const scheme: Scheme = {
    dataBytes: options.data,
    readingBytes: options.reading,
    meters: options.meters,
    windowReadings: options.window,
    reportIntervals: options.report,
    intervalSeconds: options.interval,
  };
  const loss: Loss = {
    burstPackets: options.burst,
    outageIntervals: options.outage,
    meterCapacity: options.capacity,
  };
  const concentrator: ConcentratorScheme = {
    localManagers: options.managers,
    meters: options.meters,
    bytesPerMeter: options.reading * options.window + cellHeadBytes,
    devices: options.devices,
    reportIntervalSeconds: options.report * options.interval,
  };
  const manager = planLocalManager(scheme, loss);
  const sized = sizeConcentrator(concentrator);
  const days = concentratorDays(concentrator, options.chip);
  const bytesFor = plannedDays.map((each) => ({ days: each, bytes: concentratorBytes(concentrator, each) }));
  if (options.json === true) {
    const result = {
      scheme,
      loss,
      localManager: manager,
      concentrator: { ...concentrator, ...sized, chipBytes: options.chip, days, bytesFor },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const warnings = [...manager.warnings, ...sized.warnings].map((warning) => `  WARNING ${warning}`);
  const lines = [
    ...managerLines(scheme, loss, manager),
    '',
    `Concentrator of ${options.managers} such local managers`,
    `  a report takes ${sized.reportBytes} bytes; ${round(sized.reportsPerDay)} reports and ${Math.round(sized.bytesPerDay)} bytes a day`,
    `  ${options.chip} bytes survive ${days.toFixed(2)} days without the server`,
    ...bytesFor.map(({ days: each, bytes }) => `  ${each} days without the server take ${bytes} bytes`),
    '',
    ...(warnings.length === 0 ? ['  Nothing to warn of.'] : warnings),
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function managerLines(scheme: Scheme, loss: Loss, manager: Plan): string[] {
  const { dataBytes, readingBytes, meters, windowReadings, reportIntervals, intervalSeconds } = scheme;
  return [
    `Local manager: ${dataBytes} bytes, ${meters} meters, windows of ${windowReadings} readings of ${readingBytes} bytes, a reading`,
    `every ${intervalSeconds} s, a report every ${reportIntervals} readings`,
    `  ${manager.pages} pages span ${manager.capacityIntervals} intervals (${manager.capacityDays.toFixed(1)} days) and hold ${manager.storedReadings} readings of each meter`,
    '',
    `Lost on the air: ${loss.burstPackets} packets in a row, ${loss.outageIntervals} intervals without any; a meter keeps ${loss.meterCapacity} readings`,
    ...table(
      ['scheme', 'holds', 'at risk', 'days without a report'],
      manager.conditions.map(({ name, holds, readingsAtRisk, autonomyDays }) => [
        name,
        holds ? 'yes' : 'NO',
        readingsAtRisk,
        autonomyDays.toFixed(1),
      ]),
    ),
    ...manager.conditions.map(({ name, meaning }) => `  ${name}: ${meaning}`),
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
