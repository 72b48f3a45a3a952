/**
 * What a plan that is only stored would say of values: its messages are built and looked at as a delivery would, and none is sent. So the
 * plan shows what a night would list in data-quality.csv.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallResult } from '../ledger/record/call-result.ts';
import { keepFindings } from '../ledger/record/recorded-rows.ts';
import { openPreflight } from '../redox/preflight.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { messageContextOf } from '../run/target.ts';
import { knownOf, lanesIn, pageLimits, pages } from './call-pages.ts';
import { rehearsed } from './lane.ts';
import { LaneFacts, type LaneMemory } from './lane-facts.ts';
import { CallPreparer } from './prepare-call.ts';
import type { Progress } from '../run/run-log.ts';

/** Nothing waits for an answer here, so pages may be small. A page of a delivery makes more garbage than its building collects. */
const callsPerPage = 250;

export async function rehearse(
  { config, pageSize }: ScopedPolicy,
  services: Services,
  progress: Progress,
): Promise<'done' | 'stopped'> {
  const { ehr, ledger, run, signal, now } = services;
  const preflight = openPreflight({ ...config.redox, sizeLimitBytes: config.documentSizeLimitBytes });
  const preparer = new CallPreparer(ledger.fingerprints, messageContextOf(config, now()), ehr, now());
  // Where the contract gives no MRN, patient_id is what people ask by.
  const hasMrn = ehr.columnsOf('patient').has('mrn');
  const isMatchKey = (key: string): boolean => key !== 'mrn' || hasMrn;
  let before = { lane: '', memory: newMemory() };
  const limits = { ...pageLimits(config.documentSizeLimitBytes, pageSize), calls: callsPerPage };
  for await (const page of pages(services, limits)) {
    if (signal.aborted) return 'stopped';
    const facts: LaneFacts = new LaneFacts(await knownOf(ledger, page, ehr.hasSummaries));
    // A lane may span pages, and the ledger has none of its simulated results.
    if (page.calls[0]?.lane === before.lane) facts.takeOver(before.memory);
    const results: CallResult[] = [];
    for (const calls of lanesIn(page.calls)) {
      results.push(...rehearsed(calls, facts, { preparer, preflight, now }));
      await nextTurn();
    }
    const lane = page.calls.at(-1)?.lane ?? '';
    before = { lane, memory: lane === before.lane ? before.memory : newMemory() };
    facts.leaveTo(before.memory);
    await keepFindings(ledger.writer, run, results, isMatchKey);
    progress.note(page.calls.length);
  }
  return 'done';
}

const newMemory = (): LaneMemory => ({ patients: new Map(), summaries: new Map() });
