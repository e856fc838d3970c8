import { assert } from 'chai';
import { FrameReader } from '../../../src/link/frames.js';
import { StreamPort } from '../../../src/link/streamPort.js';

/** A port on a stream that takes so many frames, and what a reader at its other end got. */
function stream() {
  const received: number[] = [];
  const reader = new FrameReader(10, (packet) => received.push(packet[0]!));
  const state = { room: 1, received };
  const port = new StreamPort(10, (frame, length) => {
    reader.receive(frame, length);
    state.room -= 1;
    return state.room > 0;
  });
  const send = (first: number, count: number) => {
    for (let number = first; number < first + count; number += 1) port.send(7, Uint8Array.of(number, 0), 2);
  };
  return { state, port, send };
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

describe('a stream port', () => {
  it('holds packets back while the stream is full, and keeps their order', () => {
    const { state, port, send } = stream();
    send(0, 10);
    assert.deepEqual(state.received, [0]);
    state.room = 4;
    port.drained();
    assert.deepEqual(state.received, range(0, 5));
    state.room = 100;
    port.drained();
    send(10, 1);
    assert.deepEqual(state.received, range(0, 11));
    assert.equal(port.dropped, 0);
  });

  it('drops the oldest of more than 16 packets that wait', () => {
    const { state, port, send } = stream();
    send(0, 20);
    state.room = 100;
    port.drained();
    assert.deepEqual(state.received, [0, ...range(4, 16)]);
    assert.equal(port.dropped, 3);
  });

  it('copies what waits', () => {
    const { state, port } = stream();
    const packet = Uint8Array.of(1, 2);
    port.send(7, packet, 2);
    port.send(7, packet, 2);
    packet[0] = 9;
    state.room = 100;
    port.drained();
    assert.deepEqual(state.received, [1, 1]);
  });
});
