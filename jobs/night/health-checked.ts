import { usualPatience } from '../../src/health/alert/patience.ts';
import { type Alerting, loadAlerting } from '../../src/config/alerting.ts';
import { BreakerFault, type ExitCode, exitCodes, Fault, LedgerHeldFault } from '../../src/fault.ts';
import { watchdog } from '../../src/decide/health.ts';
import { checkHealth, type Notifier } from '../../src/health/check-health.ts';
import { type Due, dueAt } from './due.ts';
import type { JobContext } from '../frame/job.ts';
import { withLedgerUrl } from '../ledger/ledger-url.ts';

/** What is read of a job's options. */
interface Asked {
  readonly due?: Due | null;
  readonly planOnly?: boolean;
}

/**
 * A job whose end is judged: people hear of it where that is news, the metrics are written, and the job ends as it did. Not judged is
 * that another run is going, as long as a run may take: that one is judged when it ends.
 */
export const healthChecked =
  <A extends object>(job: string, run: (context: JobContext, asked: A) => Promise<ExitCode>) =>
  async (context: JobContext, asked: A): Promise<ExitCode> => {
    const startedAt = new Date();
    const ending = await endingOf(run(context, asked));
    const { due = null, planOnly = false }: Asked = asked;
    const alerting = loadAlerting(context.environment, context.envFile);
    if (!isUsualOverlap(ending.error) && (isHeard(alerting) || job === watchdog)) {
      await checkHealth(
        {
          job,
          planOnly,
          exitCode: ending.exitCode,
          isBreaker: ending.error instanceof BreakerFault,
          isHeld: ending.error instanceof LedgerHeldFault,
          dueAt: whenDue(due, context, startedAt),
          startedAt,
          endedAt: new Date(),
        },
        notifierFor(context, alerting),
      );
    }
    if (ending.isThrown) throw ending.error;
    return ending.exitCode;
  };

const isUsualOverlap = (error: unknown): boolean => error instanceof LedgerHeldFault && !error.isOverdue;

interface Ending {
  readonly exitCode: ExitCode;
  readonly isThrown: boolean;
  readonly error: unknown;
}

async function endingOf(run: Promise<ExitCode>): Promise<Ending> {
  try {
    return { exitCode: await run, isThrown: false, error: null };
  } catch (error) {
    return { exitCode: error instanceof Fault ? error.exitCode : exitCodes.bug, isThrown: true, error };
  }
}

/** Where nobody listens, nothing is asked and nothing is written. */
const isHeard = ({ webhookUrl, heartbeatUrl, metricsFile, metricsAddress }: Alerting): boolean =>
  [webhookUrl, heartbeatUrl, metricsFile, metricsAddress].some((one) => one !== null);

const notifierFor = ({ log, signal }: JobContext, alerting: Alerting): Notifier => ({
  alerting,
  log,
  withLedger: (work) =>
    alerting.ledger === null
      ? Promise.reject(new Error('LEDGER_URL cannot be read'))
      : withLedgerUrl(alerting.ledger, work),
  // Whoever asked for the end does not want to wait.
  patience: signal.aborted ? { ...usualPatience, waitsMs: [] } : usualPatience,
});

/** In the site's zone; where that cannot be read, the job did not get far either. */
function whenDue(due: Due | null, { config }: JobContext, startedAt: Date): Date {
  if (due === null) return startedAt;
  try {
    return dueAt(due, config('siteTimeZone').siteTimeZone, startedAt);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return startedAt;
  }
}
