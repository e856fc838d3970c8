import type { FlashPartition, FlashStorage } from '../../lib/drivers/io.js';
import type { NorFlashChip } from './norFlashChip.js';

/**
 * `embedded:storage/flash` of a host with the given chip as its one partition: what the host's flash driver does
 * between the interface and the chip is to split writes at pages and erasures at sectors, in ascending order.
 */
export function flashStorageOn(chip: NorFlashChip, path = 'limfs'): FlashStorage {
  const partition: FlashPartition = {
    read: (into, offset) => chip.read(offset, into),
    write: (bytes, offset) => writePages(chip, bytes, offset),
    eraseBlock: (start, end) => {
      for (let sector = start; sector < end; sector++) chip.eraseSector(sector);
    },
    status: () => ({
      size: chip.sizeBytes,
      blockLength: chip.sectorBytes,
      blocks: chip.sizeBytes / chip.sectorBytes,
      writeAlign: chip.unitBytes,
    }),
    close: () => undefined,
  };
  return {
    open: (options) => {
      if (options.path !== path) throw new Error(`no flash partition ${options.path}`);
      return partition;
    },
  };
}

function writePages(chip: NorFlashChip, bytes: Uint8Array, address: number): void {
  for (let done = 0; done < bytes.length; ) {
    const toPageEnd = chip.pageBytes - ((address + done) % chip.pageBytes);
    const count = Math.min(toPageEnd, bytes.length - done);
    chip.programPage(address + done, bytes, done, count);
    done += count;
  }
}
