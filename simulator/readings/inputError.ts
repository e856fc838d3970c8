/** A file or option of the user is not as it should be; the message names the place, the cause and the cure. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** An integer from the text of a cell. */
export function integerOf(text: string, place: string, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) {
    throw new InputError(`${place}: expected ${what}, an integer, but found '${text.slice(0, 40)}'`);
  }
  return value;
}
