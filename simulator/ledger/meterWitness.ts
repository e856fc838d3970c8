import { bytes, type Column, doubles, words } from './columns.js';
import { TrueLines } from './trueLines.js';

/** A time of one meter with one clock, one interval, and power or none. All times are seconds of its clock. */
export interface Span {
  readonly hasPower: boolean;
  readonly fromSeconds: number;
  toSeconds: number;
  readonly intervalSeconds: number;
  /** The clock had the time in it and went on. Without that what was missed is told when the clock is set. */
  clockKept: boolean;
  /** The first take in it. */
  readonly firstTake: number;
  /** The line that the meter was on in it. */
  readonly line: number;
}

/** The chip got an older image: from a sequence on its readings are others. */
export interface SetBack {
  /** The first take with this image, and the span without power in which the chip got it. */
  readonly firstTake: number;
  readonly span: number;
  /** The first sequence that is given again, and the line of the one before it. */
  readonly parting: number;
  readonly line: number;
  /** The sequence that would have been next without the image. */
  readonly endBefore: number;
}

/** Of a take that was not appended. */
export const noSequence = 0xffff_ffff;

/** What a take is; bits. */
export const Take = Object.freeze({
  /** The register gave a value. */
  valid: 1,
  /** Append returned. */
  durable: 2,
  /** Somebody asked for it; the others are due. */
  onDemand: 4,
} as const);

/**
 * What the world saw of one meter's readings: when it had power and what its clock showed, what its register said,
 * which appends returned. Nothing here comes out of the code under test but the sequences and the names of the lines.
 */
export class MeterWitness {
  readonly spans: Span[] = [];
  /** The times when the chip was set back. */
  readonly setBacks: SetBack[] = [];
  readonly lines = new TrueLines();
  /** By take: seconds of the meter's clock, of the world; values, expected status, line, sequence, bits of `Take`. */
  readonly times = words();
  readonly worldTimes = words();
  /** A column a channel. */
  readonly values: readonly Column<Float64Array>[];
  readonly statuses = bytes();
  readonly sequences = words();
  readonly #lineOf = words();
  readonly flags = bytes();
  /** The first sequence behind the run; readings from there on were taken while the network drained. */
  endSequence = 0;
  #closed = false;

  constructor(channels = 1) {
    this.values = Array.from({ length: channels }, doubles);
  }

  get takes(): number {
    return this.times.length;
  }

  /** From now on it is so. */
  begin(hasPower: boolean, seconds: number, intervalSeconds: number, clockKept = true): void {
    if (this.#closed) return;
    this.spans.push({
      hasPower,
      fromSeconds: seconds,
      toSeconds: seconds,
      intervalSeconds,
      clockKept,
      firstTake: this.takes,
      line: this.lines.newest,
    });
  }

  /** What was so ends. */
  end(seconds: number): void {
    const span = this.spans.at(-1);
    if (span !== undefined && !this.#closed) span.toSeconds = seconds;
  }

  /** Without power the clock stood, and would have shown this now. */
  clockStood(seconds: number): void {
    this.end(seconds);
    const span = this.spans.at(-1);
    if (span !== undefined && !this.#closed) span.clockKept = false;
  }

  /** Without power the chip got an image of a line, with this next sequence; it was `endBefore` until then. */
  setBack(parting: number, endBefore: number, line: number): void {
    if (this.#closed) return;
    this.lines.setBack(line, parting);
    const image = { parting, line: this.lines.newest };
    this.setBacks.push({ firstTake: this.takes, span: this.spans.length - 1, ...image, endBefore });
  }

  /** What the register said: a value of each channel. */
  valuesOf(take: number): number[] {
    return this.values.map((column) => column.get(take));
  }

  /** The line that the meter was on at a take. */
  lineOf(take: number): number {
    return this.#lineOf.get(take);
  }

  /** Whether a take is known to be stored. */
  isStored(take: number): boolean {
    return (this.flags.get(take) & (Take.valid | Take.durable)) === (Take.valid | Take.durable);
  }

  /** Whether what a take stored is there when the meter is on `line`. */
  isOnLine(take: number, line: number): boolean {
    return this.lines.ownerOf(line, this.sequences.get(take)) === this.lineOf(take);
  }

  /** Whether no image took away what a take stored. */
  isKept(take: number): boolean {
    return this.isOnLine(take, this.lines.newest);
  }

  /** Whether an image has the reading that a meter had under a sequence while it was on `line`. */
  isOnImage({ parting, line: imageLine }: SetBack, line: number, sequence: number): boolean {
    return sequence < parting && this.lines.ownerOf(imageLine, sequence) === line;
  }

  /** Whether a reading was due at a time by the interval that the image brought. */
  isDueBehind(setBack: SetBack, timeSeconds: number): boolean {
    const awake = this.spans.find(({ hasPower }, index) => hasPower && index > setBack.span);
    return awake === undefined || timeSeconds % awake.intervalSeconds === 0;
  }

  /** The run is over, or the meter is dismounted; `nextSequence` is what the store says. */
  close(seconds: number, nextSequence: number): void {
    if (this.#closed) return;
    this.end(seconds);
    this.endSequence = nextSequence;
    this.#closed = true;
  }

  /** The tap at the register input; undefined: it could not be read. */
  taken(
    seconds: number,
    worldSeconds: number,
    values: readonly number[] | undefined,
    status: number,
    onDemand: boolean,
  ): void {
    if (this.#closed) return;
    this.times.push(seconds);
    this.worldTimes.push(worldSeconds);
    this.values.forEach((column, channel) => {
      column.push(values?.[channel] ?? Number.NaN);
    });
    this.statuses.push(status);
    this.#lineOf.push(this.lines.newest);
    this.sequences.push(noSequence);
    this.flags.push((values === undefined ? 0 : Take.valid) | (onDemand ? Take.onDemand : 0));
  }

  /** The tap at append: what was taken last will get this sequence. */
  appending(sequence: number): void {
    if (!this.#closed && this.takes > 0) this.sequences.set(this.takes - 1, sequence);
  }

  /** The tap at append's return. */
  appended(sequence: number): void {
    if (this.#closed || this.takes === 0) return;
    this.sequences.set(this.takes - 1, sequence);
    this.flags.set(this.takes - 1, this.flags.get(this.takes - 1) | Take.durable);
  }
}
