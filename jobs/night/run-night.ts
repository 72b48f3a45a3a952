import { everyPart } from '../../src/config/settings.ts';
import type { ExitCode } from '../../src/fault.ts';
import type { Secret } from '../../src/secret.ts';
import { openLedgerToRead } from '../../src/ledger/ledger.ts';
import { describePlan, readPlan } from '../../src/report/text/describe-plan.ts';
import { findRun } from '../../src/report/text/status.ts';
import { reconcile } from '../../src/night/reconcile.ts';
import { type Asked, type Policy, policyOf } from '../../src/run/policy.ts';
import type { JobContext } from '../frame/job.ts';
import { withServices } from '../ledger/ledger-url.ts';

/** Runs the night as a job asks for it: with the whole configuration, and the ledger running. */
export async function runNight(
  context: JobContext,
  asked: Omit<Asked, 'config'> & Pick<Policy, 'scope'>,
): Promise<ExitCode> {
  const { isHuman, noteReason, print } = context;
  const config = context.config(...everyPart);
  return withServices(context, config.ledger, async (services) => {
    const { exitCode, reason, runId } = await reconcile(policyOf({ ...asked, config }), services);
    noteReason(reason);
    if (asked.planOnly === true && isHuman) await printPlan(services.ledgerUrl, runId, print);
    return exitCode;
  });
}

async function printPlan(ledgerUrl: Secret, runId: string, print: JobContext['print']): Promise<void> {
  const session = await openLedgerToRead(ledgerUrl);
  try {
    const run = await findRun(session, runId);
    const plan = run === null ? null : await readPlan(session, run.number);
    for (const line of plan === null ? [] : describePlan(plan)) print(line);
  } finally {
    await session.close();
  }
}
