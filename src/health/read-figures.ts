import { eventTypes } from '../decide/call.ts';
import { rowClasses } from '../decide/difference.ts';
import type { SiteState } from '../decide/health.ts';
import { attemptLatencies, type LastEnding, lastEndings } from '../ledger/health.ts';
import {
  type AuditFigures,
  type Figures,
  type JobFigures,
  latencyBoundsS,
  type RunFigures,
} from './metrics/figures.ts';
import type { Session } from '../postgres/session.ts';
import { readStatus } from '../report/text/status.ts';
import { callKinds, countsOf, summarise, type Summary } from '../report/summary.ts';

export async function readFigures(session: Session, state: SiteState): Promise<Figures> {
  const { cleanNight, watermark, open, findability } = await readStatus(session);
  const jobs: JobFigures[] = [];
  for (const ending of await lastEndings(session)) jobs.push(await jobFigures(session, ending));
  return { state, jobs, cleanNight: cleanNight?.finished_at ?? null, watermark, openCalls: open, findability };
}

async function jobFigures(session: Session, ending: LastEnding): Promise<JobFigures> {
  const { job, exit_code, due_at, started_at, recorded_at, run_number } = ending;
  return {
    job,
    exitCode: exit_code,
    due: due_at,
    started: started_at,
    ended: recorded_at,
    run: run_number === null ? null : await runFigures(session, run_number),
  };
}

async function runFigures(session: Session, runNumber: number): Promise<RunFigures> {
  const summary = await summarise(session, runNumber);
  return {
    rows: rowsOf(summary),
    calls: eventTypes.flatMap((eventType) =>
      callKinds.map((outcome) => ({ eventType, outcome, count: summary.calls[eventType][outcome] })),
    ),
    latencies: await attemptLatencies(session, runNumber, latencyBoundsS),
    confirmation: statusesOf(summary),
    audit: auditOf(summary),
  };
}

function statusesOf({ confirmation }: Summary): RunFigures['confirmation'] {
  if (confirmation === undefined) return [];
  const { succeeded, failed, filtered, pending, unseen } = confirmation;
  return Object.entries({ succeeded, failed, filtered, pending, unseen }).map(([status, count]) => ({ status, count }));
}

function auditOf({ audit }: Summary): RunFigures['audit'] {
  if (audit === undefined) return null;
  const { patients, documents, assessed, wrong, wrong_at_most } = audit;
  const resultsOf = (entity: 'patient' | 'document', counts: typeof patients): AuditFigures['results'] =>
    Object.entries(counts).map(([result, count]) => ({ entity, result, count }));
  return {
    results: [...resultsOf('patient', patients), ...resultsOf('document', documents)],
    wrongShare: assessed === 0 ? null : wrong / assessed,
    wrongAtMost: wrong_at_most,
  };
}

const rowsOf = (summary: Summary): RunFigures['rows'] =>
  countsOf(summary).flatMap(([entity, count]) =>
    (['read', ...rowClasses] as const).map((rowClass) => ({ entity, rowClass, count: count[rowClass] })),
  );
