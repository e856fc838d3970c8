/**
 * What an event log stores and a server shows; the numbers are stored and sent, so they never change. A payload is a row
 * of integers (`numbers`).
 */
export const EventCode = Object.freeze({
  /** Power is back. Payload: last known time with power, time now. */
  powerReturned: 1,
  /** The supply is failing right now: the last gasp. */
  powerFailing: 2,
  moved: 3,
  coverOpened: 4,
  coverClosed: 5,
  magnet: 6,
  cableCut: 7,
  batteryLow: 8,
  batteryGood: 9,
  valveChanged: 10,
  doorOpened: 11,
  doorClosed: 12,
  /** Payload: which threshold, value. */
  thresholdExceeded: 13,
  thresholdCleared: 14,
  /** The clock was stepped. Payload: time before, time after. */
  clockSet: 15,
  /** Payload: bits of `SelfCheck` that failed. */
  selfCheckFailed: 16,
  selfCheckPassed: 17,
  /** Payload: seconds before, seconds after. */
  intervalChanged: 18,
  /** A store found damage. Payload: how many findings there are. */
  storeDamaged: 19,
  /** The register could not be read: readings in a row. */
  registerFailed: 20,
  registerGood: 21,

  /** Of local managers. Payload of those about a meter: its store id, high and low. */
  meterSilent: 32,
  meterHeard: 33,
  meterQuarantined: 34,
  /** A condition of the planner fails. Payload: condition, window and report intervals proposed, seconds of an interval. */
  planFails: 35,
  /** Pages were dropped before they were reported. Payload: how many ever. */
  pagesDropped: 36,
  /**
   * A meter was set back to an older image: some of its sequences come once more with other readings. Payload: store id,
   * the first of them, and the one after the last that was known.
   */
  meterSetBack: 37,

  /** Of concentrators. Payload of the first two: address of the local manager. */
  managerSilent: 48,
  managerHeard: 49,
  ringFull: 50,
  ringFree: 51,
  /** A local manager is asked more often because its plan fails, and as before. Payload: its address, hours. */
  reportsShortened: 52,
  reportsAsBefore: 53,
} as const);
export type EventCode = (typeof EventCode)[keyof typeof EventCode];
