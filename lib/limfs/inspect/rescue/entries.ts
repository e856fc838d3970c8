import { ENTRY_BYTES } from '../../areas/layout.js';
import { MODULUS } from '../../checksum.js';
import { isLap } from '../../ring/lap.js';
import { modulo, seedBefore, sumsOf, unseed } from './algebra.js';

/** PVT entries that lie as they were written: each in its slot of a table that begins somewhere. */
export interface TableGuess {
  /** Address of the entry with index 0; other entries lie 12 bytes apart. */
  readonly firstAddress: number;
  /**
   * What all entries agree about: the store's seed, shifted, plus 0x300 plus the slot of the entry with index 0. Alone
   * neither the store nor the slot can be told from it.
   */
  readonly origin: number;
  readonly entries: readonly FoundEntry[];
}

export interface FoundEntry {
  readonly index: number;
  readonly lap: number;
  readonly timeSeconds: number;
  readonly sequence: number;
  readonly run: number;
}

/** Entries so far apart still vouch for each other. */
const NEIGHBOURS = 16;
/** Readings that a page may hold, with what damaged pages between may have held. */
const SEQUENCES_OF_PAGE = 20_000;
const MOST_GUESSES = 4;

/**
 * Looks for a table of PVT entries at any even address. An entry proves nothing alone, for any bytes check with some seed; two that
 * are near each other, ask for the same seed, have one lap and rising sequences are entries of one store.
 */
export function findTables(bytes: Uint8Array): TableGuess[] {
  const guesses: TableGuess[] = [];
  for (let phase = 0; phase < ENTRY_BYTES; phase += 2) {
    const candidates = candidatesOf(bytes, phase);
    for (const origin of originsOf(candidates)) {
      const entries = candidates.filter((candidate) => candidate.origins.includes(origin));
      guesses.push({ firstAddress: phase, origin, entries });
    }
  }
  return guesses.sort((a, b) => b.entries.length - a.entries.length).slice(0, MOST_GUESSES);
}

interface Candidate extends FoundEntry {
  readonly origins: readonly number[];
}

function candidatesOf(bytes: Uint8Array, phase: number): Candidate[] {
  const words = new Uint16Array(ENTRY_BYTES >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const candidates: Candidate[] = [];
  for (let address = phase; address + ENTRY_BYTES <= bytes.length; address += ENTRY_BYTES) {
    const lap = bytes[address + ENTRY_BYTES - 1]!;
    if (!isLap(lap)) continue;
    const index = (address - phase) / ENTRY_BYTES;
    for (let word = 0; word < words.length; word += 1) words[word] = view.getUint16(address + 2 * word, true);
    candidates.push({
      index,
      lap,
      timeSeconds: view.getUint32(address + 2, true),
      sequence: view.getUint32(address + 6, true),
      run: bytes[address + 10]!,
      origins: sumsOf(words[0]!).map((sum) => originOf(seedBefore(sum, words, words.length, 1), index)),
    });
  }
  return candidates;
}

function originOf(entrySeed: number, index: number): number {
  return (entrySeed - (index % MODULUS) + MODULUS) % MODULUS;
}

/** The origins that neighbours agree about. */
function originsOf(candidates: readonly Candidate[]): Set<number> {
  const origins = new Set<number>();
  for (let first = 0; first < candidates.length; first += 1) {
    const one = candidates[first]!;
    for (let second = first + 1; second < candidates.length; second += 1) {
      const other = candidates[second]!;
      const distance = other.index - one.index;
      if (distance > NEIGHBOURS) break;
      const advance = (other.sequence - one.sequence) | 0;
      if (other.lap !== one.lap || advance <= 0 || advance > distance * SEQUENCES_OF_PAGE) continue;
      for (const origin of one.origins) if (other.origins.includes(origin)) origins.add(origin);
    }
  }
  return origins;
}

/** The seed of the store, once the slot of the entry with index 0 is known; it may lie before the table. */
export function storeSeedOf(origin: number, firstSlot: number): number {
  // An entry's seed is that of the store with the word (0x0100, slot) folded in.
  return unseed(modulo(origin - firstSlot), 0x0100);
}
