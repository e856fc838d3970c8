import { assert } from 'chai';
import { RadioPort } from '../../../src/link/radioPort.js';

const CABLE = 1;
const AIR = 2;
const packet = new Uint8Array(100);

function portOf(permille: number, wired: number | null = null) {
  const sent: number[] = [];
  const port = new RadioPort({ send: (neighbour) => sent.push(neighbour) }, permille, 8000, wired);
  port.timeSeconds = 1_700_000_000;
  return { port, sent };
}

describe('a port on a radio', () => {
  it('sends an hour of its share at once, and then what the time that passes allows', () => {
    const { port, sent } = portOf(10);
    // A packet of 100 bytes takes 0.1 s; of an hour 36 s may be used.
    for (let times = 0; times < 500; times += 1) port.send(AIR, packet, packet.length);
    assert.lengthOf(sent, 360);
    assert.equal(port.dutyCycle.refused, 140);
    port.timeSeconds += 10;
    port.send(AIR, packet, packet.length);
    port.send(AIR, packet, packet.length);
    assert.lengthOf(sent, 361);
  });

  it('knows when it sent last: what was refused was not sent', () => {
    const { port } = portOf(1);
    assert.equal(port.sentSeconds, Number.NEGATIVE_INFINITY);
    for (let times = 0; times < 36; times += 1) port.send(AIR, packet, packet.length);
    assert.equal(port.sentSeconds, 1_700_000_000);
    port.timeSeconds += 5;
    port.send(AIR, packet, packet.length);
    assert.equal(port.sentSeconds, 1_700_000_000);
  });

  it('does not count what goes by a cable', () => {
    const { port, sent } = portOf(1, CABLE);
    for (let times = 0; times < 1000; times += 1) port.send(CABLE, packet, packet.length);
    port.send(AIR, packet, packet.length);
    assert.lengthOf(sent, 1001);
    assert.equal(port.dutyCycle.refused, 0);
  });
});
