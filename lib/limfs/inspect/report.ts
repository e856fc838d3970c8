import type { Environment } from '../areas/environment.js';
import type { Install } from '../areas/install.js';
import type { StoreId } from '../areas/superblock.js';
import type { ManagerSettings } from '../manager/managerLayout.js';
import type { Channel } from '../meter/channels.js';
import type { Finding, FindingCode } from '../meter/finding.js';
import type { PaperSettings } from '../paper/paperFormat.js';

export interface AreaReport {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
}

/** What stores find, and: no copy of a small record checks. */
export type ImageFindingCode = FindingCode | 'record-lost';

/** Damage and the bytes that it concerns. */
export interface ImageFinding {
  readonly code: ImageFindingCode;
  readonly slot: number;
  /** -1 where the damage has no single place. */
  readonly address: number;
  readonly sizeBytes: number;
}

/**
 * What bytes are used for: `fixed` small records, `table` PVT, `closed` finished data, `open` data that still changes,
 * `old` data that was delivered and may be overwritten, `free`, `damaged`.
 */
export type Use = 'fixed' | 'table' | 'closed' | 'open' | 'old' | 'damaged';

/** A stretch of bytes; what lies in none is free. */
export interface UsedBytes {
  readonly address: number;
  readonly sizeBytes: number;
  readonly use: Use;
}

/** Slots of the PVT in order, for a drawing of the ring. */
export type SlotState = 'free' | 'open' | 'closed' | 'old' | 'damaged';

/** One slot of the PVT and its page. What follows `state` means nothing where that is 'free'. */
export interface PageReport {
  readonly slot: number;
  readonly address: number;
  readonly state: 'free' | 'open' | 'sealed' | 'damaged';
  readonly run: number;
  readonly firstSequence: number;
  readonly firstTimeSeconds: number;
  readonly lastTimeSeconds: number;
  /** 0 where the page is damaged. */
  readonly readings: number;
}

/** A log of events in a region of the image. */
export interface EventLogReport {
  readonly address: number;
  readonly sizeBytes: number;
  readonly capacity: number;
  readonly acknowledgedSequence: number;
  readonly nextSequence: number;
  readonly events: readonly EventReport[];
  readonly folded: readonly { readonly code: number; readonly count: number }[];
  readonly findings: readonly Finding[];
}

export interface EventReport {
  readonly sequence: number;
  readonly code: number;
  readonly timeSeconds: number;
  readonly folded: number;
  /** Bytes in hexadecimal. */
  readonly payload: string;
}

/** A pulse counter that was found in bytes which belong to no store. */
export interface PulseReport {
  readonly address: number;
  readonly count: number;
}

/** The newest power-ups of a meter by name, oldest first: they tell its readings from those of another image of its chip. */
export interface LinesReport {
  readonly address: number;
  readonly lines: readonly { readonly name: number; readonly firstSequence: number }[];
}

/** A further ring of reports behind the store: a concentrator's notices to the server. */
export interface SideRingReport {
  readonly address: number;
  readonly capacityBytes: number;
  readonly waiting: number;
  readonly kept: number;
  readonly findings: readonly Finding[];
}

/** What every image says, whatever its role. */
interface CommonReport {
  readonly formatVersion: number;
  readonly storeId: StoreId;
  readonly imageBytes: number;
  readonly areas: readonly AreaReport[];
  readonly install: Install | null;
  readonly environment: Environment | null;
  readonly uses: readonly UsedBytes[];
  readonly slots: readonly SlotState[];
  /** Slot of the newest page; -1 where there is none, or no ring of slots. */
  readonly newestSlot: number;
  /** Readings and holes that can be read. */
  readonly readings: number;
  readonly findings: readonly ImageFinding[];
  /** What is no damage, but worth knowing: a torn copy of a record beside a whole one. */
  readonly notes: readonly string[];
  readonly eventLogs: readonly EventLogReport[];
  readonly pulses: readonly PulseReport[];
  readonly sideRings: readonly SideRingReport[];
  readonly lines: readonly LinesReport[];
}

export interface MeterReport extends CommonReport {
  readonly role: 'meter';
  readonly medium: 'FRAM' | 'NOR flash';
  readonly pageBytes: number;
  readonly channels: readonly Channel[];
  readonly intervalSeconds: number;
  /** Device time at the last checkpoint; 0 when there was none. */
  readonly checkpointSeconds: number;
  readonly pages: readonly PageReport[];
  readonly oldestSequence: number;
  readonly nextSequence: number;
  /** Sectors of a NOR flash. */
  readonly sectors: readonly SectorReport[];
}

export interface SectorReport {
  readonly sector: number;
  readonly address: number;
  readonly kind: 'log' | 'pages' | 'journal' | 'erased' | 'to be erased';
  readonly generation: number;
  /** Pages, or journal records. */
  readonly used: number;
  readonly capacity: number;
}

export interface PaperReport extends CommonReport {
  readonly role: 'paper';
  readonly pageBytes: number;
  readonly settings: PaperSettings;
  readonly pages: readonly PageReport[];
  readonly oldestSequence: number;
  readonly nextSequence: number;
}

/** What a local manager knows of a meter. */
export interface ManagedMeter {
  readonly place: number;
  readonly storeId: StoreId;
  readonly quarantined: boolean;
  /** How often its chip was set back to an older image, each time within a day of the time before. */
  readonly setBacks: number;
  /** The line that it is on; 0 when that is not known yet. */
  readonly line: number;
  readonly nextSequence: number;
  readonly gaps: readonly { readonly first: number; readonly end: number; readonly uncertain: boolean }[];
  /** Readings that were reported lost. */
  readonly lost: number;
}

/** A page of a local manager. */
export interface ManagerPageReport {
  /** The page counter. */
  readonly position: number;
  readonly kind: 'window' | 'fill' | 'unknown';
  /** 0 where its entry is damaged. */
  readonly timeSeconds: number;
  readonly state: 'open' | 'closed' | 'frozen' | 'acknowledged';
  readonly cells: number;
  readonly whole: number;
  readonly damaged: number;
  readonly readings: number;
}

export interface ManagerReport extends CommonReport {
  readonly role: 'manager';
  readonly settings: ManagerSettings;
  readonly meters: readonly ManagedMeter[];
  readonly pages: readonly ManagerPageReport[];
  readonly droppedPages: number;
  readonly ownerlessReadings: number;
}

/** A report that a concentrator keeps. */
export interface StoredReport {
  readonly slot: number;
  readonly state: 'waiting' | 'acknowledged';
  readonly storeId: StoreId;
  readonly pageCounter: number;
  readonly checksum: number;
  readonly copy: number;
  readonly conflict: boolean;
  readonly timeSeconds: number;
  readonly bodyBytes: number;
  /** Readings in its body; -1 when the body is not a local manager's page. */
  readonly readings: number;
  readonly headers: readonly DeviceHeaderReport[];
}

export interface DeviceHeaderReport {
  readonly device: StoreId;
  readonly timeSeconds: number;
  readonly batteryMillivolts: number | null;
  readonly errors: number;
  readonly rssiDbm: number | null;
}

/** What the stored reports say of a meter. */
export interface ReportedMeter {
  readonly storeId: StoreId;
  readonly manager: StoreId;
  readonly readings: number;
  readonly firstSequence: number;
  readonly nextSequence: number;
  /** Sequences between them that no kept report holds: reported before, or missing. */
  readonly gaps: readonly { readonly first: number; readonly end: number }[];
  /** Readings that its local manager reported lost. */
  readonly lost: number;
}

export interface ConcentratorReport extends CommonReport {
  readonly role: 'concentrator';
  readonly reports: readonly StoredReport[];
  readonly meters: readonly ReportedMeter[];
  readonly waiting: number;
  readonly freeBytes: number;
  readonly capacityBytes: number;
}

/** An image that is nothing but an event log. */
export interface EventsReport extends CommonReport {
  readonly role: 'events';
}

export type ImageReport = MeterReport | PaperReport | ManagerReport | ConcentratorReport | EventsReport;

/** A reading in any image. */
export interface ImageReading {
  /** The meter's store. */
  readonly storeId: StoreId;
  readonly sequence: number;
  readonly timeSeconds: number;
  /** Number of the run modulo 256; -1 where the image does not say. */
  readonly run: number;
  readonly status: number;
  /** False for a hole. */
  readonly valid: boolean;
  readonly values: readonly number[];
}
