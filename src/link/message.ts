import type { StoreId } from '../../lib/limfs/index.js';

/** What kinds of messages there are; the numbers are on the air for ever (PROTOCOL.md). */
export const MessageKind = Object.freeze({
  window: 1,
  backfillRequest: 2,
  backfill: 3,
  reportRequest: 4,
  page: 5,
  cellRequest: 6,
  cell: 7,
  acknowledgement: 8,
  timeRequest: 9,
  time: 10,
  event: 11,
  eventAcknowledgement: 12,
  command: 13,
  result: 14,
  reportPart: 15,
  reportAcknowledgement: 16,
  passThrough: 17,
  linesRequest: 18,
  lines: 19,
} as const);

/** Meter to local manager: the newest readings (the paper's ADSS block), and what its store holds. */
export interface Window {
  readonly kind: typeof MessageKind.window;
  readonly storeId: StoreId;
  /** The line that the meter is on (lib/limfs/lines). */
  readonly line: number;
  readonly oldestSequence: number;
  /** Packed or raw (lib/limfs/window); empty when there is no reading yet. */
  readonly block: Uint8Array;
}

/** Local manager to meter: send readings from a sequence on. */
export interface BackfillRequest {
  readonly kind: typeof MessageKind.backfillRequest;
  readonly storeId: StoreId;
  readonly firstSequence: number;
  readonly count: number;
}

/** Meter to local manager: what was asked for, from `firstSequence` or the oldest kept on; empty if there is none. */
export interface Backfill {
  readonly kind: typeof MessageKind.backfill;
  readonly storeId: StoreId;
  readonly line: number;
  readonly firstSequence: number;
  readonly oldestSequence: number;
  /** The sequence that the next reading will get. */
  readonly nextSequence: number;
  readonly block: Uint8Array;
}

/** Concentrator to local manager: name the oldest page to report; with `freeze`, a report is due. */
export interface ReportRequest {
  readonly kind: typeof MessageKind.reportRequest;
  readonly freeze: boolean;
  /** The concentrator's clock; 0: it has no time. */
  readonly timeSeconds: number;
}

/** Local manager to concentrator: the oldest page to report; `cells` is 0 when there is none. */
export interface Page {
  readonly kind: typeof MessageKind.page;
  readonly storeId: StoreId;
  readonly counter: number;
  readonly cells: number;
  readonly checksum: number;
  readonly timeSeconds: number;
}

export interface CellRequest {
  readonly kind: typeof MessageKind.cellRequest;
  readonly counter: number;
  readonly first: number;
  readonly count: number;
}

/** One cell of a page, head and block; without bytes for an empty one. */
export interface Cell {
  readonly kind: typeof MessageKind.cell;
  readonly counter: number;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** The concentrator has the page durably. */
export interface Acknowledgement {
  readonly kind: typeof MessageKind.acknowledgement;
  readonly storeId: StoreId;
  readonly counter: number;
  readonly checksum: number;
}

export interface TimeRequest {
  readonly kind: typeof MessageKind.timeRequest;
  readonly nonce: number;
}

export interface Time {
  readonly kind: typeof MessageKind.time;
  readonly nonce: number;
  readonly timeSeconds: number;
}

/** A device to its concentrator, until acknowledged. */
export interface EventMessage {
  readonly kind: typeof MessageKind.event;
  readonly storeId: StoreId;
  readonly sequence: number;
  readonly code: number;
  readonly timeSeconds: number;
  readonly folded: number;
  readonly payload: Uint8Array;
}

export interface EventAcknowledgement {
  readonly kind: typeof MessageKind.eventAcknowledgement;
  readonly storeId: StoreId;
  readonly sequence: number;
}

/** Server to a device: runs once, not after a time, only at the device with this store. */
export interface Command {
  readonly kind: typeof MessageKind.command;
  readonly number: number;
  readonly storeId: StoreId;
  readonly notAfterSeconds: number;
  readonly operation: number;
  readonly argument: Uint8Array;
}

export interface Result {
  readonly kind: typeof MessageKind.result;
  readonly number: number;
  readonly storeId: StoreId;
  /** 0: done; else why not. */
  readonly code: number;
  readonly data: Uint8Array;
}

/** What a concentrator sends up (the uplink's stream): a piece of one stored report. */
export interface ReportPart {
  readonly kind: typeof MessageKind.reportPart;
  readonly storeId: StoreId;
  readonly pageCounter: number;
  readonly checksum: number;
  readonly copy: number;
  /** When it arrived at the concentrator. */
  readonly timeSeconds: number;
  /** The headers of the devices that it passed (section 3.3), as the concentrator's store keeps them. */
  readonly headers: Uint8Array;
  readonly totalBytes: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The server has the whole report. */
export interface ReportAcknowledgement {
  readonly kind: typeof MessageKind.reportAcknowledgement;
  readonly storeId: StoreId;
  readonly pageCounter: number;
  readonly checksum: number;
  readonly copy: number;
}

/** Bytes between the server and one meter while a session is open: nobody on the way looks into them or keeps them. */
export interface PassThrough {
  readonly kind: typeof MessageKind.passThrough;
  /** The meter's. */
  readonly storeId: StoreId;
  readonly bytes: Uint8Array;
}

/** Local manager to meter: name your lines from this one on; 0: from the oldest on. */
export interface LinesRequest {
  readonly kind: typeof MessageKind.linesRequest;
  readonly storeId: StoreId;
  readonly nonce: number;
  readonly line: number;
}

/** Meter to local manager: the lines that were asked for; none if the line that was named is none of them. */
export interface Lines {
  readonly kind: typeof MessageKind.lines;
  readonly storeId: StoreId;
  readonly nonce: number;
  readonly oldestSequence: number;
  /** There are newer ones, which found no room in the packet. */
  readonly more: boolean;
  /** Of each the name and the first sequence, as lib/limfs/lines writes them, the oldest first. */
  readonly lines: Uint8Array;
}

export type Message =
  | Window
  | BackfillRequest
  | Backfill
  | ReportRequest
  | Page
  | CellRequest
  | Cell
  | Acknowledgement
  | TimeRequest
  | Time
  | EventMessage
  | EventAcknowledgement
  | Command
  | Result
  | ReportPart
  | ReportAcknowledgement
  | PassThrough
  | LinesRequest
  | Lines;
