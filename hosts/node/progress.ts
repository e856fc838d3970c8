import { SingleBar } from 'cli-progress';

export interface Progress {
  /** The share of the work that is done, 0 to 1. */
  show(share: number): void;
  end(): void;
}

/** A bar on standard error if that is a terminal; nothing at all in a pipe or a log. */
export function createProgress(label: string): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {percentage} %`,
    barsize: 40,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(1, 0);
  return { show: (share) => bar.update(share), end: () => bar.stop() };
}
