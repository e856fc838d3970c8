import { foldDown, seed } from '../checksum.js';
import type { Medium } from '../medium/medium.js';
import { getUint32, putUint32 } from './bytes.js';
import { INSTALL_ADDRESS, INSTALL_BYTES } from './layout.js';
import { RecordPair } from './record.js';
import { getText, putText } from './text.js';

/** The install area (the paper's section 3): who this device is, where it hangs and how it started. */
export interface Install {
  /** At most 24 bytes of UTF-8. */
  readonly serialNumber: string;
  /** The number on the meter's body, as the utility counts it (1/21/908937), at most 16 bytes of UTF-8. */
  readonly bodyNumber: string;
  /** At most 32 bytes of UTF-8. */
  readonly location: string;
  readonly installedSeconds: number;
  /** Firmware that wrote this, at most 16 bytes of UTF-8. */
  readonly firmware: string;
  readonly bootCount: number;
  /** Cause of the last reset, as the port numbers it; 0 = power on. */
  readonly resetCause: number;
}

export const INSTALL_KIND = 0x0301;
const SERIAL_BYTES = 24;
const LOCATION_BYTES = 32;
const BODY_BYTES = 16;
const FIRMWARE_BYTES = 16;

/**
 * Reads and writes the install area. It is the one record whose checksum is not seeded with the store id, because it
 * survives format(): the device stays who it is.
 */
export class InstallArea {
  private readonly record: RecordPair;

  constructor(medium: Medium) {
    this.record = new RecordPair(medium, INSTALL_ADDRESS, INSTALL_BYTES, seed(1, INSTALL_KIND), foldDown);
  }

  /** What commissioning wrote; null before that, or when both copies are damaged. */
  load(): Install | null {
    if (!this.record.load()) return null;
    const { buffer, payloadOffset } = this.record;
    let at = payloadOffset;
    const serialNumber = getText(buffer, at, SERIAL_BYTES);
    at += SERIAL_BYTES;
    const location = getText(buffer, at, LOCATION_BYTES);
    at += LOCATION_BYTES;
    const bodyNumber = getText(buffer, at, BODY_BYTES);
    at += BODY_BYTES;
    const firmware = getText(buffer, at, FIRMWARE_BYTES);
    at += FIRMWARE_BYTES;
    return {
      serialNumber,
      bodyNumber,
      location,
      firmware,
      installedSeconds: getUint32(buffer, at),
      bootCount: getUint32(buffer, at + 4),
      resetCause: getUint32(buffer, at + 8),
    };
  }

  /** Errors: `record-range`, when a text is too long. */
  store(install: Install): void {
    const payload = new Uint8Array(this.record.payloadBytes);
    let at = 0;
    putText(payload, at, SERIAL_BYTES, install.serialNumber);
    at += SERIAL_BYTES;
    putText(payload, at, LOCATION_BYTES, install.location);
    at += LOCATION_BYTES;
    putText(payload, at, BODY_BYTES, install.bodyNumber);
    at += BODY_BYTES;
    putText(payload, at, FIRMWARE_BYTES, install.firmware);
    at += FIRMWARE_BYTES;
    putUint32(payload, at, install.installedSeconds);
    putUint32(payload, at + 4, install.bootCount);
    putUint32(payload, at + 8, install.resetCause);
    this.record.store(payload);
  }
}
