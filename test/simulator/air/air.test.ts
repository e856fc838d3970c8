import { assert } from 'chai';
import { Air, type Link, type Receiver } from '../../../simulator/air/air.js';
import { type LinkClass, perfectLink } from '../../../simulator/air/linkClass.js';
import { Agenda } from '../../../simulator/world/agenda.js';

const radio: LinkClass = { ...perfectLink, kind: 'radio', bitsPerSecond: 8000 };

class Listener implements Receiver {
  isListening = true;
  readonly taken: { timeMilliseconds: number; bytes: number[] }[] = [];
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  takePacket(timeMilliseconds: number, packet: Uint8Array, length: number): void {
    this.taken.push({ timeMilliseconds, bytes: [...packet.subarray(0, length)] });
  }
}

interface Rig {
  readonly agenda: Agenda;
  readonly air: Air;
  readonly link: Link;
  readonly other: Link;
  readonly listener: Listener;
}

/** Two senders and a receiver. */
function rig(linkClass: LinkClass, seed = 1): Rig {
  const agenda = new Agenda();
  const air = new Air(seed, 0);
  const listener = new Listener(0);
  const link = air.connect(agenda, new Listener(1), listener, linkClass);
  const other = air.connect(agenda, new Listener(2), listener, linkClass);
  return { agenda, air, link, other, listener };
}

function runAll(agenda: Agenda): void {
  while (agenda.nextMilliseconds < Number.POSITIVE_INFINITY) agenda.step();
}

/** Sends so many packets, a second apart, each with its number in it; returns what arrived. */
function sendMany({ agenda, link, listener }: Rig, packets: number): number[][] {
  for (let packet = 0; packet < packets; packet++) {
    link.send(packet * 1000, Uint8Array.of(packet >>> 8, packet, 1, 2, 3, 4, 5, 6), 8);
    runAll(agenda);
  }
  return listener.taken.map(({ bytes }) => bytes);
}

describe('air', () => {
  it('brings packets as they were sent, after their time on the air', () => {
    const one = rig(radio);
    one.link.send(5000, Uint8Array.of(1, 2, 3), 3);
    one.link.send(5000, Uint8Array.of(4), 1);
    runAll(one.agenda);
    assert.deepEqual(one.listener.taken, [
      { timeMilliseconds: 5005, bytes: [1, 2, 3] },
      { timeMilliseconds: 5006, bytes: [4] },
    ]);
  });

  it('loses the share that it should, in bursts as long as they should be', () => {
    for (const meanBurstPackets of [1, 5]) {
      const lossy = rig({ ...radio, lossMillionths: 200_000, meanBurstPackets });
      const arrived = new Set(sendMany(lossy, 20_000).map(([high, low]) => high! * 256 + low!));
      assert.approximately(arrived.size / 20_000, 0.8, 0.03);
      let bursts = 0;
      for (let packet = 1; packet < 20_000; packet++) {
        if (!arrived.has(packet) && arrived.has(packet - 1)) bursts++;
      }
      const mean = (20_000 - arrived.size) / bursts;
      assert.approximately(mean, meanBurstPackets === 1 ? 1.25 : 5, 0.5);
    }
  });

  it('destroys both packets that meet at a receiver, and no others', () => {
    const { agenda, air, link, other, listener } = rig(radio);
    link.send(1000, new Uint8Array(100), 100);
    other.send(1050, new Uint8Array(100), 100);
    other.send(3000, Uint8Array.of(7), 1);
    runAll(agenda);
    assert.deepEqual(
      listener.taken.map(({ bytes }) => bytes),
      [[7]],
    );
    assert.equal(air.counts.collided, 2);
  });

  it('is silent while it is jammed, without power, and without a connection', () => {
    const { agenda, air, link, listener } = rig(radio);
    air.jam(0, 10_000);
    link.send(9000, Uint8Array.of(1), 1);
    link.send(10_500, Uint8Array.of(2), 1);
    runAll(agenda);
    listener.isListening = false;
    link.send(11_000, Uint8Array.of(3), 1);
    runAll(agenda);
    listener.isListening = true;
    link.isUp = false;
    link.send(12_000, Uint8Array.of(4), 1);
    runAll(agenda);
    assert.deepEqual(
      listener.taken.map(({ bytes }) => bytes),
      [[2]],
    );
    assert.deepEqual([air.counts.jammed, air.counts.unheard], [1, 1]);
  });

  it('doubles, damages and delays packets on a radio', () => {
    const faulty = {
      ...radio,
      corruptMillionths: 100_000,
      duplicateMillionths: 100_000,
      reorderMillionths: 100_000,
    };
    const bad = rig({ ...faulty, heldUpSeconds: 100 });
    for (let packet = 0; packet < 2000; packet++)
      bad.link.send(packet * 1000, Uint8Array.of(packet >>> 8, packet, 9, 9), 4);
    runAll(bad.agenda);
    const { corrupted, duplicated, heldUp } = bad.air.counts;
    for (const count of [corrupted, duplicated, heldUp]) assert.isAbove(count, 100);
    assert.isTrue(bad.listener.taken.some(({ bytes }) => bytes.length !== 4 || bytes[2] !== 9));
    const numbers = bad.listener.taken.map(({ bytes }) => bytes[0]! * 256 + bytes[1]!);
    assert.isTrue(numbers.some((number, index) => number < (numbers[index - 1] ?? 0)));
  });

  it('never delivers a damaged packet from a wire: its frame tells', () => {
    const wire = rig({ ...perfectLink, corruptMillionths: 300_000 });
    const arrived = sendMany(wire, 5000);
    assert.isAbove(wire.air.counts.corrupted, 1000);
    assert.isAbove(arrived.length, 3000);
    for (const bytes of arrived) assert.deepEqual(bytes.slice(2), [1, 2, 3, 4, 5, 6]);
  });

  it('does the same twice for one seed, and leaves losses where they were when something else is switched on', () => {
    const lossy = { ...radio, lossMillionths: 300_000 };
    const first = sendMany(rig(lossy), 500);
    assert.deepEqual(sendMany(rig(lossy), 500), first);
    const doubling = sendMany(rig({ ...lossy, duplicateMillionths: 500_000 }), 500);
    assert.deepEqual(
      [...new Set(doubling.map((bytes) => bytes[0]! * 256 + bytes[1]!))],
      first.map((bytes) => bytes[0]! * 256 + bytes[1]!),
    );
    assert.notDeepEqual(sendMany(rig(lossy, 2), 500), first);
  });

  it('brings everything once the faults have ended', () => {
    const bad = rig({ ...radio, lossMillionths: 1_000_000, corruptMillionths: 1_000_000 });
    bad.air.endFaults();
    assert.lengthOf(sendMany(bad, 50), 50);
  });
});
