/**
 * Audit as a run of its own: reads patients and documents back from Redox and says what is wrong. With `repair` the next night sends what is
 * missing or differs.
 */
import { lookAtPatients } from '../audit/audit.ts';
import type { Scope } from '../audit/choose.ts';
import { repair } from '../audit/repair.ts';
import type { Config } from '../config/config.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../decide/redox/failure.ts';
import { clockWarning } from '../deliver/open-client.ts';
import { sharedRateOf } from '../fleet/open-shared-rate.ts';
import { recentAttemptAges } from '../ledger/record/calls.ts';
import { builderOf } from '../message/builder-version.ts';
import type { NetworkUser } from '../message/context.ts';
import { report } from '../report/reports.ts';
import type { Queries } from '../redox/query/queries.ts';
import { openNetworkQueries } from '../redox/query/network-queries.ts';
import { openQueries } from '../redox/query/repository-queries.ts';
import type { Finished } from '../run/finish.ts';
import { openSource } from '../run/open-source.ts';
import type { JobServices } from '../run/services.ts';
import { messageContextOf } from '../run/target.ts';
import { type AuditServices, withAuditRun } from '../run/with-audit-run.ts';

export interface AuditPolicy {
  readonly config: Config;
  readonly scope: Scope;
  readonly hasContent: boolean;
  /** Null: the repository itself is asked. */
  readonly networkUser: NetworkUser | null;
  readonly repairs: boolean;
  readonly allowLargeChange: boolean;
  readonly until: Date | null;
  /** For tests: a faster second try. */
  readonly retry?: Partial<RetryPolicy>;
  /** For tests: a faster second look at the record locator. */
  readonly pollMs?: number;
  /** For tests: patients whose results are stored together. */
  readonly pageSize?: number;
}

export function audit(policy: AuditPolicy, job: JobServices): Promise<Finished> {
  const { config, scope, hasContent, networkUser, repairs, allowLargeChange, until } = policy;
  const options = {
    scope: scope.kind,
    via: networkUser === null ? 'repository' : 'carequality',
    ...(scope.kind === 'sample' ? { sample: scope.size, seed: scope.seed } : {}),
    content: hasContent,
    repair: repairs,
    allowLargeChange,
    hasUntil: until !== null,
  };
  return withAuditRun(
    { job: 'audit', config, options, until },
    job,
    (services) => lookAndRepair(policy, services),
    report,
  );
}

async function lookAndRepair(policy: AuditPolicy, services: AuditServices): Promise<'done' | 'stopped'> {
  const { config, scope, hasContent, repairs, allowLargeChange, pageSize } = policy;
  const { ledger, log, now, run } = services;
  if (scope.kind === 'sample') log('audit_seed', { runId: run.id, seed: scope.seed });
  const source = await openSource(config.ehr, { ...services, isAudit: true }, () => Promise.resolve());
  try {
    const queries = await openWay(policy, services);
    try {
      const at = now();
      const due = { builderVersion: builderOf(config.redox), confirmWithinMs: config.confirmWithinMs };
      const { documentSizeLimitBytes } = config;
      const context = messageContextOf(config, at);
      const expecting = { ehr: source.ehr, ledger, context, due, documentSizeLimitBytes, now: at };
      const { patientOid } = config.redox;
      const end = await lookAtPatients({ scope, hasContent, patientOid, queries, expecting, pageSize }, services);
      if (repairs && !services.signal.aborted) await repair({ limits: config.largeChange, allowLargeChange }, services);
      return end;
    } finally {
      await queries.close();
    }
  } finally {
    await source.close();
  }
}

/** The one place that decides how queries are built and sent. */
async function openWay(
  { config, networkUser, pollMs, retry = {} }: AuditPolicy,
  { ledger, signal, stop, log }: AuditServices,
): Promise<Queries> {
  const { redox, rateLimit, concurrency, documentSizeLimitBytes } = config;
  const shared = sharedRateOf({ config, log, signal: stop });
  const { attempts } = { ...defaultRetryPolicy, ...retry };
  const earlierAgesMs = rateLimit === null ? [] : await recentAttemptAges(ledger.reader, rateLimit.windowMs, attempts);
  const options = {
    redox,
    rateLimit,
    shared,
    concurrency,
    documentSizeLimitBytes,
    earlierAgesMs,
    onClock: clockWarning(log),
    retry,
    signal: stop,
    cutOff: signal,
  };
  const queries =
    networkUser === null
      ? openQueries(options)
      : openNetworkQueries({ ...options, user: networkUser, ...(pollMs === undefined ? {} : { pollMs }) });
  return {
    ...queries,
    close: async () => {
      await queries.close();
      await shared?.close();
    },
  };
}
