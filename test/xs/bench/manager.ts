/** The heap of a local manager as it is flashed, on its FRAM, with 1, 10 and 100 meters. */
import { oneLine } from '../../../bench/line.js';
import { type Message, MessageKind, type Page } from '../../../src/link/message.js';
import { CONCENTRATOR_ADDRESS } from '../../../src/link/packetHeader.js';
import { openManagerChip } from '../../../src/manager/managerChip.js';
import { ManagerFirmware } from '../../../src/manager/managerFirmware.js';
import {
  bench,
  clock,
  environment,
  HOUR,
  health,
  MANAGER,
  METER,
  newDriver,
  payloadBytes,
  peer,
  random,
  reportEngine,
  reportStack,
  seal,
  sendWindow,
  sent,
  start,
  Wire,
  windowReadings,
} from './role.js';

function startManager(meters: number): ManagerFirmware {
  const host = { port: sent, seal, payloadBytes, clock, random, health, clockIsSet: true };
  const chip = openManagerChip(newDriver(), { storeId: [2, 1], meters, windowReadings });
  return new ManagerFirmware(chip, host, environment(MANAGER, [CONCENTRATOR_ADDRESS]), start);
}

/** A window of each meter, and the page that comes of it given away cell by cell. */
function workOfManager(firmware: ManagerFirmware, meters: number): void {
  for (let meter = 0; meter < meters; meter += 1) sendWindow(firmware, meter, [MANAGER]);
  sent.waiting.length = 0;
  const wire = new Wire();
  const concentrator = peer(CONCENTRATOR_ADDRESS, [], wire);
  let page: Page | undefined;
  let cells = 0;
  const ask = (message: Message) => {
    concentrator.send(MANAGER, message);
    wire.deliver((packet, length) => firmware.receive(start + HOUR, packet, length));
    sent.deliver((packet, length) => concentrator.receive(start + HOUR, packet, length));
  };
  concentrator.onMessage = (_source, message) => {
    if (message.kind === MessageKind.page) page ??= message;
    else if (message.kind === MessageKind.cell) cells += 1;
  };
  ask({ kind: MessageKind.reportRequest, freeze: true, timeSeconds: start + HOUR });
  if (page?.cells !== meters) throw new Error(`a page of ${page?.cells} cells`);
  const { counter, storeId, checksum } = page;
  while (cells < meters) {
    const count = Math.min(8, meters - cells);
    ask({ kind: MessageKind.cellRequest, counter, first: cells, count });
  }
  ask({ kind: MessageKind.acknowledgement, storeId, counter, checksum });
}

reportEngine();
for (const meters of [1, 10, 100]) {
  bench(
    `local manager of ${meters} meter${meters > 1 ? 's' : ''}`,
    56 * 1024,
    () => startManager(meters),
    ({ role }) => {
      for (let meter = 0; meter < meters; meter += 1) {
        const place = { storeId: [9, meter], firstSequence: 0, address: METER + meter } as const;
        role.enlist({ ...place, lines: oneLine() }, start);
      }
    },
    (firmware) => workOfManager(firmware, meters),
  );
}
reportStack();
