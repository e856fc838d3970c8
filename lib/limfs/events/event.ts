/** One event as it is read. */
export interface Event {
  /** u32, one more than the event before; a gap is what was overwritten or damaged. */
  readonly sequence: number;
  /** 1 to 65,535, as the firmware numbers what happens. */
  readonly code: number;
  readonly timeSeconds: number;
  /** Events of this code that were only counted since the one before of this code; 65,535 means so many or more. */
  readonly folded: number;
  readonly payload: Uint8Array;
}

/** So many events of one code are stored in any such time; more are counted. */
export interface RateLimit {
  readonly events: number;
  readonly seconds: number;
}

export const MAXIMUM_PAYLOAD_BYTES = 24;
export const MAXIMUM_COUNT = 0xffff;

/** An event's page; time and sequence are in its PVT entry. */
export const EVENT_BYTES = 8 + MAXIMUM_PAYLOAD_BYTES;

/** Where things lie in the log's region; the superblock is in front. */
export const ACKNOWLEDGED_ADDRESS = 56;
export const ACKNOWLEDGED_BYTES = 8;
export const FOLDED_ADDRESS = 72;
export const FOLDED_BYTES = 68;
export const EVENT_TABLE_ADDRESS = 208;
