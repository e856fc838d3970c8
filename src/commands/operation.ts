/** What a command asks for; the numbers are on the air for ever. Arguments and data are rows of integers (`numbers`). */
export const Operation = Object.freeze({
  /** Takes a reading now, stores it and sends a window. Data: its sequence. */
  readNow: 1,
  /** Argument: seconds. */
  setInterval: 2,
  /** Argument: readings. */
  setWindow: 3,
  /** Data: bits of what failed. */
  selfCheck: 4,
  /** Data: serial number 24 bytes, location 32, body number 16, firmware 16, UTF-8 and zeros. */
  information: 5,
  /** Argument: the way up, nearest first: the routers, then the local manager. */
  setRoute: 6,
  /** Argument: output, state. A relay or a valve; needs the end-to-end key where there is one. */
  setOutput: 7,
  /** Data: what the meter measures, as in the configuration area: 0, number of channels, 8 bytes each. */
  channels: 8,
  /** Arguments: for each of at most four limits channel, 0 of the value or 1 of its growth, raise, clear. None: no limits. */
  setThresholds: 9,

  /**
   * Of local managers, whose arguments name a meter by its store id, high and low: a place may be another's by now. What
   * is so already is done: a command that is given twice does nothing the second time.
   * Arguments: store id, first sequence, address, and of each line that is known of the readings before that sequence the
   * name and the first sequence, at most four, the oldest first: so a meter that was set back is noticed. Data: place.
   */
  addMeter: 16,
  /** Argument: store id. */
  removeMeter: 17,
  /** Arguments: store id of the meter that goes, then those of addMeter. Data: place. */
  replaceMeter: 18,
  /** Arguments: store id, first sequence. */
  rejoinMeter: 19,
  /** Arguments: store id, first sequence, the one after the last: the server misses these. Data: how many are asked for. */
  askAgain: 20,
  /** Argument: store id: the server does not know the lines of this meter; a report is to tell them. */
  tellLines: 21,

  /** Of concentrators. Arguments: address of the local manager, hours. */
  setReportInterval: 32,
  /** Argument: address of the local manager. */
  reportNow: 33,
  /** Argument: address of the new local manager. */
  addManager: 34,
  removeManager: 35,
  /** Arguments: store id of the meter, high and low, address of its local manager, seconds; 0 ends a session. */
  passThrough: 36,
  /** Argument: address of a local manager. Data: seconds that the last transfer took, and the longest. */
  transferTimes: 37,
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
