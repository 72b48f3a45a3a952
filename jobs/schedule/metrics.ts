import type { LedgerStore } from '../../src/config/config.ts';
import type { Log } from '../../src/log/log.ts';
import { metricsText } from '../../src/health/write-metrics.ts';
import { withLedgerUrl } from '../ledger/ledger-url.ts';

/** The metrics as of the last run: an embedded ledger runs only while a job does, so they are read when one has ended. */
interface KeptMetrics {
  readonly refresh: () => Promise<void>;
  /** Null while the ledger could not be read. */
  readonly text: () => string | null;
}

export function keepMetrics(ledger: LedgerStore | null, log: Log): KeptMetrics {
  let text: string | null = null;
  return {
    refresh: async () => {
      if (ledger === null) return;
      try {
        text = await withLedgerUrl(ledger, metricsText);
      } catch {
        // The runs say what is wrong with the ledger; the metrics of before stay.
        log('metrics_failed', { job: 'schedule', reason: 'unreadable_ledger' });
      }
    },
    text: () => text,
  };
}
