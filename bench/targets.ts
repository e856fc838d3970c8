import type { BenchResults } from './results.js';

/** A figure to reach: at most or at least so much. */
export interface Target {
  readonly figure: string;
  readonly unit: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The figures that the store was designed for; nothing may make them worse unnoticed. */
export function targetsOf(results: BenchResults): Target[] {
  const { append, appendAfterCut, newest, find, day, mount, capacity, ram } = results;
  return [
    target('append, mean', 'transactions', append.transactionsMean, { atMost: 1.05 }),
    target('append, mean', 'bytes written', append.bytesWrittenMean, { atMost: 3 }),
    target('append, mean', 'µs', append.busMicrosecondsMean, { atMost: 60 }),
    target('append, largest', 'µs', append.busMicrosecondsMax, { atMost: 400 }),
    target('append, largest', 'transactions', append.transactionsMax, { atMost: 4 }),
    target('append after a power cut, largest', 'µs', appendAfterCut.busMicrosecondsMax, { atMost: 400 }),
    target('append after a power cut, largest', 'transactions', appendAfterCut.transactionsMax, {
      atMost: 4,
    }),
    target('newest reading', 'transactions', newest.transactions, { atMost: 0 }),
    target('find(t), mean', 'transactions', find.transactionsMean, { atMost: 3 }),
    target('find(t), mean', 'bytes', find.bytesMean, { atMost: 256 }),
    target('find(t), mean', 'µs', find.busMicrosecondsMean, { atMost: 2_500 }),
    target('find(t), largest', 'transactions', find.transactionsMax, { atMost: 8 }),
    target('find(t), largest', 'µs', find.busMicrosecondsMax, { atMost: 5_000 }),
    target('find(t), first after a mount, mean', 'transactions', find.coldTransactionsMean, { atMost: 3.2 }),
    target('24 hours, mean', 'µs', day.busMicrosecondsMean, { atMost: 2_700 }),
    target('24 hours, largest', 'µs', day.busMicrosecondsMax, { atMost: 5_500 }),
    target('mount, largest', 'transactions', mount.transactionsMax, { atMost: 16 }),
    target('mount, largest', 'bytes', mount.bytesMax, { atMost: 300 }),
    target('mount, largest', 'µs', mount.busMicrosecondsMax, { atMost: 3_200 }),
    target('mount', 'bytes written', mount.bytesWritten, { atMost: 0 }),
    target('kept in 128 KiB at 1 Wh, minimum', 'hours', capacity.hours131072, { atLeast: 82_000 }),
    target('kept in 128 KiB at 10 Wh, minimum', 'hours', capacity.hours131072At10Wh, { atLeast: 114_000 }),
    target('kept in 1,500 bytes, mean over time', 'hours', capacity.hours1500, { atLeast: 890 }),
    target('kept in 1,500 bytes, noisiest meter, minimum', 'hours', capacity.hours1500WorstMeter, {
      atLeast: 700,
    }),
    target('buffers of an open store', 'bytes', ram.bufferBytes, { atMost: 512 }),
  ];
}

export function isReached({ value, atMost, atLeast }: Target): boolean {
  return value <= (atMost ?? value) && value >= (atLeast ?? value);
}

function target(
  figure: string,
  unit: string,
  value: number,
  limit: { readonly atMost: number } | { readonly atLeast: number },
): Target {
  return { figure, unit, value, ...limit };
}
