import { CONFIGURATION_BYTES, ENVIRONMENT_BYTES, INSTALL_BYTES } from '../areas/layout.js';
import type { SmallRecord } from '../areas/record.js';
import { type Fold, seed } from '../checksum.js';
import { LimfsError } from '../errors.js';
import type { Medium } from '../medium/medium.js';
import { Frame, frameBytes } from './frame.js';
import { type LogGeometry, logGeometry, type NorSuperblock, programSuperblock } from './superblock.js';

const RECORD_SEED = 0x0412;
const MARK_SEED = 0x0413;
/** Frame of a record pair on FRAM, which the sizes of the areas include. */
const PAIR_FRAME_BYTES = 4;

/**
 * The small records and their payloads' sizes. A kind's code is the first byte of its record; each has two ones, so
 * that no torn code, which has more, is another one.
 */
export const RecordKind = {
  clock: { code: 0x03, payloadBytes: 4 },
  configuration: { code: 0x05, payloadBytes: CONFIGURATION_BYTES - PAIR_FRAME_BYTES },
  install: { code: 0x06, payloadBytes: INSTALL_BYTES - PAIR_FRAME_BYTES },
  environment: { code: 0x09, payloadBytes: ENVIRONMENT_BYTES - PAIR_FRAME_BYTES },
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

const KINDS: readonly RecordKind[] = [
  RecordKind.clock,
  RecordKind.configuration,
  RecordKind.install,
  RecordKind.environment,
];
const NOWHERE = -1;

/**
 * The small records of a store on NOR flash: a log over two sectors. A record is appended whole; the newest of its kind
 * counts. When a sector is full the other one, erased ahead, takes the newest of each kind and then a superblock with
 * a higher counter, which makes it the log.
 */
export class RecordLog {
  private readonly medium: Medium;
  private readonly fold: Fold;
  private readonly seedSum: number;
  private readonly geometry: LogGeometry;
  private superblock: NorSuperblock;
  private sector: number;
  private nextSlot = 0;
  /** By kind: slots of the newest record and of the one before it, for when a torn one reads whole only now and then. */
  private readonly newest = [NOWHERE, NOWHERE, NOWHERE, NOWHERE];
  private readonly before = [NOWHERE, NOWHERE, NOWHERE, NOWHERE];
  private otherIsErased = false;
  /** The kind of the last record, if a cut may have torn it: it is to be written again before anything relies on it. */
  private doubtful: RecordKind | null = null;

  /** `mounted` false: the log is empty, in a sector that was just erased, and gets its superblock by `commit`. */
  constructor(
    medium: Medium,
    superblock: NorSuperblock,
    sector: number,
    seedSum: number,
    fold: Fold,
    mounted: boolean,
  ) {
    this.medium = medium;
    this.fold = fold;
    this.seedSum = seedSum;
    this.geometry = logGeometry(medium);
    this.superblock = superblock;
    this.sector = sector;
    if (!mounted) return;
    this.scan();
    this.otherIsErased = this.findsOtherErased();
  }

  /** Reads the newest record of a kind; false when there is none. */
  load(kind: RecordKind, into: Uint8Array): boolean {
    const index = KINDS.indexOf(kind);
    const frame = this.frameOf(kind);
    if (
      !this.loadSlot(frame, kind, this.newest[index]!) &&
      !this.loadSlot(frame, kind, this.before[index]!)
    ) {
      return false;
    }
    for (let index = 0; index < kind.payloadBytes; index += 1) into[index] = frame.bytes[1 + index]!;
    return true;
  }

  private loadSlot(frame: Frame, kind: RecordKind, slot: number): boolean {
    if (slot === NOWHERE) return false;
    return frame.load(this.slotAddress(this.sector, slot), this.seedOf(kind, this.sector, slot));
  }

  /** Appends a record; durable when it returns. Errors: `needs-idle` when the other sector is not erased yet. */
  store(kind: RecordKind, payload: Uint8Array): void {
    if (this.doubtful === kind) this.doubtful = null;
    if (this.nextSlot + this.slotsOf(kind) > this.geometry.slots) {
      this.moveTo(1 - this.sector, kind, payload);
      return;
    }
    const slot = this.nextSlot;
    this.nextSlot = this.program(this.sector, slot, kind, payload);
    this.found(KINDS.indexOf(kind), slot);
  }

  /** Writes the last record again if a cut may have torn it; true when it wrote. Errors: `needs-idle`. */
  confirm(): boolean {
    const kind = this.doubtful;
    if (kind === null) return false;
    const payload = new Uint8Array(kind.payloadBytes);
    if (this.load(kind, payload)) this.store(kind, payload);
    this.doubtful = null;
    return true;
  }

  /** format(): programs the superblock behind the first records. */
  commit(): void {
    this.superblock = { ...this.superblock, copiedSlots: this.nextSlot };
    programSuperblock(this.medium, this.sector, this.superblock);
  }

  /** Erases the other sector ahead; true when there was something to do. */
  eraseAhead(): boolean {
    if (this.otherIsErased) return false;
    const address = (1 - this.sector) * this.medium.eraseBytes;
    this.medium.erase(address, this.medium.eraseBytes);
    const mark = this.markFrame();
    mark.clear();
    mark.bytes[0] = 0;
    mark.seal(seed(this.seedSum, MARK_SEED));
    mark.program(address);
    this.otherIsErased = true;
    return true;
  }

  /** Writes the newest record of each kind, one of them new, to the other sector; its superblock commits them all. */
  private moveTo(other: number, changed: RecordKind, payload: Uint8Array): void {
    if (!this.otherIsErased) {
      throw new LimfsError(
        'needs-idle',
        'the log of small records is full; call idle() until it returns false',
      );
    }
    this.otherIsErased = false;
    const slots = [NOWHERE, NOWHERE, NOWHERE, NOWHERE];
    let next = 0;
    KINDS.forEach((kind, index) => {
      let content = payload;
      if (kind !== changed) {
        content = new Uint8Array(kind.payloadBytes);
        if (!this.load(kind, content)) return;
      }
      slots[index] = next;
      next = this.program(other, next, kind, content);
    });
    const counter = (this.superblock.counter + 1) >>> 0;
    this.superblock = { ...this.superblock, counter, copiedSlots: next };
    programSuperblock(this.medium, other, this.superblock);
    this.sector = other;
    this.doubtful = null;
    this.nextSlot = next;
    for (let index = 0; index < slots.length; index += 1) {
      this.newest[index] = slots[index]!;
      this.before[index] = NOWHERE;
    }
  }

  /** Programs a record; returns the slot behind it. */
  private program(sector: number, slot: number, kind: RecordKind, payload: Uint8Array): number {
    const frame = this.frameOf(kind);
    frame.clear();
    frame.bytes[0] = kind.code;
    for (let index = 0; index < kind.payloadBytes; index += 1) frame.bytes[1 + index] = payload[index]!;
    frame.seal(this.seedOf(kind, sector, slot));
    frame.program(this.slotAddress(sector, slot));
    return slot + this.slotsOf(kind);
  }

  private found(index: number, slot: number): void {
    this.before[index] = this.newest[index]!;
    this.newest[index] = slot;
  }

  /** Finds the newest record of each kind and the first slot that nothing can have been programmed to. */
  private scan(): void {
    const first = new Frame(this.medium, this.geometry.slotBytes, this.fold);
    let end = 0;
    let last = 0;
    for (let slot = 0; slot < this.geometry.slots; ) {
      first.read(this.slotAddress(this.sector, slot));
      const index = KINDS.findIndex(({ code }) => code === first.bytes[0]);
      const kind = KINDS[index];
      // A record that was cut off takes as many slots as a whole one: it can have been cut off in any of them.
      const slots = kind === undefined ? 1 : this.slotsOf(kind);
      if (kind !== undefined && this.loadSlot(this.frameOf(kind), kind, slot)) {
        this.found(index, slot);
        last = slot;
        this.doubtful = kind;
      }
      if (!first.isBlank()) end = slot + slots;
      slot += slots;
    }
    this.judgeLast(last, end);
    // A record that was cut off at its very beginning may look blank: leave one slot alone.
    this.nextSlot = end + 1;
  }

  /** The last record may be torn, unless something was programmed behind it; it has to read whole every time. */
  private judgeLast(slot: number, end: number): void {
    const kind = this.doubtful;
    if (kind === null) return;
    if (end > slot + this.slotsOf(kind) || slot < this.superblock.copiedSlots) {
      this.doubtful = null;
      return;
    }
    const place = this.seedOf(kind, this.sector, slot);
    if (this.frameOf(kind).findsWhole(this.slotAddress(this.sector, slot), place)) return;
    const index = KINDS.indexOf(kind);
    this.newest[index] = this.before[index]!;
    this.doubtful = null;
  }

  private findsOtherErased(): boolean {
    const { superblockOffset, superblockBytes, formattingOffset, slotOffset } = this.geometry;
    const address = (1 - this.sector) * this.medium.eraseBytes;
    if (!this.markFrame().load(address, seed(this.seedSum, MARK_SEED))) return false;
    const formatting = new Frame(this.medium, superblockOffset - formattingOffset, this.fold);
    const superblock = new Frame(this.medium, superblockBytes, this.fold);
    const slot = new Frame(this.medium, this.geometry.slotBytes, this.fold);
    return (
      formatting.findsBlank(address + formattingOffset) &&
      superblock.findsBlank(address + superblockOffset) &&
      slot.findsBlank(address + slotOffset)
    );
  }

  private markFrame(): Frame {
    return new Frame(this.medium, this.geometry.formattingOffset, this.fold);
  }

  private frameOf(kind: RecordKind): Frame {
    return new Frame(this.medium, this.slotsOf(kind) * this.geometry.slotBytes, this.fold);
  }

  private slotsOf(kind: RecordKind): number {
    return frameBytes(1 + kind.payloadBytes, this.geometry.slotBytes) / this.geometry.slotBytes;
  }

  private slotAddress(sector: number, slot: number): number {
    return sector * this.medium.eraseBytes + this.geometry.slotOffset + slot * this.geometry.slotBytes;
  }

  private seedOf(kind: RecordKind, sector: number, slot: number): number {
    // The counter keeps out what an earlier turn of the same sector left behind.
    const counter = sector === this.sector ? this.superblock.counter : (this.superblock.counter + 1) >>> 0;
    return seed(seed(seed(this.seedSum, RECORD_SEED | (kind.code << 16)), counter), slot);
  }
}

/** One kind of small record as what `Configuration` keeps its payload in. */
export class LogRecord implements SmallRecord {
  readonly payloadOffset = 0;
  readonly buffer: Uint8Array;
  private readonly log: RecordLog;
  private readonly kind: RecordKind;

  constructor(log: RecordLog, kind: RecordKind) {
    this.log = log;
    this.kind = kind;
    this.buffer = new Uint8Array(kind.payloadBytes);
  }

  get payloadBytes(): number {
    return this.kind.payloadBytes;
  }

  load(): boolean {
    return this.log.load(this.kind, this.buffer);
  }

  store(payload: Uint8Array): void {
    this.log.store(this.kind, payload);
  }

  /** format() has just erased the log: there is nothing to clear. */
  clear(): void {
    this.buffer.fill(0);
  }
}

/** Slots that one record of each kind takes: what a move to the other sector writes at most. */
export function slotsOfAll(medium: Medium): number {
  const { slotBytes } = logGeometry(medium);
  return KINDS.reduce(
    (sum, { payloadBytes }) => sum + frameBytes(1 + payloadBytes, slotBytes) / slotBytes,
    0,
  );
}
