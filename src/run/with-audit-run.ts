/** Does the work of an audit as a run: as `with-run.ts`, but the ledger's lock is held only for a moment at a time. */
import { stopAt } from '../async/stop-at.ts';
import { RefusedFault, StoppedFault } from '../fault.ts';
import { openRun } from '../ledger/run/run.ts';
import { type AuditLedger, openAuditLedger } from '../ledger/run/audit-ledger.ts';
import { nameLedger } from '../ledger/run/position.ts';
import { isBound } from '../ledger/run/target.ts';
import { packageVersion } from '../package-root.ts';
import type { Session } from '../postgres/session.ts';
import type { Run } from '../ledger/run/run.ts';
import { finish, type Finished, type Report } from './finish.ts';
import { assertNothingLost, findPosition } from './lost-commits.ts';
import type { LedgerPolicy } from './policy.ts';
import type { JobServices } from './services.ts';
import { targetOf } from './target.ts';
import { logStart } from './run-log.ts';

export interface AuditServices extends JobServices {
  readonly ledger: AuditLedger;
  readonly run: Run;
  /** Aborted by a signal, by `--until`, or if the ledger is lost: no query starts any more. */
  readonly stop: AbortSignal;
  /** Logs once that the audit waits for another run. */
  readonly onWait: () => void;
}

export interface AuditRunPolicy extends LedgerPolicy {
  readonly until: Date | null;
}

export async function withAuditRun(
  policy: AuditRunPolicy,
  job: JobServices,
  work: (services: AuditServices) => Promise<'done' | 'stopped'>,
  report: Report,
): Promise<Finished> {
  const { config, until } = policy;
  const stop = stopAt(until, job);
  const onWait = (): void => {
    job.log('audit_waits', {});
  };
  try {
    const begin = (writer: Session): Promise<Run> => beginRun(policy, job, writer);
    const opened = await openAuditLedger({
      ...config,
      url: job.ledgerUrl,
      signal: job.signal,
      until: stop.signal,
      onWait,
      begin,
    });
    if (opened === null) throw job.signal.aborted ? new StoppedFault() : neverFree();
    const { ledger, begun: run } = opened;
    ledger.writer.onLost(() => {
      stop.abort('ledger_lost');
    });
    try {
      const services: AuditServices = { ...job, ledger, run, stop: stop.signal, onWait };
      logStart(services);
      return await finish(config.reportDir, services, () => work(services), report);
    } finally {
      await ledger.close();
    }
  } finally {
    stop.clear();
  }
}

async function beginRun(policy: AuditRunPolicy, { now }: JobServices, writer: Session): Promise<Run> {
  const { config, job, options } = policy;
  await isBound(writer, targetOf(config.redox), false);
  await nameLedger(writer);
  assertNothingLost(await findPosition(writer, config.reportDir));
  return openRun(writer, {
    job,
    mode: 'none',
    planOnly: false,
    options,
    programVersion: packageVersion,
    startedAt: now(),
    startsAnew: false,
    siteTimeZone: config.siteTimeZone ?? null,
    callTimeoutMs: config.redox.callTimeoutMs,
  });
}

const neverFree = (): RefusedFault =>
  new RefusedFault(
    'Another run held the ledger until --until, so nothing was looked at. Start the audit when no other run is going, or with a later --until.',
  );
