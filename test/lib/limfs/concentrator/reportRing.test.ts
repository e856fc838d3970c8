import { assert } from 'chai';
import {
  type Arrival,
  formatReportRing,
  MAXIMUM_DEVICES,
  mountReportRing,
  type Report,
  type ReportRing,
  reportBytes,
} from '../../../../lib/limfs/concentrator/index.js';
import { LimfsError, mountMeterStore } from '../../../../lib/limfs/index.js';
import { RamMedium } from '../../../../simulator/chips/ramMedium.js';
import { createRandom } from '../../../../simulator/random/random.js';
import { bodyOf, createArrivals, headersOf, managers, readWhole, waitingReports } from './reports.js';

const random = createRandom(1, 'reportRing.test');

function freshRing(sizeBytes = 4096, ordinaryBytes = 128): { medium: RamMedium; ring: ReportRing } {
  const medium = new RamMedium(sizeBytes);
  formatReportRing(medium, { storeId: [7, 8], reportBytes: ordinaryBytes });
  return { medium, ring: mountReportRing(medium) };
}

function arrivalOf(pageCounter: number, timeSeconds = 1000 + pageCounter): Arrival {
  return { storeId: managers[0]!, pageCounter, checksum: 77 * pageCounter, timeSeconds, headers: [] };
}

/** Fills a ring with reports of so many bytes of body until it refuses; returns how many it took. */
function fill(ring: ReportRing, bodyBytes: number, from = 0): number {
  for (let count = 0; ; count += 1) {
    try {
      ring.append(arrivalOf(from + count), new Uint8Array(bodyBytes).fill(count));
    } catch (error) {
      assert.instanceOf(error, LimfsError);
      assert.equal((error as LimfsError).code, 'ring-full');
      return count;
    }
  }
}

describe('ring of reports', () => {
  it('gives back each report with the headers of the devices it passed, after a mount too', () => {
    const { medium, ring } = freshRing();
    const headers = headersOf(random, MAXIMUM_DEVICES);
    const body = bodyOf(random, 1001);
    assert.equal(ring.append({ ...arrivalOf(1), headers }, body), 'stored');
    for (const one of [ring, mountReportRing(medium)]) {
      const report = one.next();
      assert.deepEqual(report?.headers, headers);
      assert.deepEqual(readWhole(one, report!, 7), body);
      assert.isNull(one.next(report));
      assert.equal(one.unacknowledged, 1);
    }
  });

  it('stores the same in pieces as whole, and shows nothing before the last piece', () => {
    const { medium, ring } = freshRing();
    const body = bodyOf(random, 777);
    ring.begin(arrivalOf(1));
    for (let at = 0; at < body.length; at += 100) {
      ring.write(body, at, Math.min(100, body.length - at));
      assert.isNull(ring.next());
      assert.isNull(mountReportRing(medium).next());
    }
    assert.equal(ring.finish(), 'stored');
    assert.deepEqual(readWhole(mountReportRing(medium), ring.next()!), body);
  });

  it('takes an empty body and one byte', () => {
    const { ring } = freshRing();
    ring.append(arrivalOf(1), new Uint8Array(0));
    ring.append(arrivalOf(2), Uint8Array.of(0xa5));
    assert.deepEqual(
      waitingReports(ring).map((report) => [...readWhole(ring, report)]),
      [[], [0xa5]],
    );
  });

  it('drops nothing without an acknowledgement: a full ring refuses, and takes reports again once the oldest is freed', () => {
    const { medium, ring } = freshRing();
    const count = fill(ring, 100);
    assert.isAbove(count, 10);
    assert.throws(() => ring.append(arrivalOf(999), new Uint8Array(100)), LimfsError, 'server acknowledges');
    assert.equal(ring.unacknowledged, count);
    assert.equal(mountReportRing(medium).unacknowledged, count);
    assert.isTrue(ring.acknowledge(arrivalOf(1)));
    assert.equal(fill(ring, 100, 1000), 0, 'the oldest still waits');
    assert.isTrue(ring.acknowledge(arrivalOf(0)));
    assert.equal(fill(ring, 100, 1000), 2);
    assert.deepEqual(
      waitingReports(mountReportRing(medium))
        .slice(-2)
        .map(({ pageCounter }) => pageCounter),
      [1000, 1001],
    );
  });

  it('refuses when every slot of the table waits, whatever bytes are free', () => {
    const { ring } = freshRing(4096, 512);
    const count = fill(ring, 1);
    assert.isBelow(count, 8);
    assert.isAbove(ring.freeBytes, 1000);
    assert.isTrue(ring.acknowledge(arrivalOf(0)));
    assert.equal(fill(ring, 1, 50), 1);
  });

  it('takes a report that fills it to the last byte, and refuses one byte pair more', () => {
    const { medium, ring } = freshRing();
    ring.append(arrivalOf(0), new Uint8Array(100));
    const body = ring.freeBytes - reportBytes(0, 0);
    assert.throws(() => ring.append(arrivalOf(1), new Uint8Array(body + 1)), LimfsError, 'are free');
    assert.equal(ring.append(arrivalOf(1), new Uint8Array(body).fill(5)), 'stored');
    assert.equal(ring.freeBytes, 0);
    assert.equal(mountReportRing(medium).freeBytes, 0);
    assert.lengthOf(waitingReports(mountReportRing(medium)), 2);
  });

  it('takes an acknowledged page that was half overwritten for one that is not there', () => {
    const { medium, ring } = freshRing();
    const body = bodyOf(random, 1500);
    ring.append(arrivalOf(0), body);
    ring.append(arrivalOf(1), new Uint8Array(ring.freeBytes - reportBytes(0, 0)));
    assert.isTrue(ring.acknowledge(arrivalOf(0)));
    ring.begin(arrivalOf(2));
    ring.write(new Uint8Array(600), 0, 600);
    // The power is cut here.
    const mounted = mountReportRing(medium);
    assert.equal(mounted.append(arrivalOf(0), body), 'stored');
    assert.isFalse(waitingReports(mounted)[1]!.conflict);
  });

  it('gives no bytes of an acknowledged report that one under way overwrites', () => {
    const { ring } = freshRing();
    ring.append(arrivalOf(0), new Uint8Array(1500).fill(1));
    ring.append(arrivalOf(1), new Uint8Array(ring.freeBytes - reportBytes(0, 0)));
    ring.acknowledge(arrivalOf(0));
    const report = ring.newest(managers[0])!;
    const first: Report[] = [];
    ring.range(0, 1001, (one) => first.push(one));
    const into = new Uint8Array(1500);
    assert.equal(ring.readBody(first[0]!, 0, into, 0, 1500), 1500);
    ring.begin(arrivalOf(2));
    ring.write(new Uint8Array(600), 0, 600);
    assert.equal(ring.readBody(first[0]!, 0, into, 0, 1500), 0);
    ring.abandon();
    assert.equal(ring.readBody(first[0]!, 0, into, 0, 1500), 0);
    assert.isAbove(ring.readBody(report, 0, into, 0, 1500), 0);
  });

  it('refuses a report that is larger than the ring, and goes on after one that was given up', () => {
    const { ring } = freshRing();
    assert.throws(() => ring.append(arrivalOf(1), new Uint8Array(5000)), LimfsError, 'larger than the ring');
    ring.begin(arrivalOf(2));
    ring.write(new Uint8Array(500), 0, 500);
    ring.abandon();
    assert.equal(ring.append(arrivalOf(2), Uint8Array.of(1)), 'stored');
    assert.equal(ring.unacknowledged, 1);
  });

  it('acknowledges by store id, page counter and checksum together, in any order, and again without harm', () => {
    const { medium, ring } = freshRing();
    for (let page = 0; page < 5; page += 1) ring.append(arrivalOf(page), Uint8Array.of(page));
    assert.isFalse(ring.acknowledge({ ...arrivalOf(2), checksum: 1 }));
    assert.isFalse(ring.acknowledge({ ...arrivalOf(2), storeId: managers[1]! }));
    assert.isFalse(ring.acknowledge({ ...arrivalOf(2), copy: 1 }));
    assert.isFalse(ring.acknowledge(arrivalOf(9)));
    assert.equal(ring.unacknowledged, 5);
    for (const page of [3, 0, 3]) assert.isTrue(ring.acknowledge(arrivalOf(page)));
    for (const one of [ring, mountReportRing(medium)]) {
      assert.deepEqual(
        waitingReports(one).map(({ pageCounter }) => pageCounter),
        [1, 2, 4],
      );
      assert.equal(one.unacknowledged, 3);
    }
  });

  it('knows a report that comes again, waiting or acknowledged, and stores it once', () => {
    const { medium, ring } = freshRing();
    const body = bodyOf(random, 300);
    assert.equal(ring.append(arrivalOf(1), body), 'stored');
    const later = { ...arrivalOf(1, 5000), headers: headersOf(random, 2) };
    assert.equal(ring.append(later, body), 'duplicate');
    ring.acknowledge(arrivalOf(1));
    assert.equal(mountReportRing(medium).append(later, body), 'duplicate');
    assert.equal(mountReportRing(medium).unacknowledged, 0);
  });

  it('keeps and reports a page that comes with other content, and acknowledges each by itself', () => {
    const { medium, ring } = freshRing();
    assert.equal(ring.append(arrivalOf(1), Uint8Array.of(1, 2)), 'stored');
    assert.equal(ring.append({ ...arrivalOf(1), checksum: 5 }, Uint8Array.of(1, 3)), 'conflict');
    assert.equal(ring.append(arrivalOf(1), Uint8Array.of(1, 4)), 'conflict');
    assert.equal(ring.append(arrivalOf(1), Uint8Array.of(1, 4)), 'duplicate');
    assert.deepEqual(
      waitingReports(mountReportRing(medium)).map(({ conflict, copy }) => [conflict, copy]),
      [
        [false, 0],
        [true, 0],
        [true, 1],
      ],
    );
    assert.isTrue(ring.acknowledge(arrivalOf(1)));
    assert.equal(ring.unacknowledged, 2);
    assert.isTrue(ring.acknowledge({ ...arrivalOf(1), copy: 1 }));
    assert.isTrue(ring.acknowledge({ ...arrivalOf(1), checksum: 5 }));
    assert.equal(ring.unacknowledged, 0);
  });

  it('answers on demand: the newest of all, the newest of a local manager, and those of a time', () => {
    const { ring } = freshRing();
    for (let page = 0; page < 8; page += 1) {
      const storeId = managers[page % 2]!;
      ring.append({ ...arrivalOf(page, 100 * page), storeId }, Uint8Array.of(page));
    }
    ring.acknowledge({ ...arrivalOf(6), storeId: managers[0]! });
    assert.equal(ring.newest()?.pageCounter, 7);
    assert.equal(ring.newest(managers[0])?.pageCounter, 6);
    assert.isTrue(ring.newest(managers[0])?.acknowledged);
    assert.isNull(ring.newest(managers[2]));
    const found: number[] = [];
    assert.equal(
      ring.range(200, 501, ({ pageCounter }) => found.push(pageCounter)),
      4,
    );
    assert.deepEqual(found, [2, 3, 4, 5]);
    assert.equal(
      ring.range(800, 900, () => assert.fail()),
      0,
    );
  });

  it('finds reports of a time across clocks that were set back', () => {
    const { medium, ring } = freshRing();
    const times = [100, 200, 300, 150, 250, 90, 210];
    times.forEach((time, page) => {
      ring.append(arrivalOf(page, time), Uint8Array.of(page));
    });
    const found: number[] = [];
    mountReportRing(medium).range(200, 260, ({ timeSeconds }) => found.push(timeSeconds));
    assert.deepEqual(found, [200, 250, 210]);
  });

  it('lives for many laps of table and data', () => {
    const { medium, ring } = freshRing(3000, 100);
    const next = createArrivals(random, 500);
    let living = ring;
    for (let step = 0; step < 3000; step += 1) {
      const { arrival, body } = next();
      assert.equal(living.append(arrival, body), 'stored', `step ${step}`);
      if (step % 7 === 0) living = mountReportRing(medium);
      const report = living.next();
      assert.equal(report?.pageCounter, arrival.pageCounter, `step ${step}`);
      assert.deepEqual(readWhole(living, report!, 256), body);
      assert.isTrue(living.acknowledge(arrival));
    }
    assert.deepEqual(living.findings, []);
  });

  it('tells a ring of reports from a meter store', () => {
    const { medium } = freshRing();
    assert.throws(() => mountMeterStore(medium), LimfsError, 'role 4');
    assert.throws(() => mountReportRing(new RamMedium(4096)), LimfsError, 'blank');
  });

  it('refuses fields out of their range by name', () => {
    const { ring } = freshRing();
    const [header] = headersOf(random, 1);
    const bad: Arrival[] = [
      { ...arrivalOf(1), pageCounter: -1 },
      { ...arrivalOf(1), timeSeconds: 2 ** 32 },
      { ...arrivalOf(1), headers: headersOf(random, MAXIMUM_DEVICES + 1) },
      { ...arrivalOf(1), headers: [{ ...header!, batteryMillivolts: 0xffff }] },
      { ...arrivalOf(1), headers: [{ ...header!, rssiDbm: -128 }] },
      { ...arrivalOf(1), headers: [{ ...header!, errors: 1.5 }] },
    ];
    for (const arrival of bad) assert.throws(() => ring.append(arrival, Uint8Array.of(1)), LimfsError);
    assert.equal(ring.unacknowledged, 0);
  });
});

describe('damage in a ring of reports', () => {
  function three(): { medium: RamMedium; dataAddress: number; reports: Report[] } {
    const { medium, ring } = freshRing();
    for (let page = 0; page < 3; page += 1)
      ring.append(arrivalOf(page), new Uint8Array(20).fill(0x40 + page));
    const dataAddress = medium.image.indexOf(0x40) - (reportBytes(0, 20) - 20);
    return { medium, dataAddress, reports: waitingReports(ring) };
  }

  it('rebuilds any one rotted entry behind the first from the reports themselves', () => {
    for (const slot of [1, 2]) {
      for (let at = 0; at < 12; at += 1) {
        const { medium, reports } = three();
        medium.image[1032 + 12 * slot + at]! ^= 0x10;
        const ring = mountReportRing(medium);
        assert.deepEqual(waitingReports(ring), reports, `byte ${at} of entry ${slot}`);
        assert.isNotEmpty(ring.findings);
        assert.equal(ring.append(arrivalOf(9), Uint8Array.of(1)), 'stored');
        assert.lengthOf(waitingReports(mountReportRing(medium)), 4);
      }
    }
  });

  it('never delivers a rotted byte, names the slot, and frees it only when the server was told', () => {
    for (let at = 0; at < 52; at += 1) {
      const { medium, dataAddress } = three();
      medium.image[dataAddress + 52 + at]! ^= 1;
      const ring = mountReportRing(medium);
      assert.deepEqual(
        waitingReports(ring).map(({ pageCounter }) => pageCounter),
        [0, 2],
        `byte ${at}`,
      );
      assert.deepEqual(ring.findings, [{ code: 'page-damaged', slot: 1 }]);
      assert.equal(ring.unacknowledged, 3);
      assert.isFalse(ring.acknowledgeDamage(0), 'a readable report');
      assert.isTrue(ring.acknowledge(arrivalOf(0)));
      assert.isTrue(ring.acknowledgeDamage(1));
      assert.isFalse(ring.acknowledgeDamage(1));
      assert.deepEqual(
        waitingReports(mountReportRing(medium)).map(({ pageCounter }) => pageCounter),
        [2],
      );
    }
  });

  it('gives nothing away behind a newest report without a head until all is acknowledged', () => {
    const { medium, dataAddress } = three();
    medium.image[dataAddress + 2 * 52]! ^= 1;
    const ring = mountReportRing(medium);
    assert.equal(ring.freeBytes, 0);
    assert.deepEqual(
      waitingReports(ring).map(({ pageCounter }) => pageCounter),
      [0, 1],
      'those before it wait as before',
    );
    assert.isTrue(ring.acknowledge(arrivalOf(0)));
    assert.isTrue(ring.acknowledge(arrivalOf(1)));
    assert.isTrue(ring.acknowledgeDamage(2));
    assert.equal(ring.append(arrivalOf(5), Uint8Array.of(5)), 'stored');
    assert.equal(mountReportRing(medium).next()?.pageCounter, 5);
  });

  it('takes a page that comes again for the one that rotted', () => {
    const { medium, dataAddress } = three();
    medium.image[dataAddress + 52 + 40]! ^= 1;
    const ring = mountReportRing(medium);
    assert.equal(ring.append(arrivalOf(1), new Uint8Array(20).fill(0x41)), 'stored');
    assert.deepEqual(
      waitingReports(ring).map(({ pageCounter, conflict }) => [pageCounter, conflict]),
      [
        [0, false],
        [2, false],
        [1, false],
      ],
    );
    assert.isTrue(ring.acknowledge(arrivalOf(1)));
    assert.equal(ring.unacknowledged, 2);
  });

  it('gives nothing away while nobody knows where the oldest report begins', () => {
    const { medium } = three();
    medium.image[1032 + 2]! ^= 1;
    const ring = mountReportRing(medium);
    assert.equal(ring.freeBytes, 0);
    assert.lengthOf(waitingReports(ring), 2);
    assert.equal(
      ring.range(0, 5000, () => undefined),
      2,
    );
    assert.deepEqual(ring.findings, [{ code: 'entry-damaged', slot: 0 }]);
    assert.isTrue(ring.acknowledgeDamage(0));
    assert.isAbove(mountReportRing(medium).freeBytes, 0);
  });

  it('sends a report again when the byte of its acknowledgement rots', () => {
    const { medium } = three();
    const ring = mountReportRing(medium);
    for (let page = 0; page < 3; page += 1) ring.acknowledge(arrivalOf(page));
    const before = medium.image.slice();
    const marks = before.lastIndexOf(before.at(1032 + 11)!);
    assert.equal(mountReportRing(medium).unacknowledged, 0);
    medium.image[marks]! ^= 4;
    assert.equal(mountReportRing(medium).unacknowledged, 1);
  });

  it('asks for a mount after a write that failed', () => {
    const { medium } = three();
    const ring = mountReportRing(medium);
    const failing = medium.write;
    medium.write = () => {
      throw new LimfsError('medium-failed', 'no acknowledge');
    };
    assert.throws(() => ring.append(arrivalOf(3), Uint8Array.of(1)), LimfsError, 'no acknowledge');
    medium.write = failing;
    assert.throws(() => ring.next(), LimfsError, 'mount');
    assert.lengthOf(waitingReports(mountReportRing(medium)), 3);
  });
});
