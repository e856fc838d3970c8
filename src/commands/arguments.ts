import { putText } from '../../lib/limfs/areas/text.js';
import type { InstallArea } from '../../lib/limfs/index.js';
import { CommandError } from './commandGate.js';
import { ResultCode } from './operation.js';

/** An argument that must be there and in its range. Errors: `CommandError`. */
export function between(value: number | undefined, least: number, most: number): number {
  if (value === undefined || value < least || value > most) throw new CommandError(ResultCode.argument);
  return value;
}

/** What commissioning wrote, as texts of fixed size: serial number 24 bytes, location 32, body number 16, firmware 16. */
export function information(area: InstallArea): Uint8Array {
  const install = area.load();
  if (install === null) throw new CommandError(ResultCode.failed);
  const bytes = new Uint8Array(88);
  putText(bytes, 0, 24, install.serialNumber);
  putText(bytes, 24, 32, install.location);
  putText(bytes, 56, 16, install.bodyNumber);
  putText(bytes, 72, 16, install.firmware);
  return bytes;
}
