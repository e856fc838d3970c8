import { InputError, integerOf } from './inputError.js';
import { type RegisterSource, sourceOfColumns } from './registerSource.js';

/** A reader of one form of file: it is given each record with its place ('file:line'), then asked for the source. */
export interface Form {
  record(cells: readonly string[], place: string): void;
  finish(name: string): RegisterSource;
}

export const maximumMeters = 10_000;
export const maximumSlots = 200_000;

/** The form of a file by its first record, and whether that record is a reading already. */
export function formOf(first: readonly string[], place: string): Form {
  if (first[0] === 'epoch') return registerForm(first.slice(1), place);
  if (first.join() === 'id,t,wh') return longForm();
  if (first.length > 2 && first.every((cell) => /^-?\d+$/.test(cell))) {
    const form = wideForm();
    form.record(first, place);
    return form;
  }
  throw new InputError(
    `${place}: expected a line 'epoch,METER...' (registers), 'id,t,wh' (consumption, a reading a line) or ` +
      `'ID,WH,WH,...' (consumption, a meter a line), but found '${first.join().slice(0, 60)}'`,
  );
}

/** `epoch,METER,METER,...`: registers in Wh, one time a line, an empty cell for a missing one. */
function registerForm(meters: readonly string[], place: string): Form {
  checkMeters(meters.length, place);
  const times: number[] = [];
  const columns: number[][] = meters.map(() => []);
  return {
    record: (cells, place) => {
      if (cells.length !== meters.length + 1) {
        throw new InputError(
          `${place}: expected ${meters.length + 1} cells as in the first line, but found ${cells.length}`,
        );
      }
      const timeSeconds = integerOf(cells[0]!, place, 'the time in seconds');
      checkSlots(times.length, place);
      const step = times.length > 1 ? times[1]! - times[0]! : undefined;
      const expected = step === undefined ? undefined : times[0]! + step * times.length;
      if (expected !== undefined ? timeSeconds !== expected : timeSeconds <= (times[0] ?? -1)) {
        throw new InputError(
          `${place}: expected time ${expected ?? `after ${times[0]}`}, because lines have equal steps, but found ${timeSeconds}`,
        );
      }
      times.push(timeSeconds);
      for (let meter = 0; meter < columns.length; meter++) {
        const cell = cells[meter + 1]!;
        columns[meter]!.push(cell === '' ? Number.NaN : integerOf(cell, place, 'a register in Wh'));
      }
    },
    finish: (name) => {
      if (times.length < 2) throw new InputError(`${name}: expected at least two lines of registers`);
      if (times[0]! % (times[1]! - times[0]!) !== 0) {
        throw new InputError(
          `${name}: expected times at whole intervals of the clock, such as full hours in UTC`,
        );
      }
      const shape = {
        name,
        meters,
        intervalSeconds: times[1]! - times[0]!,
        firstTimeSeconds: times[0]!,
        slots: times.length,
      };
      return sourceOfColumns(shape, (meter) => columns[meter]!);
    },
  };
}

interface LongMeter {
  readonly times: number[];
  readonly registers: number[];
}

const longIntervalSeconds = 1800;

/**
 * `id,t,wh`: the consumption of each half-hour, a reading a line. The meters start at different times: slot 0 is
 * where the last of them starts, and those that end before it are left out. What was consumed in a gap is unknown
 * and counts as nothing, so the register goes on after the gap where it stood.
 */
function longForm(): Form {
  const meters = new Map<string, LongMeter>();
  return {
    record: (cells, place) => {
      if (cells.length !== 3)
        throw new InputError(`${place}: expected 'id,t,wh', but found ${cells.length} cells`);
      const timeSeconds = integerOf(cells[1]!, place, 'the time in seconds');
      const wattHours = integerOf(cells[2]!, place, 'a consumption in Wh');
      if (timeSeconds % longIntervalSeconds !== 0) {
        throw new InputError(`${place}: expected a time on the half-hour, but found ${timeSeconds}`);
      }
      let meter = meters.get(cells[0]!);
      if (meter === undefined) {
        checkMeters(meters.size + 1, place);
        meter = { times: [], registers: [] };
        meters.set(cells[0]!, meter);
      }
      if (timeSeconds <= (meter.times.at(-1) ?? -1)) {
        throw new InputError(
          `${place}: expected a time after ${meter.times.at(-1)}, but found ${timeSeconds}`,
        );
      }
      checkSlots(meter.times.length, place);
      meter.times.push(timeSeconds);
      meter.registers.push((meter.registers.at(-1) ?? 0) + wattHours);
    },
    finish: (name) => sourceOfLong(name, meters),
  };
}

function sourceOfLong(name: string, all: ReadonlyMap<string, LongMeter>): RegisterSource {
  if (all.size === 0) throw new InputError(`${name}: expected at least one reading after the first line`);
  const starts = [...all.values()].map((meter) => meter.times[0]!);
  const firstTimeSeconds = starts.reduce((latest, start) => Math.max(latest, start), 0);
  const kept = [...all].filter(([, meter]) => meter.times.at(-1)! >= firstTimeSeconds);
  const endSeconds = kept.reduce((latest, [, meter]) => Math.max(latest, meter.times.at(-1)!), 0);
  const slots = Math.min((endSeconds - firstTimeSeconds) / longIntervalSeconds + 1, maximumSlots);
  const columns = kept.map(([, meter]) => {
    const column = new Float64Array(slots).fill(Number.NaN);
    for (let index = 0; index < meter.times.length; index++) {
      const slot = (meter.times[index]! - firstTimeSeconds) / longIntervalSeconds;
      if (slot >= 0 && slot < slots) column[slot] = meter.registers[index]!;
    }
    return column;
  });
  const shape = {
    name,
    meters: kept.map(([id]) => id),
    intervalSeconds: longIntervalSeconds,
    firstTimeSeconds,
    slots,
  };
  return sourceOfColumns(shape, (meter) => columns[meter]!);
}

/** Monday of week 44 of 2016: the file has no dates, only 'week 44 to week 50'. */
const wideFirstTimeSeconds = 1_477_872_000;

/** `ID,WH,WH,...`: the consumption of each quarter of an hour, a meter a line. */
function wideForm(): Form {
  const meters: string[] = [];
  const columns: Float64Array[] = [];
  return {
    record: (cells, place) => {
      const slots = columns[0]?.length ?? cells.length - 1;
      checkMeters(meters.length + 1, place);
      checkSlots(slots - 1, place);
      if (cells.length !== slots + 1) {
        throw new InputError(
          `${place}: expected an id and ${slots} values as in the first line, but found ${cells.length} cells`,
        );
      }
      let register = 0;
      const column = new Float64Array(slots);
      for (let slot = 0; slot < slots; slot++) {
        register += integerOf(cells[slot + 1]!, place, 'a consumption in Wh');
        column[slot] = register;
      }
      meters.push(cells[0]!);
      columns.push(column);
    },
    finish: (name) => {
      const shape = {
        name,
        meters,
        intervalSeconds: 900,
        firstTimeSeconds: wideFirstTimeSeconds,
        slots: columns[0]?.length ?? 0,
      };
      return sourceOfColumns(shape, (meter) => columns[meter]!);
    },
  };
}

function checkMeters(count: number, place: string): void {
  if (count < 1 || count > maximumMeters) {
    throw new InputError(`${place}: expected 1 to ${maximumMeters} meters, but found ${count}`);
  }
}

function checkSlots(before: number, place: string): void {
  if (before >= maximumSlots)
    throw new InputError(`${place}: expected at most ${maximumSlots} readings a meter`);
}
