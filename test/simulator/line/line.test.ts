import { assert } from 'chai';
import { Line, type LineOptions } from '../../../simulator/line/line.js';
import { bernoulliLoss, burstLoss, type LossModel } from '../../../simulator/line/loss.js';
import { createRandom } from '../../../simulator/random/random.js';

const perfect: LineOptions = {
  lossMillionths: 0,
  meanBurstPackets: 1,
  duplicateMillionths: 0,
  corruptMillionths: 0,
  reorderMillionths: 0,
  delaySeconds: 5,
  heldUpSeconds: 1000,
};
const packet = Uint8Array.from({ length: 40 }, (_, index) => index);

interface Arrival {
  readonly timeSeconds: number;
  readonly packet: Uint8Array;
}

function send(line: Line, count: number, everySeconds = 1): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let index = 0; index < count; index++) {
    line.transmit(index * everySeconds, packet, (timeSeconds, bytes) =>
      arrivals.push({ timeSeconds, packet: bytes }),
    );
  }
  return arrivals;
}

function shareAndBurst(isLost: LossModel): { share: number; burst: number } {
  let lost = 0;
  let bursts = 0;
  let before = false;
  const count = 100_000;
  for (let index = 0; index < count; index++) {
    const now = isLost();
    if (now) lost++;
    if (now && !before) bursts++;
    before = now;
  }
  return { share: lost / count, burst: lost / bursts };
}

describe('loss models', () => {
  it('lose the share they say, singly', () => {
    const { share, burst } = shareAndBurst(bernoulliLoss(createRandom(1, 'loss'), 200_000));
    assert.approximately(share, 0.2, 0.005);
    assert.approximately(burst, 1 / 0.8, 0.05);
  });

  it('lose the share they say, in bursts of the length they say', () => {
    for (const [loss, mean] of [
      [50_000, 3],
      [200_000, 4],
      [600_000, 10],
    ] as const) {
      const { share, burst } = shareAndBurst(burstLoss(createRandom(2, 'loss'), loss, mean));
      assert.approximately(share, loss / 1e6, 0.02, `loss ${loss}`);
      assert.approximately(burst, mean, mean / 10, `loss ${loss}`);
    }
  });

  it('lose nothing at 0 and everything at 100 %', () => {
    assert.equal(shareAndBurst(burstLoss(createRandom(3, 'loss'), 0, 4)).share, 0);
    assert.equal(shareAndBurst(burstLoss(createRandom(3, 'loss'), 1_000_000, 4)).share, 1);
    assert.approximately(shareAndBurst(burstLoss(createRandom(3, 'loss'), 950_000, 2)).share, 0.95, 0.01);
  });
});

describe('line', () => {
  it('delivers in order what nothing happens to', () => {
    const arrivals = send(new Line(perfect, [], 1, 'line'), 100, 10);
    assert.equal(arrivals.length, 100);
    arrivals.forEach((arrival, index) => {
      assert.deepEqual(arrival.packet, packet);
      assert.isAtLeast(arrival.timeSeconds, index * 10 + 1);
      assert.isAtMost(arrival.timeSeconds, index * 10 + 5);
    });
  });

  it('delivers nothing in an outage, and everything before and after', () => {
    const line = new Line(perfect, [{ fromSeconds: 20, toSeconds: 50 }], 1, 'line');
    assert.equal(send(line, 100).length, 70);
    assert.equal(line.counts.lostInOutage, 30);
  });

  it('doubles, damages and holds up as often as it says', () => {
    const options = {
      ...perfect,
      duplicateMillionths: 100_000,
      corruptMillionths: 50_000,
      reorderMillionths: 30_000,
    };
    const line = new Line(options, [], 5, 'line');
    const arrivals = send(line, 10_000, 10);
    assert.equal(arrivals.length, 10_000 + line.counts.duplicated);
    assert.approximately(line.counts.duplicated, 1000, 100);
    assert.approximately(line.counts.corrupted, 550, 80);
    assert.approximately(line.counts.heldUp, 330, 60);
    const wrong = arrivals.filter((arrival) => arrival.packet.join() !== packet.join());
    assert.equal(wrong.length, line.counts.corrupted);
    assert.isAbove(wrong.filter((arrival) => arrival.packet.length < packet.length).length, 0);
  });

  it('gives every kind of fault its own chance: more of one moves no other', () => {
    const calm = send(new Line({ ...perfect, lossMillionths: 200_000 }, [], 9, 'line'), 500, 100);
    const wild = { ...perfect, lossMillionths: 200_000, corruptMillionths: 500_000 };
    const arrivals = send(new Line(wild, [], 9, 'line'), 500, 100);
    assert.deepEqual(
      arrivals.map(({ timeSeconds }) => timeSeconds),
      calm.map(({ timeSeconds }) => timeSeconds),
    );
  });

  it('does the same for one seed and something else for another', () => {
    const options = { ...perfect, lossMillionths: 300_000, meanBurstPackets: 4 };
    const times = (seed: number) =>
      send(new Line(options, [], seed, 'line'), 300)
        .map(({ timeSeconds }) => timeSeconds)
        .join();
    assert.equal(times(1), times(1));
    assert.notEqual(times(1), times(2));
  });

  it('is faultless when faults have ended', () => {
    const line = new Line({ ...perfect, lossMillionths: 1_000_000 }, [], 1, 'line');
    assert.equal(send(line, 10).length, 0);
    line.endFaults();
    assert.equal(send(line, 10).length, 10);
  });
});
