/**
 * What a concentrator stores and sends up are reports, and there are two kinds: pages of local managers, named by their
 * page counter, and notices, which are events and results of commands. A notice is the message itself, as it came. Its
 * name says what it is, so that no notice is ever taken for a page: a page counter reaches that far after 1,000 years.
 */
const EVENT = 0x8000_0000;
const RESULT = 0xc000_0000;
const KIND_MASK = 0xc000_0000;

/** The name of an event, in the place of a page counter. */
export function eventCounter(sequence: number): number {
  return (EVENT | (sequence & ~KIND_MASK)) >>> 0;
}

/** The name of a result. */
export function resultCounter(commandNumber: number): number {
  return (RESULT | (commandNumber & ~KIND_MASK)) >>> 0;
}

/** Whether a report is a notice and no page. */
export function isNotice(pageCounter: number): boolean {
  return pageCounter >= EVENT;
}
