import { duration } from '../../src/config/format/formats.ts';
import { UsageFault } from '../../src/fault.ts';
import { type JobOption, value } from '../frame/options.ts';

const mostMs = 24 * 3_600_000;

export const waitOption = (): JobOption<number | null> =>
  value(
    '--wait <DURATION>',
    'how long another run may hold the ledger, such as 6h; the default is 5s. A start that waits takes over when that run ends or dies',
    readWait,
  );

function readWait(text: string): number {
  const read = duration(0, mostMs).safeParse(text);
  if (read.success) return read.data;
  throw new UsageFault(`--wait takes a duration from 0s to 24h, such as 90s, 10m or 6h, not ${JSON.stringify(text)}.`);
}
