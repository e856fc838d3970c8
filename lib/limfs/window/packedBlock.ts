import { getUint32, putUint32 } from '../areas/bytes.js';
import { LimfsError } from '../errors.js';
import { BufferMedium } from '../medium/bufferMedium.js';
import { PageReader } from '../meter/pageReader.js';
import { PageState } from '../meter/pageState.js';
import { PageWriter, SEAL_BYTES } from '../meter/pageWriter.js';
import { createPlainAppender, type PlainAppender } from '../meter/plainAppender.js';
import { type Batch, createReading } from '../meter/reading.js';
import { type Natives, noNatives } from '../natives.js';
import { createEntry } from '../ring/pageRing.js';

/** Instead of a sequence: the block has no room for this reading. */
const REFUSED = -1;
/** First sequence and time of the first reading, in front of the stream. */
const HEAD_BYTES = 8;
/** What the cell of a local manager has room for: the paper's largest block (Table 1), and a head. */
export const CELL_BLOCK_BYTES = HEAD_BYTES + 100;
/** No block is larger: a packet's payload is 128 bytes, a local manager's block 100. */
export const MAXIMUM_BLOCK_BYTES = 256;

const SPACE_BYTES = MAXIMUM_BLOCK_BYTES + SEAL_BYTES;

/**
 * Packs consecutive readings into a block that stands alone: the same stream as a page's, without its foot. An ADSS
 * window in `packed` coding is such a block, and so is what a meter answers to a backfill.
 */
export class BlockPacker {
  private readonly space = new BufferMedium(new Uint8Array(SPACE_BYTES));
  private readonly state = new PageState();
  private readonly writer = new PageWriter(this.space, SPACE_BYTES, this.state);
  private readonly row = createReading();
  private readonly plain: PlainAppender = createPlainAppender(this.space, this.writer, createEntry(), 1, {
    append: (timeSeconds, values, status) => this.append(timeSeconds, values, status, true),
    newest: () => false,
  });
  /** Readings in the last block. */
  packed = 0;

  /**
   * Packs readings of `batch` from row `first` on into `into[offset...]`, as many as fit into `room` bytes and belong to
   * one run; returns the block's length and leaves their number in `packed`. 0 bytes: not even one fits.
   */
  pack(
    batch: Batch,
    first: number,
    intervalSeconds: number,
    into: Uint8Array,
    offset: number,
    room: number,
  ): number {
    const { state, writer, plain } = this;
    this.packed = 0;
    const streamBytes = Math.min(room, MAXIMUM_BLOCK_BYTES) - HEAD_BYTES;
    if (streamBytes < 1 || first >= batch.count) return 0;
    plain.release();
    if (state.channels !== batch.channels) state.forget();
    state.channels = batch.channels;
    state.intervalSeconds = intervalSeconds;
    state.status = 0;
    state.timeMode = false;
    this.take(batch, first);
    const { row } = this;
    writer.limit(SPACE_BYTES - SEAL_BYTES);
    writer.open(SPACE_BYTES, 0, row.timeSeconds, row.values, row.status, row.valid);
    if (plain.streamBits() >> 3 >= streamBytes) return 0;
    writer.limit(streamBytes);
    plain.count();
    this.packed = 1;
    while (first + this.packed < batch.count && this.packRow(batch, first + this.packed)) this.packed += 1;
    const length = (plain.streamBits() >> 3) + 1;
    putUint32(into, offset, batch.firstSequence + first);
    putUint32(into, offset + 4, batch.times[first]!);
    this.space.read(SPACE_BYTES - length, into, offset + HEAD_BYTES, length);
    return HEAD_BYTES + length;
  }

  /** False when it does not fit. */
  private packRow(batch: Batch, index: number): boolean {
    this.take(batch, index);
    const { timeSeconds, values, status, valid } = this.row;
    if (valid) return this.plain.append(timeSeconds, values, status) !== REFUSED;
    return this.append(timeSeconds, values, status, false) !== REFUSED;
  }

  /** The long way, for readings that are not plain. */
  private append(timeSeconds: number, values: ArrayLike<number>, status: number, valid: boolean): number {
    const { plain, writer } = this;
    plain.release();
    return writer.append(timeSeconds, values, status, valid) ? plain.count() : REFUSED;
  }

  private take(batch: Batch, index: number): void {
    const row = this.row;
    row.timeSeconds = batch.times[index]!;
    row.status = batch.statuses[index]!;
    row.valid = batch.valids[index] === 1;
    for (let channel = 0; channel < batch.channels; channel += 1) {
      row.values[channel] = batch.values[index * batch.channels + channel]!;
    }
  }
}

/** Unpacks blocks that a `BlockPacker` made. */
export class BlockUnpacker {
  private readonly space = new BufferMedium(new Uint8Array(SPACE_BYTES));
  private readonly reader: PageReader;
  /** Readings in the last block that was scanned, and the bits of all their statuses; a hole has null data. */
  count = 0;
  statuses = 0;

  constructor(natives: Natives = noNatives) {
    this.reader = new PageReader(this.space, SPACE_BYTES, natives.fold, natives.unpackPlain);
  }

  /** Unpacks a block into `batch`. Errors: `packet`, when it makes no sense or holds more than the batch takes. */
  unpack(bytes: Uint8Array, offset: number, length: number, batch: Batch): void {
    const { reader } = this;
    this.open(bytes, offset, length);
    batch.firstSequence = getUint32(bytes, offset);
    batch.count = 0;
    batch.channels = reader.state.channels;
    reader.advance(undefined, undefined, batch);
    this.close(length, batch.count);
  }

  /** Only counts a block's readings and collects their statuses. Errors: `packet`, when it holds more than `most`. */
  scan(bytes: Uint8Array, offset: number, length: number, most: number): void {
    const { reader } = this;
    this.open(bytes, offset, length);
    reader.advance(most);
    this.statuses = reader.statuses;
    this.count = reader.state.count;
    this.close(length, this.count);
  }

  private open(bytes: Uint8Array, offset: number, length: number): void {
    const { space, reader } = this;
    const streamBytes = length - HEAD_BYTES;
    if (streamBytes < 1 || length > MAXIMUM_BLOCK_BYTES)
      throw new LimfsError('packet', `a block of ${length} bytes`);
    space.bytes.fill(0);
    space.write(SPACE_BYTES - streamBytes, bytes, offset + HEAD_BYTES, streamBytes);
    reader.load(0);
    reader.start(getUint32(bytes, offset + 4));
  }

  private close(length: number, count: number): void {
    const { reader } = this;
    const streamBytes = length - HEAD_BYTES;
    const complete = reader.reachedEnd() && !reader.damaged && reader.streamBits >> 3 === streamBytes - 1;
    if (!complete || count === 0) throw new LimfsError('packet', 'a block that does not unpack to its end');
  }
}
