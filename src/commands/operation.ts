/** What a command asks for; the numbers are on the air for ever. Arguments are little-endian integers. */
export const Operation = Object.freeze({
  /** Takes a reading now, stores it and sends a window. Data: u32 its sequence. */
  readNow: 1,
  /** Argument: u32 seconds. */
  setInterval: 2,
  /** Argument: u8 readings. */
  setWindow: 3,
  /** Data: u8 bits of what failed. */
  selfCheck: 4,
  /** Data: what the install area holds, as text. */
  information: 5,
  /** Argument: u16 addresses of the routers to the local manager, nearest first. */
  setRoute: 6,
  /** Argument: u8 output, u8 state. A relay or a valve; needs the end-to-end key where there is one. */
  setOutput: 7,

  /** Of local managers. Arguments: u32, u32 store id of the meter, u32 first sequence, u16 address. Data: u8 place. */
  addMeter: 16,
  /** Argument: u8 place. */
  removeMeter: 17,
  /** Arguments: u8 place, then those of addMeter. */
  replaceMeter: 18,
  /** Arguments: u8 place, u32 first sequence. */
  rejoinMeter: 19,

  /** Of concentrators. Arguments: u16 address of the local manager, u8 hours. */
  setReportInterval: 32,
  /** Argument: u16 address of the local manager. */
  reportNow: 33,
  /** Argument: u16 address of the new local manager. */
  addManager: 34,
  removeManager: 35,
} as const);

/** Why a command was not carried out. */
export const ResultCode = Object.freeze({
  done: 0,
  /** The device has no such operation. */
  unknown: 1,
  /** An argument is missing or out of range. */
  argument: 2,
  /** It came after its time. */
  late: 3,
  /** It was carried out before; what came of it is not known any more, because the device was restarted. */
  repeated: 4,
  /** It was begun, and failed. */
  failed: 5,
} as const);
