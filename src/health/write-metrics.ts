/** The file for Prometheus, after the end of a job. A failure is a warning: the metrics of before stay, and their age shows it. */
import type { Alerting } from '../config/alerting.ts';
import type { Secret } from '../secret.ts';
import { type Ended, type SiteState, healthOf } from '../decide/health.ts';
import { recallHealth } from '../ledger/health.ts';
import { openLedgerToRead } from '../ledger/ledger.ts';
import type { Log } from '../log/log.ts';
import type { Figures } from './metrics/figures.ts';
import { writeMetricsFile } from './metrics/text-file.ts';
import type { Session } from '../postgres/session.ts';
import { readFigures } from './read-figures.ts';

interface Place {
  readonly alerting: Pick<Alerting, 'metricsFile'>;
  readonly log: Log;
}

/** The metrics as they are now, to be shown while no job ends. Throws a Fault where the ledger cannot be read. */
export async function metricsText(url: Secret): Promise<string> {
  const session = await openLedgerToRead(url);
  try {
    const { since } = await recallHealth(session);
    return await expose(await readFigures(session, healthOf(since).state));
  } finally {
    await session.close();
  }
}

/** Imported where there is something to expose: most sites have no Prometheus, and its library is large. */
async function expose(figures: Figures): Promise<string> {
  const { exposition } = await import('./metrics/exposition.ts');
  return exposition(figures);
}

export const metricsOfLedger = (session: Session, state: SiteState, job: string, place: Place): Promise<void> =>
  writeMetrics(job, place, () => readFigures(session, state));

/** Without a ledger: that the job ended, and how. */
export const metricsOfEnding = (ended: Ended, state: SiteState, place: Place): Promise<void> =>
  writeMetrics(ended.job, place, () => Promise.resolve(figuresOf(ended, state)));

const figuresOf = ({ job, exitCode, dueAt, startedAt, endedAt }: Ended, state: SiteState): Figures => ({
  state,
  jobs: [{ job, exitCode, due: dueAt, started: startedAt, ended: endedAt, run: null }],
  cleanNight: null,
  watermark: null,
  openCalls: [],
  findability: null,
});

async function writeMetrics(job: string, { alerting, log }: Place, figures: () => Promise<Figures>): Promise<void> {
  if (alerting.metricsFile === null) return;
  try {
    await writeMetricsFile(alerting.metricsFile, await expose(await figures()));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable_ledger';
    log('metrics_failed', { job, reason: code });
  }
}
