import { exitCodes, UsageFault } from '../../src/fault.ts';
import { openLedgerToRead, readLedger } from '../../src/ledger/ledger.ts';
import type { Session } from '../../src/postgres/session.ts';
import { minuteOf } from '../../src/plain-text.ts';
import { prunedAt } from '../../src/report/pruned.ts';
import { describePlan, readPlan } from '../../src/report/text/describe-plan.ts';
import { describeRun } from '../../src/report/text/describe-run.ts';
import { report as writeReports } from '../../src/report/reports.ts';
import { findRun, lastRuns, type ReportedRun } from '../../src/report/text/status.ts';
import { printLoss } from '../../src/run/lost-commits.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { withLedgerUrlToRead } from './ledger-url.ts';
import { argument } from '../frame/options.ts';

const manual: Manual = {
  what: 'Writes the reports of a run again, from the ledger, and prints its result.',
  when: 'If a run could not write them (a full disk), if they were lost, or to have them in another folder (REPORT_DIR).',
  reads: 'The ledger. Neither the EHR nor Redox.',
  writes:
    'The folder <REPORT_DIR>/<RUN_ID>. Each file is replaced once the new one is complete. The ledger stays unchanged.',
  repeat: 'Yes. The reports of a run that has ended are the same every time.',
  stop: 'The first SIGTERM or SIGINT has no effect, because it ends soon by itself. A second one ends it at once; every file is complete.',
  exitCodes: allBut('needsPerson', 'stopped'),
  examples: ['redox-reconcile report 20260131T081500Z-nightly-3f2a'],
};

export const report = defineJob({
  manual,
  options: { runId: argument('<RUN_ID>', 'the run: the name of its report folder; status lists the newest') },
  run: async ({ config, print }, { runId }) => {
    const { ledger, reportDir } = config('ledger');
    await withLedgerUrlToRead(ledger, (url) =>
      readLedger(url, async (session) => {
        await assertNotPruned(session, runId);
        const run = await runOf(session, runId);
        const beside = await openLedgerToRead(session.url);
        const { folder, ending, facts } = await writeReports([session, beside], run, reportDir).finally(() =>
          beside.close(),
        );
        const plan = await readPlan(session, run.number, facts);
        const described = plan === null ? describeRun(facts.summary, folder) : describePlan(plan);
        await printLoss(session, reportDir, print);
        for (const line of [...ending, '', ...described]) print(line);
      }),
    );
    return exitCodes.done;
  },
});

async function assertNotPruned(session: Session, runId: string): Promise<void> {
  const at = await prunedAt(session, runId);
  if (at === null) return;
  throw new UsageFault(
    `Run ${JSON.stringify(runId)} was pruned on ${minuteOf(at)}, so its reports cannot be written again. Those that it wrote itself ` +
      'are still in REPORT_DIR, unless somebody removed them.',
  );
}

async function runOf(session: Session, runId: string): Promise<ReportedRun> {
  const found = await findRun(session, runId);
  if (found !== null) return found;
  const newest = (await lastRuns(session, 5)).map(({ run_id }) => run_id);
  throw new UsageFault(
    `The ledger knows no run ${JSON.stringify(runId)}. ` +
      (newest.length === 0 ? 'Nothing has run on it yet.' : `Its newest runs are ${newest.join(', ')}.`),
  );
}
