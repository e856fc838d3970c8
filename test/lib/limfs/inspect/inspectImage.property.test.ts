import { assert } from 'chai';
import fc from 'fast-check';
import { BufferMedium, LimfsError } from '../../../../lib/limfs/index.js';
import { collectReadings } from '../../../../lib/limfs/inspect/collect.js';
import { inspectImage, readImage } from '../../../../lib/limfs/inspect/inspectImage.js';
import type { ImageReport, ManagerReport, MeterReport } from '../../../../lib/limfs/inspect/report.js';
import { formatTranslation, mountTranslation } from '../../../../lib/limfs/nor/translation/index.js';
import { NorRig } from '../nor/norRig.js';
import {
  concentratorImage,
  managerImage,
  meterImage,
  norImage,
  paperImage,
  type TestImage,
  wrongWith,
} from './images.js';

/** fast-check prints seed and path of a failure, which replay it. */
const SEED = 20_261_121;

const images: readonly (readonly [name: string, role: ImageReport['role'], image: TestImage])[] = [
  ['a meter on FRAM', 'meter', meterImage(900)],
  ['a meter on NOR flash', 'meter', norImage(400)],
  ["the paper's layout", 'paper', paperImage(300)],
  ['a local manager with packed windows', 'manager', managerImage(120)],
  ['a local manager with raw windows', 'manager', managerImage(120, 12)],
  ['a concentrator', 'concentrator', concentratorImage(120)],
];

function inspect(image: Uint8Array): ImageReport {
  return inspectImage(new BufferMedium(image));
}

function codesOf(report: ImageReport): string[] {
  return report.findings.map(({ code }) => code);
}

function damaged({ image }: TestImage, address: number): Uint8Array {
  const copy = image.slice();
  copy[address]! ^= 0x10;
  return copy;
}

describe('inspectImage', () => {
  for (const [name, role, test] of images) {
    describe(`of ${name}`, () => {
      it('names the role, finds no damage and gives exactly what was stored', () => {
        const report = inspect(test.image);
        assert.equal(report.role, role);
        assert.deepEqual(report.findings, []);
        assert.deepEqual(report.notes, []);
        const readings = [...readImage(new BufferMedium(test.image))];
        assert.equal(readings.length, report.readings);
        assert.isAbove(readings.length, 100);
        for (const reading of readings) assert.equal(wrongWith(reading, test), '');
      });

      it('lists areas and used bytes that lie in the image', () => {
        const { areas, uses, imageBytes } = inspect(test.image);
        let end = 0;
        for (const { address, sizeBytes } of areas) {
          assert.isAtLeast(address, end);
          end = address + sizeBytes;
        }
        assert.isAtMost(end, imageBytes);
        for (const { address, sizeBytes } of uses) assert.isAtMost(address + sizeBytes, imageBytes);
      });

      it('with flipped bits ends with a report or a named refusal, and writes nothing', () => {
        const flips = fc.array(fc.nat({ max: test.image.length * 8 - 1 }), { minLength: 1, maxLength: 30 });
        fc.assert(
          fc.property(flips, (bits) => {
            const image = test.image.slice();
            for (const bit of bits) image[bit >> 3]! ^= 1 << (bit & 7);
            const before = image.slice();
            try {
              inspect(image);
              collectReadings(readImage(new BufferMedium(image)));
            } catch (error) {
              if (!(error instanceof LimfsError)) throw error;
              assert.include(['damaged', 'foreign', 'formatting'], error.code);
            }
            assert.deepEqual(image, before);
          }),
          { numRuns: 25, seed: SEED },
        );
      });
    });
  }

  const fram = images.filter(([name]) => !name.includes('NOR'));

  it('finds either superblock damaged, which a store that mounts does not', () => {
    for (const [name, , test] of fram) {
      for (const copy of [0, 1]) {
        const { findings } = inspect(damaged(test, copy * 28 + 9));
        assert.deepEqual(
          findings,
          [{ code: 'superblock-copy-damaged', slot: copy, address: copy * 28, sizeBytes: 28 }],
          name,
        );
      }
    }
  });

  it('tells a torn copy of a record, which is no damage, from a record that is lost', () => {
    const test = images[0]![2];
    const image = damaged(test, 84 + 20);
    const torn = inspect(image);
    assert.deepEqual(torn.findings, []);
    assert.match(torn.notes[0]!, /one copy of the install information is torn/);
    image[84 + 110 + 109]! = 0x33;
    const lost = inspect(image);
    assert.deepEqual(codesOf(lost), ['record-lost']);
    assert.isNull(lost.install);
  });

  it('names the bytes of damage in each kind of data, and loses nothing else', () => {
    for (const [name, role, test] of images) {
      const report = inspect(test.image);
      const page = report.uses.find(
        ({ use }) => use === (role === 'manager' || role === 'concentrator' ? 'old' : 'closed'),
      )!;
      const waiting = role === 'concentrator' ? report.uses.find(({ use }) => use === 'closed')! : page;
      const at = role === 'manager' ? 20 : waiting.sizeBytes - 12;
      const image = damaged(test, waiting.address + at);
      const after = inspect(image);
      assert.lengthOf(after.findings, 1, name);
      assert.include(['page-damaged', 'cell-damaged'], after.findings[0]!.code, name);
      assert.isBelow(after.readings, report.readings + (role === 'paper' ? 1 : 0), name);
      assert.isAbove(after.readings, report.readings / 3, name);
      for (const reading of readImage(new BufferMedium(image)))
        assert.equal(wrongWith(reading, test), '', name);
    }
  });

  it('shows what a local manager knows of its meters', () => {
    const report = inspect(images[3]![2].image) as ManagerReport;
    assert.deepEqual(
      report.meters.map(({ place, nextSequence, quarantined }) => [place, nextSequence, quarantined]),
      [0, 1, 2, 3, 4].map((place) => [place, place === 1 ? 119 : 120, false]),
    );
    assert.deepEqual(report.meters[2]!.gaps, [{ first: 30, end: 34, uncertain: false }]);
    assert.include(
      report.pages.map(({ state }) => state),
      'acknowledged',
    );
  });

  it('shows the reports of a concentrator, their headers, and what is not in them', () => {
    const report = inspect(images[5]![2].image);
    if (report.role !== 'concentrator') assert.fail(report.role);
    assert.equal(report.reports.filter(({ state }) => state === 'waiting').length, report.waiting);
    assert.equal(report.reports[0]!.headers[0]!.rssiDbm, -71);
    assert.deepEqual(report.meters[2]!.gaps, [{ first: 30, end: 34 }]);
  });

  it('finds the event log and the pulse counter behind a store', () => {
    const { eventLogs, pulses } = inspect(images[0]![2].image) as MeterReport;
    assert.deepEqual(
      eventLogs[0]!.events.map(({ code }) => code),
      [7, 8, 9, 10, 11],
    );
    assert.equal(eventLogs[0]!.acknowledgedSequence, 2);
    assert.deepEqual(
      pulses.map(({ count }) => count),
      [4712],
    );
    const log = inspect(images[0]![2].image.slice(16_384 - 1024));
    assert.equal(log.role, 'events');
  });

  it("looks into a translation on NOR flash: the store's superblock lies inside", () => {
    const test = paperImage(300);
    const rig = new NorRig({ sectorBytes: 4096, sectors: 16 }, 5);
    const flash = rig.medium();
    formatTranslation(flash, { storeId: [3, 4], sizeBytes: test.image.length });
    const translation = mountTranslation(flash);
    for (let at = 0; at < test.image.length; at += 128) {
      translation.write(at, test.image, at, 128);
      while (translation.idle());
    }
    const image = new Uint8Array(flash.sizeBytes);
    flash.read(0, image, 0, image.length);
    const report = inspect(image);
    assert.equal(report.role, 'paper');
    assert.equal(report.readings, inspect(test.image).readings);
  });
});
