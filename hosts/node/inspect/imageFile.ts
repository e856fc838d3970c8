import { readFile } from 'node:fs/promises';
import { BufferMedium, LimfsError } from '../../../lib/limfs/index.js';
import { InputError } from '../../../simulator/readings/inputError.js';

const maximumImageBytes = 64 * 1024 * 1024;

/** Reads an image into memory; nothing is ever written to it. */
export async function openImage(path: string): Promise<BufferMedium> {
  const image = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${path}: cannot be read (${error.code}): give the path of an image`);
  });
  if (image.length > maximumImageBytes) {
    throw new InputError(`${path}: ${image.length} bytes are too many for the image of a chip`);
  }
  // A plain array: a Buffer's slice() is no copy, and its memory is shared with other Buffers.
  return new BufferMedium(new Uint8Array(image));
}

/** Names the image in what is wrong with it. */
export function named<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof LimfsError)) throw error;
    throw new LimfsError(error.code, `${path}: ${error.message}`);
  }
}
