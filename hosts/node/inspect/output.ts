import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes pieces of text to a file, or to standard output, which stays open. */
export async function writeOutput(pieces: Iterable<string>, path: string | undefined): Promise<void> {
  const text = Readable.from(pieces);
  if (path === undefined) await pipeline(text, process.stdout, { end: false });
  else await pipeline(text, createWriteStream(path));
}
