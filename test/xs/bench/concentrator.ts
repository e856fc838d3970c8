/** The heap of a concentrator as it is flashed, on its FRAM, before and after it took over a page of 1, 10 and 100 meters. */
import { PageChecksum } from '../../../lib/limfs/manager/pageChecksum.js';
import { openConcentratorChip } from '../../../src/concentrator/concentratorChip.js';
import { ConcentratorFirmware } from '../../../src/concentrator/concentratorFirmware.js';
import { type Message, MessageKind } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import {
  bench,
  clock,
  environment,
  HOUR,
  MANAGER,
  newDriver,
  payloadBytes,
  peer,
  random,
  reportEngine,
  reportStack,
  seal,
  sent,
  start,
  uplink,
  Wire,
} from './role.js';

function startConcentrator(): ConcentratorFirmware {
  const field = { port: sent, seal, payloadBytes };
  const host = { field, uplink: { ...field, port: uplink }, clock, random, clockIsSet: true };
  const chip = openConcentratorChip(newDriver(), { storeId: [3, 1], reportBytes: 1600 });
  return new ConcentratorFirmware(chip, host, environment(CONCENTRATOR_ADDRESS, []), start);
}

/** Takes a page of so many cells over from one local manager, and sends it on to the server. */
function workOfConcentrator(firmware: ConcentratorFirmware, cells: number): void {
  const wire = new Wire();
  const manager = peer(MANAGER, [CONCENTRATOR_ADDRESS], wire);
  const cell = new Uint8Array(72);
  const sum = new PageChecksum();
  const page = { kind: MessageKind.page, storeId: [2, 1], counter: 1, timeSeconds: start } as const;
  cell[6] = cell.length - 8;
  sum.begin(page.storeId, page.counter);
  for (let index = 0; index < cells; index += 1) sum.add(cell, 0, cell.length);
  manager.onMessage = (_source, message) => {
    const send = (answer: Message) => manager.send(CONCENTRATOR_ADDRESS, answer);
    if (message.kind === MessageKind.reportRequest) send({ ...page, cells, checksum: sum.value });
    else if (message.kind === MessageKind.acknowledgement)
      send({ ...page, counter: 2, cells: 0, checksum: 0 });
    else if (message.kind === MessageKind.cellRequest) {
      const { first, count, counter } = message;
      for (let index = first; index < first + count; index += 1)
        send({ kind: MessageKind.cell, counter, index, bytes: cell });
    }
  };
  let now = start;
  firmware.connected(now);
  while (firmware.role.transfer.counters.pages === 0) {
    now = Math.max(now, firmware.wakeSeconds);
    firmware.wake(now);
    while (sent.waiting.length > 0) {
      sent.deliver((packet, length) => manager.receive(now, packet, length));
      wire.deliver((packet, length) => firmware.receive(now, packet, length));
    }
    uplink.waiting.length = 0;
    if (now > start + 2 * HOUR) throw new Error('the report does not come');
  }
  firmware.wake(now + 1);
  if (uplink.waiting.length === 0) throw new Error('nothing goes to the server');
}

reportEngine();
for (const meters of [1, 10, 100]) {
  bench(
    `concentrator, page of ${meters} meter${meters > 1 ? 's' : ''}`,
    56 * 1024,
    startConcentrator,
    ({ role }) => role.roster.put(0, { address: MANAGER, reportHours: 1, silent: false }),
    (firmware) => workOfConcentrator(firmware, meters),
  );
}
reportStack();
