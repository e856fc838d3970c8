import type { Activity } from './activity.js';
import { cell, instructions, memory, processor, radio, supplyVolts } from './dataSheets.js';

/** Joules of a day, by what they were spent on. */
export interface DayEnergy {
  readonly sending: number;
  readonly listening: number;
  readonly memory: number;
  readonly processor: number;
  /** Of processor and radio. */
  readonly asleep: number;
}

/** What the parts of one device did: its activity, its radio's speed, and the time its memory's bus was busy. */
export interface Work {
  readonly activity: Activity;
  readonly bitsPerSecond: number;
  readonly busMicroseconds: number;
}

const daySeconds = 86_400;
const daysAYear = 365.25;

/** Joules of a mean day under power. The memory has its supply switched on for each wake-up. */
export function dayEnergyOf({ activity, bitsPerSecond, busMicroseconds }: Work): DayEnergy {
  const { packetsSent, bytesSent, listeningMilliseconds, poweredMilliseconds } = activity;
  const days = poweredMilliseconds / 1000 / daySeconds;
  if (days === 0) return { sending: 0, listening: 0, memory: 0, processor: 0, asleep: 0 };
  const awakeSeconds = awakeSecondsOf(activity);
  const airSeconds = (8 * (bytesSent + packetsSent * radio.frameBytes)) / bitsPerSecond;
  const startSeconds = (packetsSent * radio.startMilliseconds) / 1000;
  const listenSeconds = listeningMilliseconds / 1000;
  const busSeconds = busMicroseconds / 1_000_000;
  const wakes = activity.quietWakes + activity.speakingWakes + activity.packetsTaken + activity.starts;
  const memorySeconds = awakeSeconds + (wakes * memory.powerUpMilliseconds) / 1000;
  const joules = (milliamperes: number, seconds: number) =>
    (milliamperes * supplyVolts * seconds) / 1000 / days;
  const sleep = processor.stopMilliamperes + radio.sleepMilliamperes;
  return {
    sending: joules(radio.sendMilliamperes, airSeconds) + joules(radio.startMilliamperes, startSeconds),
    listening: joules(radio.receiveMilliamperes, listenSeconds),
    memory: joules(memory.activeMilliamperes, busSeconds) + joules(memory.standbyMilliamperes, memorySeconds),
    processor: joules(processor.runMilliamperesPerMegahertz * processor.megahertz, awakeSeconds),
    asleep: joules(sleep, poweredMilliseconds / 1000),
  };
}

/** What a memory takes that stays in standby for the rest of the day, in joules: a board without the switch. */
export const memoryStandbyJoules = (memory.standbyMilliamperes / 1000) * supplyVolts * daySeconds;

export function totalOf(day: DayEnergy): number {
  return day.sending + day.listening + day.memory + day.processor + day.asleep;
}

export function meanOf(days: readonly DayEnergy[]): DayEnergy {
  const mean = (part: keyof DayEnergy) =>
    days.reduce((total, day) => total + day[part], 0) / Math.max(1, days.length);
  return {
    sending: mean('sending'),
    listening: mean('listening'),
    memory: mean('memory'),
    processor: mean('processor'),
    asleep: mean('asleep'),
  };
}

/** How long the cell lasts at so many joules a day; what it loses by itself comes off. */
export function cellYears(joulesADay: number): number {
  const charge = cell.ampereHours * cell.usableShare;
  const hoursAYear = ((joulesADay / supplyVolts) * daysAYear) / 3600;
  return charge / (hoursAYear + cell.ampereHours * cell.lossShareAYear);
}

function awakeSecondsOf({ starts, quietWakes, speakingWakes, packetsTaken }: Activity): number {
  const count =
    starts * instructions.start +
    quietWakes * instructions.quietWake +
    speakingWakes * instructions.speakingWake +
    packetsTaken * instructions.packet;
  return (count * processor.cyclesPerInstruction) / (processor.megahertz * 1_000_000);
}
