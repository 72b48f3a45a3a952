/** Opens Redox and delivers this run's plan, until it is done or something says stop. */
import type { NightRequest } from '../night-request.ts';
import type { Ehr } from '../../ehr/ehr.ts';
import type { Call } from '../../ledger/record/calls.ts';
import type { CallResult } from '../../ledger/record/call-result.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { countPlannedCalls, type Run } from '../../ledger/run/run.ts';
import { forgiveRejections } from '../../ledger/record/rejections.ts';
import { openBreaker } from '../../decide/breaker.ts';
import { BreakerFault } from '../../fault.ts';
import { sectionOf } from '../../message/objection.ts';
import { openPreflight } from '../../redox/preflight.ts';
import { pageLimits } from './call-pages.ts';
import { deliver } from './deliver.ts';
import { openClient } from './open-client.ts';
import type { Progress } from '../../run/progress.ts';
import { messageContextOf } from '../../run/target.ts';

export type DeliverRequest = Pick<
  NightRequest,
  'config' | 'signal' | 'until' | 'maxCalls' | 'retry' | 'log' | 'now' | 'pageSize'
> & {
  /** Only rows that are as they were planned. Left out: the newest, however they changed since. */
  readonly onlyAsPlanned?: boolean;
};

/** How the session that holds the lock is pinged while calls go out (decision 9). */
const lockWatch = { everyMs: 5_000, patienceMs: 20_000 };

export async function deliverPlan(
  request: DeliverRequest,
  ledger: Ledger,
  run: Run,
  ehr: Ehr,
  progress: Progress,
): Promise<'done' | 'stopped'> {
  const stop = stopOf(request, ledger);
  const breaker = openBreaker();
  try {
    await ledger.finishUnderWay();
    const redox = await openClient(request, ledger, stop.signal);
    try {
      progress.expect(await countPlannedCalls(ledger.writer, run));
      await watched(ledger, () =>
        deliver({
          ehr,
          ledger,
          run,
          redox,
          preflight: openPreflight({ ...request.config.redox, sizeLimitBytes: request.config.documentSizeLimitBytes }),
          context: messageContextOf(request.config.redox, request.config.ehr, request.now()),
          siteTimeZone: request.config.siteTimeZone,
          limits: pageLimits(request.config.documentSizeLimitBytes, request.pageSize),
          concurrency: request.config.concurrency,
          stop,
          mayStart: callBudget(request.maxCalls),
          onlyAsPlanned: request.onlyAsPlanned ?? false,
          now: request.now,
          onWait: ({ lanes, leftMs }) => {
            request.log('calls_wait', { runId: run.id, persons: lanes.length, ms: Math.ceil(leftMs) });
          },
          onSuspects: (suspects) => {
            const patientId = suspects.at(-1)?.lane ?? null;
            request.log('calls_alone', { runId: run.id, persons: suspects.length, patientId });
          },
          onResult: (call, result) => {
            progress.note();
            tellFailure(request, run, call, result);
            tellObjection(request, run, call, result);
            if (breaker.isOpenedBy(result.state, result.reason)) throw breakerFault(request, result.reason);
          },
        }),
      );
    } finally {
      await redox.close();
    }
  } catch (error) {
    // The rows are innocent, so the refusals are taken back (decision 10).
    if (breaker.isOpen() && !ledger.writer.isLost) await forgiveRejections(ledger.writer, run, breaker.reasons());
    throw error;
  } finally {
    stop.clear();
  }
  return (await countPlannedCalls(ledger.writer, run)) > 0 ? 'stopped' : 'done';
}

/** Does the work while the lock's session is pinged. */
async function watched({ writer }: Ledger, work: () => Promise<void>): Promise<void> {
  const endWatch = writer.watch(lockWatch.everyMs, lockWatch.patienceMs);
  try {
    await work();
  } finally {
    endWatch();
  }
}

/** Ends delivery: a signal, `--until`, or a lost lock. */
function stopOf({ signal, until, now }: DeliverRequest, ledger: Ledger): AbortController & { clear: () => void } {
  const stop = new AbortController();
  const pass = (): void => {
    stop.abort(signal.reason);
  };
  if (signal.aborted) pass();
  signal.addEventListener('abort', pass, { once: true });
  ledger.writer.onLost(() => {
    stop.abort('ledger_lost');
  });
  const endByClock = (): void => {
    stop.abort('until');
  };
  const timer = until === null ? undefined : setTimeout(endByClock, until.getTime() - now().getTime());
  return Object.assign(stop, {
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    },
  });
}

/** Says for each call whether it may start: as many as `--max-calls` says. */
function callBudget(maxCalls: number | null): () => boolean {
  let left = maxCalls ?? Infinity;
  return () => {
    left -= 1;
    return left >= 0;
  };
}

const breakerFault = ({ config }: DeliverRequest, reason: string | null): BreakerFault =>
  new BreakerFault(
    `Delivery was stopped: call after call to ${config.redox.baseUrl} failed alike (${reason ?? 'no reason'}). ` +
      'Check REDOX_DESTINATION_ID, the API key and whether Redox is up; what was not sent stays open, ' +
      'and the next run goes on.',
  );

const failures: ReadonlySet<string> = new Set(['rejected', 'failed', 'unknown']);

function tellFailure({ log }: DeliverRequest, run: Run, call: Call, { state, reason, attempts }: CallResult): void {
  if (!failures.has(state)) return;
  log('call_failed', {
    runId: run.id,
    callId: String(call.call_id),
    eventType: call.event_type,
    entityId: call.entity_id,
    outcome: state,
    reason,
    httpStatus: attempts.at(-1)?.httpStatus ?? null,
    attempts: attempts.length,
  });
}

function tellObjection({ log }: DeliverRequest, run: Run, call: Call, { objection }: CallResult): void {
  if (objection === null) return;
  log('message_not_sent', {
    runId: run.id,
    callId: String(call.call_id),
    eventType: call.event_type,
    entityId: call.entity_id,
    reason: objection.reason,
    section: sectionOf(objection),
    fault: objection.reason === 'too_large' ? null : objection.fault,
  });
}
