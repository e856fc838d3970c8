import type { Channel } from '../../lib/limfs/index.js';

/** What lies on the chip before the store under test is formatted. */
export type Filling = 'zeros' | 'ones' | 'noise' | 'otherStore' | 'otherGeometry';

/** A store to be put to the proof: its shape, its meter's habits and where its counters begin. */
export interface Geometry {
  readonly name: string;
  readonly pageBytes: number;
  /** Number of pages; 0: as many as the chip holds. */
  readonly pages: number;
  readonly channels: number;
  readonly intervalSeconds: number;
  readonly firstSequence: number;
  readonly filling: Filling;
  /** Readings out of the ordinary in a thousand. */
  readonly oddities: number;
}

const plain = {
  channels: 1,
  intervalSeconds: 3600,
  firstSequence: 0,
  filling: 'zeros',
  oddities: 60,
} as const;

/** Pages are small in most, so that many page changes and laps fit into a run; the last one is the chip as it is used. */
export const geometries: readonly Geometry[] = [
  { ...plain, name: 'least', pageBytes: 36, pages: 4 },
  { ...plain, name: 'small', pageBytes: 48, pages: 8 },
  { ...plain, name: 'regular', pageBytes: 64, pages: 9, oddities: 0 },
  { ...plain, name: 'leftovers', pageBytes: 60, pages: 10, filling: 'otherStore' },
  { ...plain, name: 'shifted', pageBytes: 52, pages: 11, filling: 'otherGeometry', oddities: 200 },
  { ...plain, name: 'noise', pageBytes: 44, pages: 16, filling: 'noise', oddities: 120 },
  { ...plain, name: 'wrap', pageBytes: 40, pages: 8, filling: 'ones', firstSequence: 0xffff_ff00 },
  { ...plain, name: 'two', pageBytes: 72, pages: 8, channels: 2, intervalSeconds: 900 },
  { ...plain, name: 'eight', pageBytes: 140, pages: 8, channels: 8, intervalSeconds: 60, oddities: 150 },
  {
    ...plain,
    name: 'wild',
    pageBytes: 56,
    pages: 12,
    intervalSeconds: 1,
    oddities: 600,
    filling: 'otherStore',
  },
  { ...plain, name: 'chip', pageBytes: 160, pages: 0, oddities: 10 },
];

export function geometryNamed(name: string): Geometry | undefined {
  return geometries.find((geometry) => geometry.name === name);
}

/** A channel list of so many channels; lists of different `kind` differ. */
export function channelList(channels: number, kind = 0): Channel[] {
  return Array.from({ length: channels }, (_, index) => ({
    obis: `1.0.${index + 1}.8.${kind}.255`,
    unit: 30,
    scale: 0,
  }));
}
