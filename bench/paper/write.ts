import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figure8Chart, figure9Chart } from './charts.js';
import type { PaperFigures } from './figures.js';
import { paperPage } from './markdown.js';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Writes docs/PAPER.md, its images, and the figures as JSON; returns their names. */
export function writePaper(figures: PaperFigures): string[] {
  const files: Readonly<Record<string, string>> = {
    'docs/PAPER.md': paperPage(figures),
    'docs/images/paper-figure8.svg': figure8Chart(figures.figure8),
    'docs/images/paper-figure9.svg': figure9Chart(figures),
    'bench/results/paper.json': `${JSON.stringify(figures, null, 2)}\n`,
  };
  mkdirSync(pathOf('docs/images'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(pathOf(path), text);
  return Object.keys(files);
}
