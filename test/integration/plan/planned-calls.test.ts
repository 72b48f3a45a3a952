/** The pages in which a delivery reads its plan. */
import { expect, onTestFinished, test } from 'vitest';
import type { PlannedCall } from '../../../src/decide/difference.ts';
import { type Call, plannedCalls } from '../../../src/ledger/record/calls.ts';
import { storeCalls } from '../../../src/ledger/plan/plan.ts';
import type { Run } from '../../../src/ledger/run/run.ts';
import { craftLedger, type CraftedLedger, startNight } from '../support/report/report-ledger.ts';

const visit = (lane: string, number: number): PlannedCall => ({
  eventType: 'VisitPush',
  entity: 'encounter',
  entityId: `${lane}-${number}`,
  patientId: lane,
  rowPatientId: lane,
  mrn: null,
  plannedMrn: null,
  lane,
  rank: 0,
  scannedFingerprint: null,
  openSince: null,
  reason: null,
});

async function planOf(ledger: CraftedLedger, lanes: Readonly<Record<string, number>>): Promise<Run> {
  const run = await startNight(ledger);
  const calls = Object.entries(lanes).flatMap(([lane, count]) =>
    Array.from({ length: count }, (_, number) => visit(lane, number)),
  );
  await storeCalls(ledger.session, run, calls, false);
  return run;
}

async function pagesOf(ledger: CraftedLedger, run: Run, firstSize: number, size: number): Promise<Call[][]> {
  const pages: Call[][] = [];
  for await (const page of plannedCalls(ledger.session, run, firstSize, size)) pages.push(page);
  return pages;
}

/** `a×2 b×1`: how many calls of which lane, page by page. */
const described = (pages: readonly (readonly Call[])[]): string[] =>
  pages.map((page) =>
    [...new Set(page.map(({ lane }) => lane))]
      .map((lane) => `${lane}×${page.filter((call) => call.lane === lane).length}`)
      .join(' '),
  );

test('a page ends between persons, unless one person fills it', async () => {
  const ledger = await craftLedger();
  onTestFinished(() => ledger.close());
  const run = await planOf(ledger, { a: 2, b: 3, c: 1, d: 9, e: 2, f: 4 });
  const pages = await pagesOf(ledger, run, 3, 4);
  expect(described(pages)).toEqual(['a×2', 'b×3', 'c×1', 'd×4', 'd×4', 'd×1 e×2', 'f×4']);
  expect(new Set(pages.flat().map(({ call_id }) => call_id)).size).toBe(21);
});
