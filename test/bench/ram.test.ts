import { assert } from 'chai';
import { measureRam } from '../../bench/ram.js';

/** What the walk must find: 16 bytes for each of these, and the buffers. */
class Sample {
  readonly driver: object;
  readonly text = 'one string';
  readonly list = [1, 2, 3];
  readonly functions = counterOver(new Uint8Array(7));
  private readonly view = new DataView(new ArrayBuffer(32));
  private readonly sameBuffer: Uint8Array;
  #hidden = 5;

  constructor(driver: object) {
    this.driver = driver;
    this.sameBuffer = new Uint8Array(this.view.buffer);
  }

  get hidden(): number {
    this.#hidden += this.sameBuffer.length;
    return this.#hidden;
  }
}

/** Two functions that share one closure of two variables. */
function counterOver(bytes: Uint8Array) {
  let count = 0;
  const up = () => {
    count += bytes.length;
  };
  const read = () => count + bytes.length;
  return { up, read };
}

describe('The RAM of an object', () => {
  it('counts private fields, elements, closures once and buffers once, but not the driver', () => {
    const driver = { large: new Uint8Array(1000) };
    const { bufferBytes, slots, bytes } = measureRam(new Sample(driver), [driver]);
    assert.equal(bufferBytes, 32 + 7);
    // Sample, text, list and its 3 numbers, functions, up, read, bytes, count, view, sameBuffer, hidden.
    assert.equal(slots, 14);
    assert.equal(bytes, 39 + 14 * 16);
  });

  it('ends on circles', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    assert.equal(measureRam(circle, []).bytes, 16);
  });
});
