/** What an event log stores and a server shows; the numbers are stored and sent, so they never change. */
export const EventCode = Object.freeze({
  /** Power is back. Payload: u32 last known time with power, u32 time now. */
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
  /** Payload: u8 threshold, f64 value. */
  thresholdExceeded: 13,
  thresholdCleared: 14,
  /** The clock was stepped. Payload: u32 time before, u32 time after. */
  clockSet: 15,
  /** Payload: u8 bits of `SelfCheck` that failed. */
  selfCheckFailed: 16,
  selfCheckPassed: 17,
  /** Payload: u32 seconds before, u32 seconds after. */
  intervalChanged: 18,
  /** A store found damage. Payload: u16 how many findings there are. */
  storeDamaged: 19,
  /** The register could not be read: u8 readings in a row. */
  registerFailed: 20,
  registerGood: 21,

  /** Of local managers. Payload of those about a meter: u32, u32 its store id. */
  meterSilent: 32,
  meterHeard: 33,
  meterQuarantined: 34,
  /** A condition of the planner fails. Payload: u8 condition, u8 window proposed, u16 report intervals proposed. */
  planFails: 35,
  /** Pages were dropped before they were reported. Payload: u32 how many ever. */
  pagesDropped: 36,

  /** Of concentrators. Payload: u32, u32 store id of the local manager. */
  managerSilent: 48,
  managerHeard: 49,
  ringFull: 50,
  ringFree: 51,
} as const);
export type EventCode = (typeof EventCode)[keyof typeof EventCode];
