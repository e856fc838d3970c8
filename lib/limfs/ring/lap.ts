/**
 * The lap byte is the last byte of a PVT entry and its commit: 0 means no page, any other value names the lap in which
 * the page was opened. Only bytes of even parity occur, so one rotted bit never turns a lap into another or into 0.
 */
export const NO_LAP = 0;
const LAPS = 127;

function lapByte(number: number): number {
  let parity = number;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return (number << 1) | (parity & 1);
}

export const FIRST_LAP = lapByte(1);

export function nextLap(lap: number): number {
  const number = lap >> 1;
  return lapByte(number === LAPS ? 1 : number + 1);
}

export function previousLap(lap: number): number {
  const number = lap >> 1;
  return lapByte(number === 1 ? LAPS : number - 1);
}

export function isLap(lap: number): boolean {
  return lap !== NO_LAP && lapByte(lap >> 1) === lap;
}

/** The lap byte of a ring's turn, counted from 0. */
export function lapOfTurn(turn: number): number {
  return lapByte(1 + (turn % LAPS));
}
