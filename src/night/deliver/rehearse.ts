/**
 * What a plan that is only stored would say of values: its messages are built and looked at as a delivery would, and none is sent. Without
 * it a plan hides what a night would list in data-quality.csv.
 */
import type { MessageContext } from '../../message/context.ts';
import type { Ehr } from '../../ehr/ehr.ts';
import { keepFindings } from '../../ledger/record/recorded-rows.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { countPlannedCalls, type Run } from '../../ledger/run/run.ts';
import type { Preflight } from '../../redox/preflight.ts';
import { knownOf, lanesIn, type PageLimits, pages } from './call-pages.ts';
import { LaneFacts, rehearsed } from './lane.ts';
import { CallPreparer } from './prepare-call.ts';
import type { Progress } from '../../run/progress.ts';

interface RehearseOptions {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly ehr: Ehr;
  readonly preflight: Preflight;
  readonly context: MessageContext;
  readonly limits: PageLimits;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly progress: Progress;
}

export async function rehearse(options: RehearseOptions): Promise<'done' | 'stopped'> {
  const { ledger, run, context, preflight, signal, now, progress } = options;
  progress.expect(await countPlannedCalls(ledger.writer, run));
  const preparer = new CallPreparer(ledger.fingerprints, context, options.ehr, now());
  // Where the contract gives no MRN, patient_id is what people ask by.
  const hasMrn = options.ehr.columnsOf('patient').has('mrn');
  const isMatchKey = (key: string): boolean => key !== 'mrn' || hasMrn;
  let before: LaneFacts | null = null;
  for await (const page of pages(options)) {
    if (signal.aborted) return 'stopped';
    const facts: LaneFacts = new LaneFacts(await knownOf(options, page));
    // A lane may span pages, and the ledger has none of its simulated results.
    if (before !== null) facts.takeOver(before);
    before = facts;
    const results = [...lanesIn(page.calls)].flatMap((calls) => rehearsed(calls, facts, { preparer, preflight, now }));
    await keepFindings(ledger.writer, run, results, isMatchKey);
    progress.note(results.length);
  }
  return 'done';
}
