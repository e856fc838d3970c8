import { assert } from 'chai';

describe('the XS machine that runs the tests', () => {
  it('is XS: a string counts code points', () => {
    assert.equal('a\u{1f600}b'.length, 3);
  });

  it('offers nothing but ECMAScript besides what mocha needs', () => {
    for (const name of ['process', 'Buffer', 'TextEncoder', 'structuredClone', 'queueMicrotask', 'crypto']) {
      assert.notProperty(globalThis, name);
    }
  });

  it('counts slots and chunk bytes of garbage', () => {
    const kept: number[] = [1];
    let slots = xsHost.slotsUsed();
    let chunkBytes = xsHost.chunkBytesUsed();
    kept[0] = kept[0]! + 1;
    assert.equal(xsHost.slotsUsed() - slots, 0);
    slots = xsHost.slotsUsed();
    kept[0] = { value: 1 }.value;
    assert.isAbove(xsHost.slotsUsed() - slots, 0);
    chunkBytes = xsHost.chunkBytesUsed();
    kept[0] = new Uint8Array(100).length;
    assert.isAtLeast(xsHost.chunkBytesUsed() - chunkBytes, 100);
  });

  it('collects garbage on demand and counts it', () => {
    const collections = xsHost.garbageCollections();
    for (let count = 0; count < 100; count += 1) assert.isObject({ count });
    const slots = xsHost.slotsUsed();
    xsHost.gc();
    assert.isAbove(xsHost.garbageCollections(), collections);
    assert.isBelow(xsHost.slotsUsed(), slots);
  });

  it('counts the same work with the same computrons', () => {
    const work = (): number => {
      const start = xsHost.computrons();
      let sum = 0;
      for (let count = 0; count < 100; count += 1) sum += count;
      assert.equal(sum, 4950);
      return xsHost.computrons() - start;
    };
    work();
    assert.equal(work(), work());
  });

  it('runs promise jobs before timers, and timers in the order of their time', async () => {
    const order: string[] = [];
    setTimeout(() => order.push('late'), 20);
    setTimeout(() => order.push('early'), 10);
    await Promise.resolve();
    order.push('job');
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(order, ['job', 'early', 'late']);
  });
});
