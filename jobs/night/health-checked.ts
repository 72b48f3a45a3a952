import { usualPatience } from '../../src/health/alert/patience.ts';
import { type Alerting, loadAlerting } from '../../src/config/alerting.ts';
import { AlreadyDoneFault, BreakerFault, type ExitCode, exitCodes, Fault, LedgerHeldFault } from '../../src/fault.ts';
import { watchdog } from '../../src/decide/health.ts';
import { checkHealth, type Notifier } from '../../src/health/check-health.ts';
import { type Due, dueAt } from './due.ts';
import type { JobContext } from '../frame/job.ts';
import { withLedgerUrl } from '../ledger/ledger-url.ts';

interface Asked {
  readonly due?: Due | null;
  readonly planOnly?: boolean;
}

/**
 * Checks the site's health after a job: sends an alert on a change, writes the metrics, and returns the job's own exit code. A job that was
 * refused because another run is in progress is not checked, because that run is checked at its own end, unless it takes longer than usual.
 * A start that finds its due time done is not checked either.
 */
export const healthChecked =
  <A extends object>(job: string, run: (context: JobContext, asked: A) => Promise<ExitCode>) =>
  async (context: JobContext, asked: A): Promise<ExitCode> => {
    const startedAt = new Date();
    const ending = await endingOf(() => run(context, asked));
    const { due = null, planOnly = false }: Asked = asked;
    const alerting = loadAlerting(context.environment, context.envFiles);
    if (!didNothing(ending.error) && (hasChannel(alerting) || job === watchdog)) {
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

const didNothing = (error: unknown): boolean =>
  error instanceof AlreadyDoneFault || (error instanceof LedgerHeldFault && !error.isOverdue);

interface Ending {
  readonly exitCode: ExitCode;
  readonly isThrown: boolean;
  readonly error: unknown;
}

/** Catches what `run` throws before its first wait, too: an invalid setting or flag. */
async function endingOf(run: () => Promise<ExitCode>): Promise<Ending> {
  try {
    return { exitCode: await run(), isThrown: false, error: null };
  } catch (error) {
    return { exitCode: error instanceof Fault ? error.exitCode : exitCodes.bug, isThrown: true, error };
  }
}

const hasChannel = ({ webhookUrl, heartbeatUrl, metricsFile, metricsAddress }: Alerting): boolean =>
  [webhookUrl, heartbeatUrl, metricsFile, metricsAddress].some((one) => one !== null);

const notifierFor = ({ log, signal }: JobContext, alerting: Alerting): Notifier => ({
  alerting,
  log,
  withLedger: (work) =>
    alerting.ledger === null
      ? Promise.reject(new Error('LEDGER_URL cannot be read'))
      : withLedgerUrl(alerting.ledger, work),
  // After a signal, exit without delay.
  patience: signal.aborted ? { ...usualPatience, waitsMs: [] } : usualPatience,
});

/** The site's zone; if that setting is invalid, the job has already failed on it. */
function whenDue(due: Due | null, { config }: JobContext, startedAt: Date): Date {
  if (due === null) return startedAt;
  try {
    return dueAt(due, config('siteTimeZone').siteTimeZone, startedAt);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return startedAt;
  }
}
