import { assert } from 'chai';
import { LimfsError } from '../../../../lib/limfs/errors.js';
import type { Medium } from '../../../../lib/limfs/medium/medium.js';
import { PowerCut } from '../../../../simulator/chips/powerCut.js';
import { createRandom } from '../../../../simulator/random/random.js';

/** A medium under test, and what can be done to the thing behind it. */
export interface MediumUnderTest {
  readonly medium: Medium;
  /** Addresses where the medium joins two banks, pages, sectors or transfers: tried with special care. */
  readonly edges: readonly number[];
}

/** A medium that stands for a chip which can lose its power. */
export interface CuttableMedium extends MediumUnderTest {
  /** Loses the power after `count` more steps: bytes on the bus, or bytes programmed. */
  powerCutAfter(count: number): void;
  powerOn(): void;
}

/** A medium whose transfers can be made to fail. */
export interface FaultyMedium extends MediumUnderTest {
  /** The next transfer fails, and so does the try after it if `times` is 2. */
  failTransfers(times: 1 | 2): void;
}

const writeBytesMax = 300;

/** The contract of `Medium` as a suite that every implementation runs; `open` gives a new, blank medium. */
export function describeMediumContract(name: string, open: () => MediumUnderTest): void {
  describe(`${name} keeps the medium contract`, () => {
    describeReadingAndWriting(open);
    describeRefusals(open);
    describeErasing(open);
  });
}

function describeReadingAndWriting(open: () => MediumUnderTest): void {
  it('states a size, an erase unit and a write unit that fit together', () => {
    const { medium } = open();
    assert.isAbove(medium.sizeBytes, 0);
    assert.equal(medium.sizeBytes % medium.eraseBytes, 0);
    assert.equal(medium.eraseBytes % medium.writeBytes, 0);
  });

  it('reads back what was written, at both ends and across every edge', () => {
    const { medium, edges } = open();
    const unit = medium.writeBytes;
    const length = 4 * unit;
    for (const address of [0, medium.sizeBytes - length, ...edges.map((edge) => edge - 2 * unit)]) {
      const written = pattern(length, address);
      medium.write(address, written, 0, length);
      assertBytes(readAll(medium, address, length), written, `at ${address}`);
    }
  });

  it('uses only the given part of the buffer of the caller', () => {
    const { medium } = open();
    const unit = medium.writeBytes;
    const from = pattern(3 * unit, 1);
    medium.write(unit, from, unit, unit);
    assertBytes(readAll(medium, unit, unit), from.slice(unit, 2 * unit), 'written');
    const before = readAll(medium, 0, unit);
    assertBytes(before, new Uint8Array(unit).fill(before[0]!), 'the bytes before stay blank');

    const into = new Uint8Array(unit + 9).fill(0xa5);
    medium.read(unit, into, 5, unit);
    assertBytes(into.slice(5, 5 + unit), from.slice(unit, 2 * unit), 'read');
    assert.isTrue(into.slice(0, 5).every((byte) => byte === 0xa5));
    assert.isTrue(into.slice(5 + unit).every((byte) => byte === 0xa5));
  });

  it('keeps up with a plain array over hundreds of random writes and reads', () => {
    const { medium } = open();
    const model = readAll(medium, 0, medium.sizeBytes);
    const random = createRandom(1, 'medium contract');
    const buffer = new Uint8Array(writeBytesMax);
    for (let step = 0; step < 300; step++) {
      const unit = medium.writeBytes;
      const length = unit * random.below(Math.floor(writeBytesMax / unit) + 1);
      const address = unit * random.below((medium.sizeBytes - length) / unit + 1);
      for (let index = 0; index < length; index++) {
        // On flash only bits that are set can be written, so the new byte is a part of the old one.
        const limit = medium.eraseBytes === 1 ? 0xff : model[address + index]!;
        buffer[index] = random.below(0x100) & limit;
      }
      medium.write(address, buffer, 0, length);
      model.set(buffer.subarray(0, length), address);
      medium.read(address, buffer, 0, length);
      assert.deepEqual(
        buffer.slice(0, length),
        model.slice(address, address + length),
        `step ${step} of seed 1`,
      );
    }
    assertBytes(readAll(medium, 0, medium.sizeBytes), model, 'all bytes after seed 1');
  });

  it('takes transfers of no bytes, at the end of the medium too', () => {
    const { medium } = open();
    const empty = new Uint8Array(0);
    medium.write(medium.sizeBytes, empty, 0, 0);
    medium.read(medium.sizeBytes, empty, 0, 0);
  });
}

function describeRefusals(open: () => MediumUnderTest): void {
  it('refuses ranges outside of the medium with medium-range and leaves it alone', () => {
    const { medium } = open();
    const unit = medium.writeBytes;
    const before = readAll(medium, 0, medium.sizeBytes);
    const buffer = new Uint8Array(2 * unit);
    const { sizeBytes } = medium;
    for (const address of [-unit, sizeBytes - unit, sizeBytes, 2 ** 32, Number.NaN]) {
      assertCode('medium-range', () => medium.read(address, buffer, 0, 2 * unit));
      assertCode('medium-range', () => medium.write(address, buffer, 0, 2 * unit));
      assertCode('medium-range', () => medium.erase(address, 2 * medium.eraseBytes));
    }
    assertBytes(readAll(medium, 0, sizeBytes), before, 'all bytes');
  });

  it('asserts that a transfer lies inside the buffer of the caller', () => {
    const { medium } = open();
    const unit = medium.writeBytes;
    const buffer = new Uint8Array(2 * unit);
    for (const offset of [unit + 1, 2 * unit]) {
      assert.throws(() => medium.read(0, buffer, offset, unit), /inside its buffer/);
      assert.throws(() => medium.write(0, buffer, offset, unit), /inside its buffer/);
    }
  });
}

function describeErasing(open: () => MediumUnderTest): void {
  it('erases whole sectors to 0xff, or has nothing to erase', () => {
    const { medium } = open();
    const unit = medium.writeBytes;
    const sector = medium.eraseBytes;
    if (sector === 1) {
      medium.write(0, pattern(4, 7), 0, 4);
      medium.erase(0, 4);
      assertBytes(readAll(medium, 0, 4), pattern(4, 7), 'nothing to erase');
      return;
    }
    const mark = pattern(unit, 7);
    for (const address of [0, sector, 2 * sector - unit, 2 * sector]) medium.write(address, mark, 0, unit);
    medium.erase(sector, sector);
    assert.isTrue(readAll(medium, sector, sector).every((byte) => byte === 0xff));
    assertBytes(readAll(medium, 0, unit), mark, 'the sector before');
    assertBytes(readAll(medium, 2 * sector, unit), mark, 'the sector after');
    medium.write(sector, mark, 0, unit);
    assertBytes(readAll(medium, sector, unit), mark, 'written after the erase');
  });

  it('refuses what is off a sector border or off a write unit with medium-rule', () => {
    const { medium } = open();
    const buffer = new Uint8Array(2 * medium.writeBytes);
    if (medium.eraseBytes > 1) {
      assertCode('medium-rule', () => medium.erase(1, medium.eraseBytes));
      assertCode('medium-rule', () => medium.erase(0, medium.eraseBytes - 1));
    }
    if (medium.writeBytes > 1) {
      assertCode('medium-rule', () => medium.write(1, buffer, 0, medium.writeBytes));
      assertCode('medium-rule', () => medium.write(0, buffer, 0, medium.writeBytes - 1));
    }
  });
}

/** The part of the contract about power cuts. */
export function describePowerCutContract(name: string, open: () => CuttableMedium): void {
  it(`${name} keeps an ascending prefix when the power fails at any step of a write, at every edge`, () => {
    const { medium, edges } = open();
    const unit = medium.writeBytes;
    const length = 6 * unit;
    for (const address of [unit, ...edges.map((edge) => edge - 3 * unit)]) {
      const prefixes = prefixesLeftByCuts(open, address, length);
      assert.equal(prefixes[0], 0, 'a cut before the first byte');
      const expected = Array.from({ length: 7 }, (_, units) => units * unit);
      assert.deepEqual([...new Set(prefixes)], expected, `at ${address} every prefix shows up, in order`);
    }
  });
}

/** Writes at `address` with a cut after 0, 1, 2 ... steps until no cut happens: the bytes stored each time. */
function prefixesLeftByCuts(open: () => CuttableMedium, address: number, length: number): number[] {
  const prefixes: number[] = [];
  const written = pattern(length, address);
  for (let steps = 0; prefixes.at(-1) !== length; steps++) {
    assert.isBelow(steps, 1000, 'the write ends');
    const { medium, powerCutAfter, powerOn } = open();
    const before = readAll(medium, address, length);
    powerCutAfter(steps);
    try {
      medium.write(address, written, 0, length);
    } catch (error) {
      assert.instanceOf(error, PowerCut);
      assert.throws(() => medium.read(0, new Uint8Array(1), 0, 1), PowerCut);
    }
    powerOn();
    const after = readAll(medium, address, length);
    let prefix = 0;
    while (prefix < length && after[prefix] === written[prefix]) prefix++;
    assertBytes(after.slice(prefix), before.slice(prefix), `cut after ${steps} steps at ${address}`);
    prefixes.push(prefix);
  }
  return prefixes;
}

/** The part of the contract about transfers that fail. */
export function describeTransferFaultContract(name: string, open: () => FaultyMedium): void {
  it(`${name} reports a failed write with medium-failed at once, a failed read after a second try`, () => {
    const { medium, failTransfers } = open();
    const unit = medium.writeBytes;
    const written = pattern(unit, 3);
    failTransfers(1);
    assertCode('medium-failed', () => medium.write(0, written, 0, unit));
    medium.write(0, written, 0, unit);
    failTransfers(1);
    assertBytes(readAll(medium, 0, unit), written, 'read at the second try');
    failTransfers(2);
    assertCode('medium-failed', () => readAll(medium, 0, unit));
    assertBytes(readAll(medium, 0, unit), written, 'read after the fault');
  });
}

/** Bytes that differ from their neighbours and from a blank medium of 0x00 or 0xff. */
export function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => 1 + ((index * 37 + seed * 11) % 253));
}

export function readAll(medium: Medium, address: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  medium.read(address, bytes, 0, length);
  return bytes;
}

/** Compares byte by byte: a deep comparison of a whole medium takes minutes on XS. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (let index = 0; index < actual.length; index++) {
    if (actual[index] !== expected[index]) {
      assert.fail(`${what}: byte ${index} is ${actual[index]}, not ${expected[index]}`);
    }
  }
}

export function assertCode(code: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    assert.instanceOf(error, LimfsError, String(error));
    assert.equal((error as LimfsError).code, code);
    return;
  }
  assert.fail(`nothing was thrown where ${code} was due`);
}
