/** What a run tells while it works. */
import type { ExtractRemark } from '../ehr/csv/csv-landing.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { firstUnknownRows } from '../ledger/stage/stage.ts';
import type { Log } from '../log/log.ts';
import { openProgress, type Progress } from './progress.ts';
import type { LedgerServices } from './services.ts';

type Told = Pick<LedgerServices, 'ledger' | 'run' | 'log'>;

/** That it begins, and what it found of runs before it. */
export function tellFindings({ ledger: { migrated, interrupted }, run, log }: Told): void {
  if (migrated.from !== migrated.to) log('ledger_migrated', { from: migrated.from, to: migrated.to });
  if (interrupted.runIds.length > 0 || interrupted.calls > 0) {
    log('interrupted_run_recovered', { runId: interrupted.runIds.at(-1) ?? null, calls: interrupted.calls });
  }
  log('run_started', { runId: run.id, job: run.job, mode: run.mode });
}

/** Says how far a step has come, and how long it took. */
export async function timed<T>(
  { log, run }: Pick<Told, 'log' | 'run'>,
  step: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  log('step_started', { runId: run.id, step });
  const progress = openProgress(log, run, step);
  const result = await work(progress).finally(progress.end);
  log('step_finished', { runId: run.id, step, ms: Math.round(performance.now() - startedAt) });
  return result;
}

/** What works, but the site should mend. */
export function tellWarnings(log: Log, ehr: Ehr): void {
  for (const { file, message } of ehr.warnings) log('contract_warning', { file, warning: message });
}

/** How files of an extract were read, and what of them the site should mend. */
export function tellRemarks(log: Log, remarks: readonly ExtractRemark[]): void {
  for (const { file, sentence, isWarning } of remarks) {
    log(isWarning ? 'extract_warning' : 'extract_read', { file, remark: sentence });
  }
}

/** A few show what is wrong with a list, and a wrong list is wrong in all of its lines. */
const namedUnknownRows = 20;

/** Logs the unknown rows of a list: a wrong file, or ids of another system. Called once all is staged. */
export async function logUnknownRows({ ledger, run, log }: Told): Promise<void> {
  const unknownRows = await firstUnknownRows(ledger.writer, namedUnknownRows);
  for (const { entity, entity_id: entityId } of unknownRows) {
    log('listed_row_unknown', { runId: run.id, entity, entityId });
  }
  const count = unknownRows[0]?.unknown_rows ?? 0;
  if (count > 0) log('listed_rows_unknown', { runId: run.id, count });
}
