/** The heap of a router as it is flashed. */
import { RouterFirmware } from '../../../src/router/routerFirmware.js';
import {
  bench,
  environment,
  health,
  MANAGER,
  payloadBytes,
  ROUTER,
  random,
  reportEngine,
  reportStack,
  seal,
  sendWindow,
  sent,
} from './role.js';

function startRouter(): RouterFirmware {
  return new RouterFirmware(environment(ROUTER, [MANAGER]), {
    port: sent,
    seal,
    payloadBytes,
    bitsPerSecond: 19_200,
    random,
    health,
  });
}

/** So many packets of as many meters. */
function workOfRouter(firmware: RouterFirmware): void {
  for (let meter = 0; meter < 100; meter += 1) sendWindow(firmware, meter, [ROUTER, MANAGER]);
  if (sent.waiting.length < 100) throw new Error('the router does not send on');
}

reportEngine();
bench('router', 8 * 1024, startRouter, () => {}, workOfRouter);
reportStack();
