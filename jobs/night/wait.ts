import { duration } from '../../src/config/format/formats.ts';
import { type JobOption, typed } from '../frame/options.ts';

export const waitOption = (): JobOption<number | null> =>
  typed(
    '--wait <DURATION>',
    'how long another run may hold the ledger, such as 6h; the default is 5s. A start that waits takes over when that run ends or dies',
    duration(0, 24 * 3_600_000),
    'a duration from 0s to 24h, such as 90s, 10m or 6h',
  );
