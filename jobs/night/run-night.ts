import { everyPart } from '../../src/config/settings.ts';
import type { ExitCode } from '../../src/fault.ts';
import type { Secret } from '../../src/secret.ts';
import { openLedgerToRead } from '../../src/ledger/ledger.ts';
import { describePlan, readPlan } from '../../src/report/text/describe-plan.ts';
import { findRun } from '../../src/report/text/status.ts';
import type { JsonObject } from '../../src/json.ts';
import { reconcile } from '../../src/night/reconcile.ts';
import type { NightRequest } from '../../src/night/night-request.ts';
import type { JobContext } from '../frame/job.ts';
import { withLedgerUrl } from '../ledger/ledger-url.ts';

/** A job's options for the night; the defaults are the careful ones. */
export type NightChoices = Pick<NightRequest, 'job' | 'scope'> &
  Partial<Omit<NightRequest, 'job' | 'scope' | 'config' | 'ledgerUrl' | 'log' | 'signal' | 'now' | 'options'>> & {
    /** What was asked for on the command line, without ids. */
    readonly options: JsonObject;
  };

/** Runs the night as a job asks for it: with the whole configuration, and the ledger running. */
export async function runNight(
  { config, log, signal, isHuman, print }: JobContext,
  choices: NightChoices,
): Promise<ExitCode> {
  const whole = config(...everyPart);
  return withLedgerUrl(whole.ledger, async (ledgerUrl) => {
    const { exitCode, runId } = await reconcile({
      planOnly: false,
      forced: false,
      includesHeld: false,
      allowLargeChange: false,
      newTarget: false,
      movesWatermark: false,
      until: null,
      maxCalls: null,
      ...choices,
      config: whole,
      ledgerUrl,
      log,
      signal,
      now: () => new Date(),
    });
    if (choices.planOnly === true && isHuman) await printPlan(ledgerUrl, runId, print);
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
