/** What a report says about the run besides its results. */
export interface RunFacts {
  /** Where the readings came from. */
  readonly readings: string;
  /** Where the network came from. */
  readonly topology: string;
  /** Options that make this run again. */
  readonly command: string;
}

/** 12345 as '12,345', the same everywhere. */
export function grouped(count: number | string): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function daysOf(schedule: { slots: number; intervalSeconds: number }): string {
  const days = (schedule.slots * schedule.intervalSeconds) / 86_400;
  return `${Number(days.toFixed(1))} ${days === 1 ? 'day' : 'days'}`;
}

export function intervalOf(schedule: { intervalSeconds: number }): string {
  const seconds = schedule.intervalSeconds;
  if (seconds === 3600) return 'hour';
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}

/** `1 meter`, `2 meters`. */
export function numbered(count: number, name: string): string {
  return `${grouped(count)} ${name}${count === 1 ? '' : 's'}`;
}

/** UTC, to the minute. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

/** How long something lasted, for people. */
export function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Number((seconds / 86_400).toFixed(1))} days`;
}

/** Bytes in the unit that suits them. */
export function bytesOf(bytes: number): string {
  if (bytes < 10_000) return `${grouped(Math.round(bytes))} B`;
  if (bytes < 10_000_000) return `${grouped(Math.round(bytes / 1000))} kB`;
  return `${grouped(Math.round(bytes / 1_000_000))} MB`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}
