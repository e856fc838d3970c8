import { openConcentratorChip } from '../../src/concentrator/concentratorChip.js';
import { ConcentratorFirmware } from '../../src/concentrator/concentratorFirmware.js';
import type { Host } from './host.js';
import { numberOf } from './settings.js';

/**
 * A concentrator on a board: its local managers on the link, its server on the service port, which gives it its local
 * managers by command. A serial line is always connected.
 */
export function startRole(host: Host): void {
  const { settings, clock, seal, payloadBytes, random } = host;
  const link = host.openLink('link', (packet, length) => device.receive(packet, length));
  const uplink = host.openLink('service', (packet, length) =>
    device.attempt((role, timeSeconds) => role.receiveFromServer(timeSeconds, packet, length)),
  );
  const device = host.device((timeSeconds) => {
    const reportBytes = numberOf(settings, 'reportBytes');
    const chip = openConcentratorChip(host.medium(), { storeId: host.newStoreId(), reportBytes });
    const parts = {
      field: { port: link, seal, payloadBytes },
      uplink: { port: uplink, seal, payloadBytes },
      clock,
      clockIsSet: clock.isSet,
      random,
    };
    const firmware = new ConcentratorFirmware(chip, parts, host.environment(), timeSeconds);
    firmware.connected(timeSeconds);
    return firmware;
  });
  device.step();
}
