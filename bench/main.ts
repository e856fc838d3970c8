import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { chartOf } from './chart.js';
import { comparedStores, markdownOf } from './markdown.js';
import { type NetworkCost, networkSizes } from './network.js';
import { measurePaper, type PaperFigures, paperSteps } from './paper/figures.js';
import { writePaper } from './paper/write.js';
import type { BenchResults } from './results.js';
import { runBench, stepsOf } from './run.js';
import { openSource } from './source.js';

const resultsFolder = fileURLToPath(new URL('results/', import.meta.url));

const program = new Command('npm run bench --')
  .description(
    "Measures the stores on simulated chips: bus, capacity, RAM, the paper's figures; into bench/results/ and docs/",
  )
  .option('--json', 'print the figures as JSON on stdout and write no file')
  .option('--network', 'the simulated network instead, of 100 meters up to 10,000; takes some minutes')
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
  .parse();

const { network } = program.opts<{ network?: true }>();
if (network === true) {
  const costs: NetworkCost[] = [];
  for (const size of networkSizes) {
    console.error(`${size.meters} meters, ${size.days} days, worlds: ${size.worlds}`);
    const worker = fork(new URL('networkProcess.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    worker.send(size);
    const ended = once(worker, 'exit').then(([code]) => {
      throw new Error(`the process that measures ${size.meters} meters ended with code ${String(code)}`);
    });
    const [cost] = (await Promise.race([once(worker, 'message'), ended])) as [NetworkCost];
    ended.catch(() => {});
    costs.push(cost);
  }
  const text = `${JSON.stringify(costs, null, 2)}\n`;
  if (!program.opts<{ json?: boolean }>().json) writeFileSync(`${resultsFolder}network.json`, text);
  process.stdout.write(text);
  process.exit(0);
}

const bench = await openSource();
if (!bench.real) {
  console.error('The real registers (../shared/data/series) are absent: the readings are GENERATED ones.');
}
const bar = new SingleBar({ format: '{bar} {percentage} %, {eta} s left', stream: process.stderr });
if (process.stderr.isTTY) bar.start(stepsOf(bench.source) + paperSteps, 0);
const results = runBench(bench, () => bar.increment());
const paper = measurePaper(bench, () => bar.increment());
bar.stop();
const all: BenchResults & PaperFigures = { ...results, ...paper };
if (program.opts<{ json?: boolean }>().json) console.log(JSON.stringify(all, null, 2));
else {
  writeResults(results);
  console.log(`Written: ${writePaper(paper).join(', ')}`);
}

function writeResults(results: BenchResults): void {
  mkdirSync(resultsFolder, { recursive: true });
  const page = markdownOf(results);
  writeFileSync(`${resultsFolder}meter-store.md`, page);
  writeFileSync(`${resultsFolder}meter-store.svg`, chartOf(comparedStores(results)));
  writeFileSync(`${resultsFolder}meter-store.json`, `${JSON.stringify(results, null, 2)}\n`);
  console.log(page);
  console.log('Written: bench/results/meter-store.md, meter-store.svg, meter-store.json');
}
