import { LimfsError } from '../errors.js';
import { MAXIMUM_CHANNELS } from './reading.js';

/** What a channel measures. */
export interface Channel {
  /** OBIS code A.B.C.D.E.F, each group 0..255 (IEC 62056-61). */
  readonly obis: string;
  /** DLMS unit code (IEC 62056-62), 30 = Wh. */
  readonly unit: number;
  /** Power of ten, -128..127. */
  readonly scale: number;
}

const CHANNEL_BYTES = 8;
/** Bytes of a coded channel list: revision, number of channels, channels. */
export const LIST_BYTES = 2 + CHANNEL_BYTES * MAXIMUM_CHANNELS;

/** Refuses what no list can hold. Errors: `parameter-range`. */
export function checkChannels(channels: readonly Channel[]): void {
  if (channels.length < 1 || channels.length > MAXIMUM_CHANNELS) {
    throw new LimfsError(
      'parameter-range',
      `a meter has 1 to ${MAXIMUM_CHANNELS} channels, not ${channels.length}`,
    );
  }
  for (const { obis, unit, scale } of channels) {
    const groups = obis.split('.');
    const good =
      groups.length === 6 && groups.every((group) => /^\d{1,3}$/.test(group) && Number(group) < 256);
    if (!good)
      throw new LimfsError('parameter-range', `'${obis}' is no OBIS code; it has six numbers 0..255`);
    if (
      !Number.isInteger(unit) ||
      unit < 0 ||
      unit > 255 ||
      !Number.isInteger(scale) ||
      scale < -128 ||
      scale > 127
    ) {
      throw new LimfsError('parameter-range', `unit ${unit} or scale ${scale} of ${obis} is out of range`);
    }
  }
}

export function sameChannels(a: readonly Channel[], b: readonly Channel[]): boolean {
  return (
    a.length === b.length &&
    a.every((channel, index) => {
      const other = b[index]!;
      return channel.obis === other.obis && channel.unit === other.unit && channel.scale === other.scale;
    })
  );
}

export function writeList(
  payload: Uint8Array,
  from: number,
  revision: number,
  channels: readonly Channel[],
): void {
  let at = from;
  payload[at] = revision;
  payload[at + 1] = channels.length;
  at += 2;
  for (const { obis, unit, scale } of channels) {
    for (const group of obis.split('.')) payload[at++] = Number(group);
    payload[at++] = unit;
    payload[at++] = scale;
  }
}

export function readList(bytes: Uint8Array, from: number): Channel[] {
  const channels: Channel[] = [];
  const count = Math.min(bytes[from + 1]!, MAXIMUM_CHANNELS);
  for (let channel = 0; channel < count; channel += 1) {
    const at = from + 2 + channel * CHANNEL_BYTES;
    const groups = [0, 1, 2, 3, 4, 5].map((group) => bytes[at + group]);
    channels.push({ obis: groups.join('.'), unit: bytes[at + 6]!, scale: (bytes[at + 7]! << 24) >> 24 });
  }
  return channels;
}
