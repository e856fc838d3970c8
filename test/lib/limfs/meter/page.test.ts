import { assert } from 'chai';
import { foldDown } from '../../../../lib/limfs/checksum.js';
import { createBatch, type MeterStore, mountMeterStore } from '../../../../lib/limfs/index.js';
import { PageReader } from '../../../../lib/limfs/meter/pageReader.js';
import { PageState } from '../../../../lib/limfs/meter/pageState.js';
import { minimumPageBytes, PageWriter } from '../../../../lib/limfs/meter/pageWriter.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom, type Random } from '../../../../simulator/random/random.js';
import { formattedMedium, registerAt, START_SECONDS } from './stores.js';

const SEED_SUM = 4711;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** What packing and unpacking must agree on after every reading: all of the state that the next one is coded by. */
function essenceOf(state: PageState): unknown {
  const { values, differences, averages, ks, means, tail, ...rest } = state;
  const columns = [values, differences, averages, ks, means].map((column) => column.slice(0, state.channels));
  return { ...rest, tail: tail | 0, columns };
}

interface Sample {
  readonly kind: string;
  readonly late: number;
  readonly status: number;
  readonly values: number[] | null;
}

const kinds = [
  'plain',
  'raw',
  'absolute',
  'hole',
  'late',
  'early',
  'gap',
  'status',
  'run of a status',
  'jitter',
] as const;

/** The next reading of some kind; values move by about 2^`scale`. */
function sampleOf(
  random: Random,
  kind: (typeof kinds)[number],
  before: readonly number[],
  scale: number,
): Sample {
  const step = () => random.below(2 ** scale + 1) - (random.below(3) === 0 ? 2 ** scale : 0);
  let values: number[] | null = before.map((value) => clamp(value + step()));
  let late = 0;
  let status = 0;
  if (kind === 'raw')
    values = before.map((value) => clamp(value + (random.below(2) === 0 ? 1 : -1) * 0x0fff_fff0));
  if (kind === 'absolute')
    values = before.map(() => clamp((random.below(0x20_0000) - 0x10_0000) * 0x1_0000_0000));
  if (kind === 'hole') values = null;
  if (kind === 'late') late = 1 + random.below(5000);
  if (kind === 'early') late = -random.below(3000);
  if (kind === 'gap') late = 3600 * (1 + random.below(50));
  if (kind === 'jitter') late = random.below(5) - 2;
  if (kind === 'status' || kind === 'hole') status = random.below(256);
  if (kind === 'run of a status') status = 3;
  return { kind, late, status, values };
}

function clamp(value: number): number {
  return Math.max(-LARGEST, Math.min(LARGEST, value));
}

/** One page on a medium of its own, packed reading by reading and unpacked from the medium after each. */
class Bench {
  readonly medium: RamMedium;
  readonly writer: PageWriter;
  readonly reader: PageReader;
  readonly batch = createBatch(4000);
  readonly pageBytes: number;
  samples: Sample[] = [];
  times: number[] = [];

  constructor(pageBytes: number, state: PageState, leftovers: Random) {
    this.pageBytes = pageBytes;
    this.medium = new RamMedium(pageBytes);
    for (let at = 0; at < pageBytes; at += 1) this.medium.image[at] = leftovers.below(256);
    this.writer = new PageWriter(this.medium, pageBytes, state);
    this.reader = new PageReader(this.medium, pageBytes, foldDown);
  }

  open(sample: Sample, time: number): void {
    const values = sample.values ?? this.writer.state.values;
    this.writer.open(this.pageBytes, SEED_SUM, time, values, sample.status, sample.values !== null);
    this.samples = [sample];
    this.times = [time];
  }

  /** False when the page is full. */
  append(sample: Sample): boolean {
    const { state } = this.writer;
    const time = Math.max(state.timeSeconds, state.timeSeconds + state.intervalSeconds + sample.late);
    const values = sample.values ?? state.values;
    if (!this.writer.append(time, values, sample.status, sample.values !== null)) return false;
    this.samples.push(sample);
    this.times.push(time);
    return true;
  }

  /** Unpacks the page from the medium: every field of every reading, and then the state. */
  check(id: string): void {
    const { reader, batch } = this;
    batch.count = 0;
    reader.load(0);
    reader.start(this.times[0]!);
    reader.advance(undefined, undefined, batch);
    assert.isFalse(reader.damaged, id);
    assert.equal(batch.count, this.samples.length, id);
    const { channels } = reader.state;
    const row = batch.count - 1;
    const { values, status } = this.samples[row]!;
    assert.equal(batch.times[row], this.times[row], id);
    assert.equal(batch.statuses[row], status, id);
    assert.equal(batch.valids[row], values === null ? 0 : 1, id);
    if (values !== null)
      assert.deepEqual(batch.values.slice(row * channels, (row + 1) * channels), values, id);
    reader.finish(SEED_SUM);
    assert.deepEqual(essenceOf(reader.state), essenceOf(this.writer.state), id);
  }

  checkSealed(id: string): void {
    this.writer.seal();
    this.reader.load(0);
    assert.isTrue(this.reader.verify(SEED_SUM), id);
    assert.isFalse(this.reader.verify(SEED_SUM + 1), id);
  }
}

describe('A page', () => {
  const seen = new Set<string>();
  const parameters = new Set<number>();

  for (let channels = 1; channels <= 8; channels += 1) {
    it(`of ${channels} channels gives back every reading, and the state to go on with`, () => {
      const random = createRandom(channels, 'page');
      for (let page = 0; page < 60; page += 1) {
        const state = new PageState();
        state.channels = channels;
        state.revision = random.below(16);
        state.intervalSeconds = [3600, 1, 900, 4000, 131_071][random.below(5)]!;
        const scale = page % 26;
        for (let channel = 0; channel < channels; channel += 1) state.ks[channel] = random.below(21);
        const bytes = Math.max(minimumPageBytes(channels), 60 + 60 * channels + 2 * random.below(40));
        const bench = new Bench(bytes, state, random);
        let values = Array.from({ length: channels }, () => random.below(1_000_000));
        const id = (count: number) => `channels ${channels}, page ${page}, reading ${count}`;
        bench.open(sampleOf(random, kinds[random.below(kinds.length)]!, values, scale), START_SECONDS);
        bench.check(id(0));
        for (let count = 1; ; count += 1) {
          const kind = random.below(3) === 0 ? kinds[random.below(kinds.length)]! : 'plain';
          const sample = sampleOf(random, kind, values, scale);
          const offset = state.pending & 7;
          if (!bench.append(sample)) break;
          seen.add(`${kind} at ${offset}`);
          seen.add(`END at ${state.pending & 7}`);
          for (let channel = 0; channel < channels; channel += 1) parameters.add(state.ks[channel]!);
          values = sample.values ?? values;
          bench.check(id(count));
        }
        bench.checkSealed(id(-1));
      }
    });
  }

  it('was seen with every kind of reading and END at every bit offset, and with every Rice parameter', () => {
    for (const kind of [...kinds, 'END'])
      for (let offset = 0; offset < 8; offset += 1)
        assert.isTrue(seen.has(`${kind} at ${offset}`), `${kind} at ${offset}`);
    assert.equal(parameters.size, 21);
  });

  it('of the smallest size takes the longest head with any first reading', () => {
    for (let channels = 1; channels <= 8; channels += 1) {
      for (const valid of [true, false]) {
        const state = new PageState();
        state.channels = channels;
        state.intervalSeconds = 131_071;
        state.status = 9;
        state.timeMode = true;
        state.ks.fill(20);
        state.values.fill(-LARGEST);
        const bench = new Bench(minimumPageBytes(channels), state, createRandom(channels, 'least'));
        const values = valid ? new Array<number>(channels).fill(-LARGEST) : null;
        bench.open({ kind: 'first', late: 0, status: 255, values }, 0xffff_ffff);
        bench.check(`${channels} channels`);
        bench.checkSealed(`${channels} channels`);
      }
    }
  });
});

interface Insides {
  readonly open: { readonly writer: { readonly state: PageState } };
  readonly appender: { release(): void };
}

/** The encoder's state of a store, with what the short way of appending keeps to itself. */
function stateOf(store: MeterStore): unknown {
  const { open, appender } = store as unknown as Insides;
  appender.release();
  return essenceOf(open.writer.state);
}

describe('A mounted store', () => {
  it('knows of its open page all that the store knew that wrote it', () => {
    const medium = formattedMedium({ pageBytes: 96 });
    const living = mountMeterStore(medium);
    const random = createRandom(1, 'mounted state');
    let time = START_SECONDS;
    for (let index = 0; index < 1500; index += 1) {
      const odd = random.below(12);
      time += 3600 + (odd === 0 ? random.below(100) : 0);
      if (odd === 1) living.appendHole(time, 4);
      else living.append(time, [registerAt(index) + random.below(300)], odd === 2 ? 17 : 0);
      if (index % 7 !== 0) continue;
      assert.deepEqual(stateOf(mountMeterStore(medium)), stateOf(living), `reading ${index}`);
    }
  });
});
