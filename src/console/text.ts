import { type Channel, type Reading, Status, type StoreId } from '../../lib/limfs/index.js';

/** Unit codes of DLMS (IEC 62056-6-2, table of units) that meters for energy, water, gas and heat use. */
const unitNames: Readonly<Record<number, string>> = Object.freeze({
  9: 'Cel',
  13: 'm3',
  27: 'W',
  28: 'VA',
  29: 'var',
  30: 'Wh',
  31: 'VAh',
  32: 'varh',
  33: 'A',
  35: 'V',
  44: 'Hz',
  255: '',
});

/** A store's identity as 16 hexadecimal digits. */
export function storeIdText(storeId: StoreId): string {
  return wordText(storeId[0]) + wordText(storeId[1]);
}

/** The identity that `storeIdText` has written; undefined when it is none. */
export function parseStoreId(text: string): StoreId | undefined {
  if (!/^[0-9a-f]{16}$/.test(text)) return undefined;
  return [Number.parseInt(text.slice(0, 8), 16), Number.parseInt(text.slice(8), 16)];
}

function wordText(word: number): string {
  return word.toString(16).padStart(8, '0');
}

/** UTC time of a reading, or the seconds since boot of a meter that did not know the time. */
export function timeText(timeSeconds: number, status: number): string {
  if ((status & Status.timeSinceBoot) !== 0) return `boot+${timeSeconds}s`;
  return new Date(timeSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The names of the status bits, joined by a plus sign; `ok` when none is set. */
export function statusText(status: number): string {
  const names = Object.entries(Status)
    .filter(([, bit]) => (status & bit) !== 0)
    .map(([name]) => name);
  return names.length === 0 ? 'ok' : names.join('+');
}

/** An integer times a power of ten, written out exactly: 12345 with scale -2 is 123.45. */
export function scaledText(value: number, scale: number): string {
  const digits = Math.abs(value).toString();
  const sign = value < 0 ? '-' : '';
  if (scale >= 0) return sign + digits + (value === 0 ? '' : '0'.repeat(scale));
  const padded = digits.padStart(1 - scale, '0');
  return `${sign}${padded.slice(0, scale)}.${padded.slice(scale)}`;
}

/** One value with its OBIS code and unit: `1.0.1.8.0.255 123.45 Wh`. */
export function valueText(channel: Channel, value: number): string {
  const unit = unitNames[channel.unit] ?? `(unit ${channel.unit})`;
  return `${channel.obis} ${scaledText(value, channel.scale)} ${unit}`.trimEnd();
}

/** A reading as lines for a person. */
export function readingLines(reading: Reading, channels: readonly Channel[]): string[] {
  const lines = [
    `sequence ${reading.sequence}`,
    `time     ${timeText(reading.timeSeconds, reading.status)}`,
    `status   ${statusText(reading.status)}`,
  ];
  if (!reading.valid) return [...lines, 'value    none: the reading was due but could not be taken'];
  return [
    ...lines,
    ...channels.map((channel, index) => `value    ${valueText(channel, reading.values[index] ?? 0)}`),
  ];
}

/** Times are u32 on the medium: this is in February 2106. */
const maximumTimeSeconds = 0xffff_ffff;

/**
 * UTC seconds of an ISO 8601 time (`2026-01-31T12:00:00Z`), or of 9 or 10 digits, which are seconds; fewer digits are
 * more likely a year. Undefined when it is neither.
 */
export function parseTime(text: string): number | undefined {
  if (!/^(\d{9,10}|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?)$/.test(text)) return undefined;
  const seconds = text.includes('-') ? Date.parse(text) / 1000 : Number(text);
  return seconds >= 0 && seconds <= maximumTimeSeconds ? seconds : undefined;
}
