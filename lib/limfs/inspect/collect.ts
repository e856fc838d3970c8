import type { ImageReading } from './report.js';

/**
 * The readings of an image by meter and sequence, each once. Readings of one identity with different content are all
 * kept: which one is right is not for an inspector to say.
 */
export function collectReadings(readings: Iterable<ImageReading>): ImageReading[] {
  const meters = new Map<string, ImageReading[]>();
  for (const reading of readings) {
    const name = reading.storeId.join();
    const known = meters.get(name);
    if (known === undefined) meters.set(name, [reading]);
    else known.push(reading);
  }
  return [...meters.values()].flatMap(inOrder);
}

function inOrder(readings: ImageReading[]): ImageReading[] {
  const first = readings[0]!.sequence;
  // Serial-number arithmetic: what a meter's readings have in common lies within half of the numbers.
  const sorted = readings.sort((a, b) => ((a.sequence - first) | 0) - ((b.sequence - first) | 0));
  const kept: ImageReading[] = [];
  for (const reading of sorted) {
    let at = kept.length - 1;
    while (at >= 0 && kept[at]!.sequence === reading.sequence && !same(kept[at]!, reading)) at -= 1;
    if (at < 0 || kept[at]!.sequence !== reading.sequence) kept.push(reading);
  }
  return kept;
}

function same(a: ImageReading, b: ImageReading): boolean {
  return (
    a.timeSeconds === b.timeSeconds &&
    a.status === b.status &&
    a.valid === b.valid &&
    (!a.valid ||
      (a.values.length === b.values.length && a.values.every((value, at) => value === b.values[at])))
  );
}
