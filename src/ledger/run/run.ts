import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { EndReason } from '../../fault.ts';
import type { JsonObject } from '../../json.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

export type Mode = 'sweep' | 'changes' | 'window' | 'only' | 'open' | 'none';
export type RunStatus = 'done' | 'stopped' | 'refused' | 'failed';

export interface Run {
  readonly number: number;
  /** What people call it: UTC start time, job, four random hex digits. Names the report folder. */
  readonly id: string;
  readonly job: string;
  readonly mode: Mode;
  /** Its plan is stored, and owes nothing: apply may deliver it. */
  readonly planOnly: boolean;
  readonly startedAt: Date;
  /** The watermark at the start. */
  readonly watermark: Date | null;
}

interface Opening {
  readonly job: string;
  readonly mode: Mode;
  readonly planOnly: boolean;
  /** The requested options, without ids. */
  readonly options: JsonObject;
  readonly programVersion: string;
  readonly startedAt: Date;
  /** The ledger is about to forget a former target, together with its watermark. */
  readonly startsAnew: boolean;
  /** The site's zone, for times shown to people; null or undefined means UTC. */
  readonly siteTimeZone?: string | null;
  /** How long a POST may take; not given by a run that sends nothing. */
  readonly callTimeoutMs?: number;
  /** The due time that `--due` named. */
  readonly dueAt?: Date | null;
}

export async function openRun(writer: Session, opening: Opening): Promise<Run> {
  const id = runId(opening.job, opening.startedAt);
  const { run_number, watermark_from } = await writer.one<{ run_number: number; watermark_from: Date | null }>(
    statement('ledger/run/open_run'),
    [
      id,
      opening.job,
      opening.mode,
      opening.planOnly,
      JSON.stringify(opening.options),
      hostname(),
      process.pid,
      opening.programVersion,
      opening.startedAt,
      opening.startsAnew,
      opening.siteTimeZone ?? null,
      opening.callTimeoutMs ?? null,
      opening.dueAt ?? null,
    ],
  );
  const { job, mode, planOnly, startedAt } = opening;
  return { number: run_number, id, job, mode, planOnly, startedAt, watermark: watermark_from };
}

export async function closeRun(
  writer: Session,
  run: Run,
  end: { status: RunStatus; exitCode: number; reason: EndReason; failure: string | null; finishedAt: Date },
): Promise<void> {
  await writer.run(statement('ledger/run/close_run'), [
    run.number,
    end.status,
    end.exitCode,
    end.failure,
    end.finishedAt,
    end.reason,
  ]);
}

/** Records that rows were found by another method than requested. */
export async function setMode(writer: Session, run: Run, mode: Mode): Promise<void> {
  await writer.run(statement('ledger/run/set_run_mode'), [run.number, mode]);
}

export async function countPlannedCalls(writer: Session, run: Run): Promise<number> {
  return (await writer.one<{ planned: number }>(statement('ledger/run/count_planned_calls'), [run.number])).planned;
}

/** The number of rows that the last sweep read; 0 before the first. */
export async function rowsOfLastSweep(session: Session): Promise<number> {
  return (await session.one<{ rows: number }>(statement('ledger/run/count_rows_of_last_sweep'))).rows;
}

/** The numbers of audits that go on beside this run. */
export async function runningAudits(session: Session): Promise<number[]> {
  const rows = await session.run<{ run_number: number }>(statement('ledger/run/find_running_audits'));
  return rows.map(({ run_number }) => run_number);
}

function runId(job: string, startedAt: Date): string {
  const time = startedAt.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `${time}-${job}-${randomBytes(2).toString('hex')}`;
}

interface Needs {
  readonly has_outgrown: boolean;
  readonly has_many: boolean;
}

/** Has Postgres plan reports for as many rows as there are: autovacuum may not have looked since a large run began. */
export async function refreshStatistics(writer: Session, run: Pick<Run, 'number'>): Promise<void> {
  const needs = await writer.one<Needs>(statement('ledger/run/has_outgrown_statistics'), [run.number]);
  if (!needs.has_outgrown && !needs.has_many) return;
  const { name, text } = needs.has_outgrown
    ? statement('ledger/run/analyze_results')
    : statement('ledger/run/analyze_run');
  await writer.query(name, text);
}
