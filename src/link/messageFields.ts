import type { StoreId } from '../../lib/limfs/index.js';
import type * as message from './message.js';

/** The largest block of readings, as lib/limfs/window has it: a router must not carry that code for one number. */
export const MAXIMUM_BLOCK_BYTES = 256;

/** A field's type and range: an unsigned integer up to a largest value, bytes up to a largest number, or neither. */
export type FieldType =
  | { readonly type: 'integer'; readonly largest: number }
  | { readonly type: 'bytes'; readonly largest: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'storeId' };

export interface Field {
  readonly name: string;
  readonly range: FieldType;
}

type Named<Value> = Value extends boolean
  ? { readonly type: 'boolean' }
  : Value extends StoreId
    ? { readonly type: 'storeId' }
    : Value extends Uint8Array
      ? { readonly type: 'bytes'; readonly largest: number }
      : { readonly type: 'integer'; readonly largest: number };

/** Every field of a message but its kind; in this order they get the keys 1, 2, ... */
type FieldsOf<Kind extends message.Message> = {
  readonly [Name in Exclude<keyof Kind, 'kind'>]: Named<Kind[Name]>;
};

const u8 = { type: 'integer', largest: 0xff } as const;
const u16 = { type: 'integer', largest: 0xffff } as const;
const u32 = { type: 'integer', largest: 0xffff_ffff } as const;
const boolean = { type: 'boolean' } as const;
const storeId = { type: 'storeId' } as const;
const block = { type: 'bytes', largest: MAXIMUM_BLOCK_BYTES } as const;

const window: FieldsOf<message.Window> = { storeId, line: u32, oldestSequence: u32, block };
const backfillRequest: FieldsOf<message.BackfillRequest> = { storeId, firstSequence: u32, count: u16 };
const backfill: FieldsOf<message.Backfill> = {
  storeId,
  line: u32,
  firstSequence: u32,
  oldestSequence: u32,
  nextSequence: u32,
  block,
};
const reportRequest: FieldsOf<message.ReportRequest> = { freeze: boolean, timeSeconds: u32 };
const page: FieldsOf<message.Page> = { storeId, counter: u32, cells: u16, checksum: u32, timeSeconds: u32 };
const cellRequest: FieldsOf<message.CellRequest> = { counter: u32, first: u16, count: u16 };
const cell: FieldsOf<message.Cell> = { counter: u32, index: u16, bytes: block };
const acknowledgement: FieldsOf<message.Acknowledgement> = { storeId, counter: u32, checksum: u32 };
const timeRequest: FieldsOf<message.TimeRequest> = { nonce: u32 };
const time: FieldsOf<message.Time> = { nonce: u32, timeSeconds: u32 };
const event: FieldsOf<message.EventMessage> = {
  storeId,
  sequence: u32,
  code: u16,
  timeSeconds: u32,
  folded: u16,
  payload: { type: 'bytes', largest: 24 },
};
const eventAcknowledgement: FieldsOf<message.EventAcknowledgement> = { storeId, sequence: u32 };
const command: FieldsOf<message.Command> = {
  number: u32,
  storeId,
  notAfterSeconds: u32,
  operation: u8,
  argument: { type: 'bytes', largest: 64 },
};
const result: FieldsOf<message.Result> = {
  number: u32,
  storeId,
  code: u8,
  data: { type: 'bytes', largest: 512 },
};
const reportPart: FieldsOf<message.ReportPart> = {
  storeId,
  pageCounter: u32,
  checksum: u32,
  copy: u16,
  timeSeconds: u32,
  headers: { type: 'bytes', largest: 256 },
  totalBytes: u16,
  offset: u16,
  bytes: { type: 'bytes', largest: 1024 },
};
const reportAcknowledgement: FieldsOf<message.ReportAcknowledgement> = {
  storeId,
  pageCounter: u32,
  checksum: u32,
  copy: u16,
};
const passThrough: FieldsOf<message.PassThrough> = { storeId, bytes: { type: 'bytes', largest: 512 } };
const linesRequest: FieldsOf<message.LinesRequest> = { storeId, nonce: u32, line: u32 };
const lines: FieldsOf<message.Lines> = {
  storeId,
  nonce: u32,
  oldestSequence: u32,
  more: boolean,
  lines: { type: 'bytes', largest: 128 },
};

/** All of it frozen, so that XS keeps it in flash without a reference of each object in RAM. */
function list(fields: { readonly [name: string]: FieldType }): readonly Field[] {
  return Object.freeze(
    Object.entries(fields).map(([name, range]) => Object.freeze({ name, range: Object.freeze(range) })),
  );
}

/** By kind: the fields, the first with key 1. There is no kind 0. */
const fields: readonly (readonly Field[])[] = Object.freeze([
  Object.freeze([]),
  list(window),
  list(backfillRequest),
  list(backfill),
  list(reportRequest),
  list(page),
  list(cellRequest),
  list(cell),
  list(acknowledgement),
  list(timeRequest),
  list(time),
  list(event),
  list(eventAcknowledgement),
  list(command),
  list(result),
  list(reportPart),
  list(reportAcknowledgement),
  list(passThrough),
  list(linesRequest),
  list(lines),
]);

/** The fields of a kind; undefined for an unknown one. */
export function fieldsOf(kind: number): readonly Field[] | undefined {
  return kind === 0 ? undefined : fields[kind];
}
