import { assert } from 'chai';
import { FileMedium, type ImageFile } from '../../../hosts/xs/fileMedium.js';
import { assertCode, describeMediumContract } from '../../lib/limfs/medium/mediumContract.js';

const sizeBytes = 4096;

/** A file as the SDK gives it: positions, whole buffers, a short read at the end, a plain Error on failure. */
class MemoryFile implements ImageFile {
  readonly bytes = new Uint8Array(sizeBytes);
  endBytes = sizeBytes;
  failures = 0;
  failAfterWrite = false;
  unflushedWrites = 0;

  read(into: Uint8Array, position: number): number {
    this.#fail();
    const part = this.bytes.subarray(position, Math.min(position + into.length, this.endBytes));
    into.set(part);
    return part.length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#fail();
    this.bytes.set(bytes, position);
    this.unflushedWrites += 1;
    if (this.failAfterWrite) this.failures = 1;
  }

  flush(): void {
    this.#fail();
    this.unflushedWrites = 0;
  }

  status(): { readonly size: number } {
    return { size: sizeBytes };
  }

  #fail(): void {
    if (this.failures === 0) return;
    this.failures -= 1;
    throw new Error('input/output error');
  }
}

function open() {
  const file = new MemoryFile();
  const medium = new FileMedium(file);
  return { file, medium, edges: [] };
}

describeMediumContract('FileMedium', open);

describe('FileMedium', () => {
  it('has flushed every write when it returns', () => {
    const { file, medium } = open();
    medium.write(7, Uint8Array.of(1, 2, 3), 0, 3);
    assert.equal(file.unflushedWrites, 0);
  });

  it('reports a failed read, write and flush', () => {
    const { file, medium } = open();
    file.failures = 1;
    assertCode('medium-failed', () => medium.read(0, new Uint8Array(1), 0, 1));
    file.failures = 1;
    assertCode('medium-failed', () => medium.write(0, new Uint8Array(1), 0, 1));
    file.failAfterWrite = true;
    assertCode('medium-failed', () => medium.write(0, new Uint8Array(1), 0, 1));
  });

  it('reports a file that has become shorter', () => {
    const { file, medium } = open();
    file.endBytes = 100;
    assertCode('medium-failed', () => medium.read(90, new Uint8Array(20), 0, 20));
  });
});
