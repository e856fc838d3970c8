import { LineList } from '../lib/limfs/lines/index.js';

/** The one line of a meter that is never switched off. */
export const LINE = 1;

export function oneLine(): LineList {
  const lines = new LineList(1);
  lines.add(LINE, 0);
  return lines;
}
