import type { ExtractRemark } from '../ehr/csv/csv-landing.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { firstUnknownRows } from '../ledger/stage/wanted.ts';
import type { Log } from '../log/log.ts';
import type { LedgerServices } from './services.ts';
import type { Run } from '../ledger/run/run.ts';

type Logging = Pick<LedgerServices, 'ledger' | 'run' | 'log'>;

/** Logs the start of a run, and what it recovered of earlier runs. */
export function logStart({ ledger: { migrated, interrupted }, run, log }: Logging): void {
  if (migrated.from !== migrated.to) log('ledger_migrated', { from: migrated.from, to: migrated.to });
  if (interrupted.runIds.length > 0 || interrupted.calls > 0) {
    log('interrupted_run_recovered', { runId: interrupted.runIds.at(-1) ?? null, calls: interrupted.calls });
  }
  log('run_started', { runId: run.id, job: run.job, mode: run.mode });
}

/** Logs a step's progress and duration. */
export async function timed<T>(
  { log, run }: Pick<Logging, 'log' | 'run'>,
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

/** Logs what works but should be corrected by the site. */
export function logWarnings(log: Log, ehr: Ehr): void {
  for (const { file, message } of ehr.warnings) log('contract_warning', { file, warning: message });
}

/** Logs how the files of an extract were read, and what the site should correct in them. */
export function logRemarks(log: Log, remarks: readonly ExtractRemark[]): void {
  for (const { file, sentence, isWarning } of remarks) {
    log(isWarning ? 'extract_warning' : 'extract_read', { file, remark: sentence });
  }
}

/** A few rows are enough to show what is wrong with a list: a wrong list is wrong in every line. */
const namedUnknownRows = 20;

/** Logs the unknown rows of a list: a wrong file, or ids of another system. Called once all is staged. */
export async function logUnknownRows({ ledger, run, log }: Logging): Promise<void> {
  const unknownRows = await firstUnknownRows(ledger.writer, namedUnknownRows);
  for (const { entity, entity_id: entityId } of unknownRows) {
    log('listed_row_unknown', { runId: run.id, entity, entityId });
  }
  const count = unknownRows[0]?.unknown_rows ?? 0;
  if (count > 0) log('listed_rows_unknown', { runId: run.id, count });
}

export interface Progress {
  /** Adds to the number done. */
  readonly note: (count?: number) => void;
  /** The expected total; 0 if unknown. */
  readonly expect: (total: number) => void;
}

const tellEveryMs = 500;

/** Says it again and again until `end`. */
function openProgress(log: Log, run: Run, step: string): Progress & { readonly end: () => void } {
  const startedAt = performance.now();
  let done = 0;
  let total: number | null = null;
  const timer = setInterval(() => {
    log('progress', { runId: run.id, step, done, total, ms: performance.now() - startedAt });
  }, tellEveryMs);
  return {
    note: (count = 1) => {
      done += count;
    },
    expect: (count) => {
      total = count > 0 ? count : null;
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
