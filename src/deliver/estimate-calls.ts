/**
 * How many candidates would be calls: a sample of them is fetched and their messages are built and compared, as a delivery would,
 * but for sending (decision 16).
 */
import { sampleChanged } from '../ledger/stage/guard.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { messageContextOf } from '../run/target.ts';
import { fetchedPages, knownOf } from './call-pages.ts';
import { CallPreparer } from './prepare-call.ts';
import { usualPageSize } from '../async/within-budget.ts';

const sampleSize = 200;

/** A sentence without its full stop. Called in the transaction of the plan, while nothing else reads the ledger. */
export async function estimateCalls(
  { config }: ScopedPolicy,
  { ehr, ledger, run }: Services,
  entities: readonly ('patient' | 'encounter')[],
): Promise<string> {
  const calls = await sampleChanged(ledger.writer, run, entities, sampleSize);
  const preparer = new CallPreparer(ledger.fingerprints, messageContextOf(config, run.startedAt), ehr, run.startedAt);
  let sent = 0;
  for await (const page of fetchedPages(ehr, [calls], { pageSize: usualPageSize, callSize: usualPageSize })) {
    if (page.objection !== null) continue;
    const known = await knownOf(ledger, page);
    sent += page.calls.filter((call) => preparer.prepare(call, known).kind === 'send').length;
  }
  return (
    `Of ${calls.length} of the changed rows, picked as by lot, ${sent} would send Redox a message, ` +
    `and ${calls.length - sent} have not changed in what Redox is told`
  );
}
