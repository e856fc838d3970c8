import type { EventMessage } from '../link/message.js';

/**
 * What tells an event from all others. Store id and sequence alone do not: a device whose chip was set back to an older
 * image gives its sequences a second time.
 */
export function eventName({ storeId, sequence, code, timeSeconds, folded, payload }: EventMessage): string {
  return [...storeId, sequence, code, timeSeconds, folded, ...payload].join();
}
