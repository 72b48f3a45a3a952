/**
 * Estimates how many candidates would become calls: fetches a sample, and builds and compares its messages as a delivery would
 * (decision 16).
 */
import { sampleChanged } from '../ledger/stage/guard.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { messageContextOf } from '../run/target.ts';
import { fetchedPages, knownOf } from './call-pages.ts';
import { CallPreparer } from './prepare-call.ts';
import { usualPageSize } from '../async/within-budget.ts';

const sampleSize = 200;

interface Sampled {
  /** Rows of the sample. */
  readonly rows: number;
  /** Rows that would send a message. */
  readonly sent: number;
}

/** Called in the transaction of the plan, as the only reader of the ledger. `rebuiltBy`: as for `sampleChanged`. */
export async function sampleCalls(
  { config }: ScopedPolicy,
  { ehr, ledger, run }: Services,
  entities: readonly ('patient' | 'encounter' | 'summary')[],
  rebuiltBy: number | null = null,
): Promise<Sampled> {
  const calls = await sampleChanged(ledger.writer, run, { entities, rebuiltBy, count: sampleSize });
  const preparer = new CallPreparer(ledger.fingerprints, messageContextOf(config, run.startedAt), ehr, run.startedAt);
  let sent = 0;
  for await (const page of fetchedPages(ehr, [calls], { pageSize: usualPageSize, callSize: usualPageSize })) {
    if (page.objection !== null) continue;
    const known = await knownOf(ledger, page);
    sent += page.calls.filter((call) => preparer.prepare(call, known).kind === 'send').length;
  }
  return { rows: calls.length, sent };
}

/** Returns a clause. */
export async function estimateCalls(...request: Parameters<typeof sampleCalls>): Promise<string> {
  const { rows, sent } = await sampleCalls(...request);
  return (
    `In a sample of ${rows} changed rows, ${sent} would send a message; the other ${rows - sent} changed ` +
    'only in fields that Redox does not receive'
  );
}
