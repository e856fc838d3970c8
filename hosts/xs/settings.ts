/** The `config` object of manifest.json; what mcconfig's command line overrides arrives as a string. */
export type Settings = Readonly<Record<string, string | number | boolean | undefined>>;

/** A setting that must be a whole number, zero or more; throws an Error that names it otherwise. */
export function numberOf(settings: Settings, name: string): number {
  const value = settings[name];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`config '${name}' in manifest.json must be a whole number, not '${value}'`);
}

/**
 * A setting that must be whole numbers with commas between them, or empty; throws an Error that names it otherwise.
 * No regular expression: XS's are 33 KB, which a router needs for nothing else.
 */
export function numbersOf(settings: Settings, name: string): number[] {
  const text = `${settings[name]}`;
  const numbers = text === '' ? [] : text.split(',').map((part) => (part === '' ? Number.NaN : Number(part)));
  if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return numbers;
  throw new Error(`config '${name}' in manifest.json must be numbers such as '3,1', not '${text}'`);
}

/** A setting that must be a text; throws an Error that names it otherwise. */
export function textOf(settings: Settings, name: string): string {
  const value = settings[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`config '${name}' in manifest.json must be a text, not '${value}'`);
}
