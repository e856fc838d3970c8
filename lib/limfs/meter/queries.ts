import type { PageReader } from './pageReader.js';
import { type Batch, copyReading, createReading, type Reading } from './reading.js';
import type { Timeline } from './timeline.js';

/** How readings are found and read, whatever the medium: by time, by sequence, and all of a span of time. */
export class Queries {
  private readonly timeline: Timeline;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  /** As `ReadingStore.find`. */
  find(timeSeconds: number, into: Reading): boolean {
    const { timeline } = this;
    const position = this.itemOf(timeSeconds);
    if (position < 0) return false;
    const single = timeline.single;
    if (single !== null) {
      copyReading(single, into);
      return true;
    }
    const reader = timeline.enter();
    if (reader === null) return this.lastBefore(position, into);
    reader.seek(timeSeconds);
    reader.deliver(into);
    return true;
  }

  /** As `ReadingStore.read`, of the readings in pages, and at most to the end of one. */
  read(firstSequence: number, batch: Batch): number {
    const { timeline } = this;
    batch.count = 0;
    if (((firstSequence - timeline.next()) | 0) >= 0) return 0;
    const reader = timeline.resume(firstSequence);
    if (reader?.collect(firstSequence, batch)) return batch.count;
    const last = timeline.lastPage();
    for (let position = timeline.pageOf(firstSequence); position <= last; position += 1) {
      if (timeline.take(position) && timeline.enter()?.collect(firstSequence, batch)) return batch.count;
    }
    return 0;
  }

  /** As `ReadingStore.range`. */
  range(fromSeconds: number, toSeconds: number, visit: (reading: Reading) => void): number {
    const { timeline } = this;
    const reading = createReading();
    const first = timeline.first();
    const last = timeline.last();
    let visited = 0;
    for (let start = first; start <= last; start += 1) {
      if (!timeline.take(start)) continue;
      const end = timeline.endOfRun(start);
      const found = timeline.lastUpTo(fromSeconds - 1, start, end);
      // The search has taken the item that it found, so it need not be read again.
      let taken = found >= 0;
      for (let position = Math.max(start, found); position <= end; position += 1) {
        if (!taken && !timeline.take(position)) continue;
        taken = false;
        if (timeline.startSeconds() >= toSeconds) break;
        const { single } = timeline;
        const reader = single === null ? timeline.enter() : null;
        if (reader !== null) {
          // A page that was packed twice, because a cut came before its entry, is visited once.
          const known = visited === 0 ? -1 : reading.sequence;
          visited += visitPage(reader, fromSeconds, toSeconds, known, reading, visit);
          // A later reading in the page itself tells that the next page need not be looked at.
          if (reader.state.timeSeconds >= toSeconds) break;
        } else if (single !== null && single.timeSeconds >= fromSeconds) {
          copyReading(single, reading);
          visit(reading);
          visited += 1;
        }
      }
      start = end;
    }
    return visited;
  }

  /** The last reading of the newest whole page before a position. */
  lastBefore(position: number, into: Reading): boolean {
    const { timeline } = this;
    const first = timeline.first();
    for (let at = timeline.before(position); at >= first; at = timeline.before(at)) {
      const reader = timeline.take(at) ? timeline.enter() : null;
      if (reader === null) continue;
      reader.advance();
      reader.deliver(into);
      return true;
    }
    return false;
  }

  /**
   * Takes the item that holds the reading for a time; -1: there is none. The newest run that covers the time wins, so
   * that a clock that was set back shows the newer readings; where none covers it, the reading nearest before it.
   */
  private itemOf(timeSeconds: number): number {
    const { timeline } = this;
    const first = timeline.first();
    let best = -1;
    let bestTime = -1;
    for (let end = timeline.last(); end >= first; ) {
      const start = timeline.startOfRun(end);
      const position = timeline.lastUpTo(timeSeconds, start, end);
      if (position >= 0) {
        if (position < end || (start <= first && best < 0)) return position;
        const latest = this.latestTime(timeSeconds);
        if (latest >= timeSeconds) return position;
        if (latest > bestTime) {
          best = position;
          bestTime = latest;
        }
      }
      end = timeline.before(start);
    }
    return best >= 0 && timeline.take(best) ? best : -1;
  }

  /** Time of the newest reading of the item taken that is not later than asked, or a later one if there is one. */
  private latestTime(timeSeconds: number): number {
    const { timeline } = this;
    if (timeline.single !== null) return timeline.startSeconds();
    const reader = timeline.enter();
    if (reader === null) return -1;
    reader.rewind();
    reader.advance(undefined, timeSeconds);
    const latest = reader.state.timeSeconds;
    return latest > timeSeconds || reader.reachedEnd() ? latest : timeSeconds + 1;
  }
}

/** Visits the readings of a page in [fromSeconds, toSeconds), unless they come before or are reading `known` (-1: none). */
function visitPage(
  reader: PageReader,
  fromSeconds: number,
  toSeconds: number,
  known: number,
  reading: Reading,
  visit: (reading: Reading) => void,
): number {
  const { state } = reader;
  let visited = 0;
  reader.rewind();
  reader.advance(undefined, fromSeconds - 1);
  if (state.count === 0 || state.timeSeconds < fromSeconds) reader.advance(state.count + 1);
  let before = -1;
  while (state.count > before && state.timeSeconds < toSeconds) {
    if (state.count > 0 && state.timeSeconds >= fromSeconds) {
      reader.deliver(reading);
      if (known < 0 || ((reading.sequence - known) | 0) > 0) {
        visit(reading);
        visited += 1;
      }
    }
    before = state.count;
    reader.advance(before + 1);
  }
  return visited;
}
