/** Opens Redox and delivers this run's plan, until it is done or something says stop. */
import { stopAt } from '../async/stop-at.ts';
import { type Call, forgiveRejections } from '../ledger/record/calls.ts';
import type { CallResult } from '../ledger/record/call-result.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countPlannedCalls } from '../ledger/run/run.ts';
import { openBreaker } from '../decide/redox/failure.ts';
import { BreakerFault } from '../fault.ts';
import { sectionOf } from '../message/objection.ts';
import type { record } from '../ledger/record/journal.ts';
import type { WorkEnd } from '../run/finish.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Progress } from '../run/run-log.ts';
import type { Services } from '../run/services.ts';
import { openClient } from './open-client.ts';
import type { FurtherCalls } from './further-calls.ts';
import { type CallBudget, sendLanes } from './send-lanes.ts';

/** How the session that holds the lock is pinged while calls go out (decision 9). */
const lockWatch = { everyMs: 5_000, patienceMs: 20_000 };

interface Sent {
  readonly progress: Progress;
  /** Calls of the plan so far. */
  readonly planned: number;
  readonly journalOf: typeof record;
  readonly further: FurtherCalls;
}

export async function sendPlan(
  policy: ScopedPolicy,
  services: Services,
  { progress, planned, journalOf, further }: Sent,
): Promise<WorkEnd> {
  const { ledger, run } = services;
  const stop = stopAt(policy.until, services);
  ledger.writer.onLost(() => {
    stop.abort('ledger_lost');
  });
  const breaker = openBreaker();
  const onResult = (call: Call, result: CallResult): void => {
    progress.note();
    tellFailure(services, call, result);
    tellObjection(services, call, result);
    if (breaker.isOpenedBy(result.state, result.reason)) throw breakerFault(policy, result.reason);
  };
  try {
    await ledger.finishUnderWay();
    const redox = await openClient(policy, services, stop.signal);
    try {
      const journal = journalOf(ledger, run, policy.config.siteTimeZone, () => redox.busyMs());
      const budget = callBudget(policy.maxCalls);
      const delivery = { redox, journal, stop, onResult, budget, further };
      for (let total = planned; ;) {
        progress.expect(total);
        // Watched during the sending alone, because the statements of a plan are long.
        await watched(ledger, () => sendLanes(policy, services, delivery));
        if (stop.signal.aborted || budget.isSpent()) break;
        const left = await countPlannedCalls(ledger.writer, run);
        if (!(await further.next())) break;
        total += (await countPlannedCalls(ledger.writer, run)) - left;
      }
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
  return (await countPlannedCalls(ledger.writer, run)) > 0 ? whyStopped(stop.signal) : 'done';
}

/** As many calls as `--max-calls` says, over all parts of the plan. */
function callBudget(maxCalls: number | null): CallBudget {
  let left = maxCalls ?? Infinity;
  return {
    take: () => {
      left -= 1;
      return left >= 0;
    },
    isSpent: () => left < 0,
  };
}

/** What is left was not started because of a signal, the time of `--until`, or else `--max-calls`. */
function whyStopped({ aborted, reason }: AbortSignal): WorkEnd {
  if (!aborted) return 'max_calls';
  return reason === 'until' ? 'until' : 'stopped';
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

const breakerFault = ({ config }: ScopedPolicy, reason: string | null): BreakerFault =>
  new BreakerFault(
    `Delivery was stopped: call after call to ${config.redox.baseUrl} failed alike (${reason ?? 'no reason'}). ` +
      'Check REDOX_DESTINATION_ID, the API key and whether Redox is up; what was not sent stays open, ' +
      'and the next run goes on.',
  );

const failures: ReadonlySet<string> = new Set(['rejected', 'failed', 'unknown']);

function tellFailure({ log, run }: Services, call: Call, { state, reason, attempts }: CallResult): void {
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

function tellObjection({ log, run }: Services, call: Call, { objection }: CallResult): void {
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
