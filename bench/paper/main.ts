import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { openSource } from '../source.js';
import { measurePaper, paperSteps } from './figures.js';
import { writePaper } from './write.js';

const program = new Command('npm run paper --')
  .description("Measures the paper's Table 2, Figures 8 and 9 on the real stores; writes docs/PAPER.md")
  .option('--json', 'print the figures as JSON on stdout and write no file')
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
  .parse();

const bench = await openSource();
if (!bench.real) {
  console.error('The real registers (../shared/data/series) are absent: the readings are GENERATED ones.');
}
const bar = new SingleBar({ format: '{bar} {percentage} %, {eta} s left', stream: process.stderr });
if (process.stderr.isTTY) bar.start(paperSteps, 0);
const figures = measurePaper(bench, () => bar.increment());
bar.stop();
if (program.opts<{ json?: boolean }>().json) console.log(JSON.stringify(figures, null, 2));
else console.log(`Written: ${writePaper(figures).join(', ')}`);
