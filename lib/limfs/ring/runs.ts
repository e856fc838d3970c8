import type { PageIndex } from './pageIndex.js';

// Runs are stretches of pages whose times rise; all pages of one have its number, modulo 256, in their entries. Galloping
// before halving keeps clear of another run whose number is the same modulo 256.

/** Position of the first page of the run that the page at `end` belongs to. */
export function startOfRun(index: PageIndex, end: number): number {
  if (isOneRun(index)) return 0;
  if (!index.entryAt(end)) return end;
  const { run } = index.entry;
  let inside = end;
  let outside = -1;
  for (let step = 1; inside > 0 && outside < 0; step *= 2) {
    const probe = Math.max(0, inside - step);
    if (isOf(index, probe, run)) inside = probe;
    else outside = probe;
  }
  return halve(index, run, inside, outside);
}

/** Position of the last page of the run that starts at `start`, whose entry is in `index.entry`. */
export function endOfRun(index: PageIndex, start: number): number {
  const last = index.count - 1;
  if (isOneRun(index)) return last;
  const { run } = index.entry;
  let inside = start;
  let outside = last + 1;
  for (let step = 1; inside < last && outside > last; step *= 2) {
    const probe = Math.min(last, inside + step);
    if (isOf(index, probe, run)) inside = probe;
    else outside = probe;
  }
  return halve(index, run, inside, outside);
}

/** The last position of a run on the way from one inside to one outside of it. */
function halve(index: PageIndex, run: number, from: number, to: number): number {
  let inside = from;
  let outside = to;
  while (Math.abs(outside - inside) > 1) {
    const middle = (inside + outside) >> 1;
    if (isOf(index, middle, run)) inside = middle;
    else outside = middle;
  }
  return inside;
}

function isOf(index: PageIndex, position: number, run: number): boolean {
  return index.entryAt(position) && index.entry.run === run;
}

function isOneRun(index: PageIndex): boolean {
  return index.oldestEntry().run === index.head.run;
}
