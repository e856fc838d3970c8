import { RouterFirmware } from '../../src/router/routerFirmware.js';
import type { Host } from './host.js';
import { numberOf } from './settings.js';

/** A router on a board: one link, no chip. */
export function startRole(host: Host): void {
  const { seal, payloadBytes, random, settings } = host;
  const bitsPerSecond = numberOf(settings, 'linkBaud');
  const health = () => ({ rssiDbm: null, batteryMillivolts: null });
  const port = host.openLink('link', (packet, length) => device.receive(packet, length));
  const device = host.device(
    () => new RouterFirmware(host.environment(), { port, seal, payloadBytes, bitsPerSecond, random, health }),
  );
  device.step();
}
