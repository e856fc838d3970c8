import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { type Form, formOf } from './forms.js';
import { InputError } from './inputError.js';
import type { RegisterSource } from './registerSource.js';

const maximumLineBytes = 1_000_000;

/**
 * Registers from a CSV file, compressed by gzip or not, in one of the three forms of `forms.ts`.
 * Throws InputError with file, line and what was expected. `onProgress` is told the share of the file read, 0..1.
 */
export async function loadReadings(
  path: string,
  onProgress: (share: number) => void = () => {},
): Promise<RegisterSource> {
  const name = basename(path);
  const { isGzip, sizeBytes } = await probe(path);
  let form: Form | undefined;
  const parser = parse({
    relax_column_count: true,
    skip_empty_lines: true,
    bom: true,
    max_record_size: maximumLineBytes,
    on_record: (cells: string[], context) => {
      const place = `${name}:${context.lines}`;
      if (form === undefined) form = formOf(cells, place);
      else form.record(cells, place);
      // Nothing is passed on: the form has taken what it needs.
      return null;
    },
  });
  const file = createReadStream(path);
  file.on('data', () => onProgress(file.bytesRead / sizeBytes));
  const sink = new Writable({ objectMode: true, write: (_record, _encoding, done) => done() });
  try {
    if (isGzip) await pipeline(file, createGunzip(), parser, sink);
    else await pipeline(file, parser, sink);
  } catch (error) {
    throw inputErrorOf(error, name);
  }
  if (form === undefined) throw new InputError(`${name}: expected a CSV file with readings, but it is empty`);
  return form.finish(name);
}

async function probe(path: string): Promise<{ isGzip: boolean; sizeBytes: number }> {
  try {
    const file = await open(path);
    try {
      const magic = Buffer.alloc(2);
      await file.read(magic, 0, 2, 0);
      return { isGzip: magic[0] === 0x1f && magic[1] === 0x8b, sizeBytes: (await file.stat()).size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new InputError(`${path}: cannot be read (${codeOf(error)}): give the path of a CSV file`);
  }
}

function inputErrorOf(error: unknown, name: string): unknown {
  if (error instanceof InputError) return error;
  if (error instanceof CsvError)
    return new InputError(`${name}:${error.lines}: not a CSV file: ${error.message}`);
  if (codeOf(error).startsWith('Z_')) {
    return new InputError(`${name}: the gzip data is broken (${codeOf(error)}): fetch the file again`);
  }
  return error;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}
