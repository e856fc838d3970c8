import type { Channel } from '../../lib/limfs/index.js';
import { readList } from '../../lib/limfs/meter/channels.js';

/** What a register of a meter means (D13): the server's names for OBIS codes. */
export interface Quantity {
  readonly name: string;
  /** Symbol of the unit; empty for states. */
  readonly unit: string;
  /** Of a state: what its values say. */
  readonly states?: readonly string[];
}

/** OBIS code (IEC 62056-61) and quantity; states of contacts are bits of a control signal, one contact each. */
const quantities: readonly (readonly [obis: string, name: string, states?: readonly string[]])[] =
  Object.freeze([
    ['1.0.1.8.0.255', 'electricity consumption'],
    ['1.0.32.7.0.255', 'voltage'],
    ['1.0.31.7.0.255', 'current'],
    ['7.0.3.0.0.255', 'gas consumption'],
    ['7.0.41.0.0.255', 'gas temperature'],
    ['7.0.42.0.0.255', 'gas pressure'],
    ['7.0.96.3.10.255', 'gas valve', ['closed', 'open']],
    ['0.0.96.3.1.255', 'meter door', ['closed', 'open']],
    ['0.0.96.6.3.255', 'battery voltage'],
  ]);

/** DLMS unit codes (IEC 62056-62) and their symbols. */
const units: readonly (readonly [code: number, symbol: string])[] = Object.freeze([
  [9, '°C'],
  [13, 'm³'],
  [23, 'Pa'],
  [24, 'bar'],
  [27, 'W'],
  [30, 'Wh'],
  [33, 'A'],
  [35, 'V'],
  [255, ''],
]);

/** Reads the data of a result of `Operation.channels`; null when they are cut short. */
export function channelsOf(data: Uint8Array): Channel[] | null {
  const count = data[1];
  if (count === undefined || data.length < 2 + 8 * count) return null;
  return readList(data, 0);
}

/** What a channel measures; a code that is not known keeps its numbers as names. */
export function quantityOf({ obis, unit }: Channel): Quantity {
  const [, name = obis, states] = quantities.find(([code]) => code === obis) ?? [];
  const symbol = units.find(([code]) => code === unit)?.[1] ?? `unit ${unit}`;
  return { name, unit: symbol, ...(states === undefined ? {} : { states }) };
}

/** A stored integer as a person reads it: 2305 of scale -1 in volts is '230.5 V', 1 of a door is 'open'. */
export function valueText(channel: Channel, value: number): string {
  const { unit, states } = quantityOf(channel);
  const state = states?.[value];
  if (state !== undefined) return state;
  const { scale } = channel;
  const number = scale < 0 ? (value / 10 ** -scale).toFixed(-scale) : String(value * 10 ** scale);
  return unit === '' ? number : `${number} ${unit}`;
}
