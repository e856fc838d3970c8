import { meterEnergyOf } from '../energy/meterEnergy.js';
import { sum } from '../ledger/account.js';
import type { NetworkResult } from './networkWorld.js';

/** The result of a run for programs: plain numbers only. */
export function summaryOf(result: NetworkResult) {
  const { account, devices, packets, coverage, options } = result;
  const { delivered, lost } = account;
  return {
    seed: options.seed,
    meters: result.grid.length,
    readings: {
      due: account.due,
      taken: account.taken,
      onRequest: account.onDemand,
      holes: sum(account.holes),
      holesByReason: account.holes,
      toldByMeter: account.told,
      cutInAppend: account.cutInAppend,
      durable: account.durable,
      delivered: sum(delivered),
      direct: delivered.direct,
      recoveredByWindow: delivered.window,
      recoveredByBackfill: delivered.backfill,
      lost: sum(lost),
      lostByReason: lost,
      pending: account.pending,
      duplicatesReceived: account.duplicatesReceived,
      deliveredTwice: account.deliveredTwice,
      conflicts: account.conflicts,
      conflictsOfLines: account.conflictsOfLines,
    },
    problems: account.problems,
    powerCuts: powerCutsOf(result),
    packets: { ...packets, lost: packets.sent + packets.duplicated - packets.delivered },
    bytesOnAir: packets.bytes,
    meterEnergy: meterEnergyOf(result),
    events: devices.server.events.length,
    coverage,
    simulatedSeconds: result.simulatedSeconds,
    drainSeconds: result.drainSeconds,
    traceHash: result.traceHash,
  };
}

/** Power cuts of all devices. */
export function powerCutsOf({ events }: NetworkResult): number {
  return events.filter(({ what }) => what.endsWith('power cut')).length;
}
