import { join } from 'node:path';
import { alertText } from './alert-text.ts';
import type { JsonObject } from '../json.ts';
import type { HealthRecord, LastAlert, Health } from '../decide/health.ts';
import { callKinds, type Summary, totalCalls } from '../report/summary.ts';

export interface Alert {
  /** The job's end, which the alert reports. */
  readonly own: Omit<HealthRecord, 'lastAlert'>;
  readonly now: Health;
  readonly before: LastAlert;
  /** Of its run; null if it has none. */
  readonly summary: Summary | null;
  readonly host: string;
  readonly reportDir: string;
}

/** The body for the webhook: only counts and our own names, never an id of a patient or a visit, or a text from outside. */
export function alertBody({ own, now, before, summary, host, reportDir }: Alert): JsonObject {
  const { runId, job, exitCode, personLines, recordedAt } = own;
  const reports = runId === null ? null : join(reportDir, runId);
  return {
    text: alertText({ host, job, runId, exitCode, now, before, personLines, reports }),
    host,
    run_id: runId,
    job,
    state: now.state,
    before: before.state,
    reasons: [...now.reasons],
    exit_code: exitCode,
    counts: countsOf(own, summary),
    reports,
    at: recordedAt.toISOString(),
  };
}

function countsOf({ personLines, missed }: Alert['own'], summary: Summary | null): JsonObject {
  const calls = summary === null ? null : totalCalls(summary.calls);
  return {
    person_lines: personLines,
    missed_rows: missed,
    ...Object.fromEntries(['planned' as const, ...callKinds].map((kind) => [`calls_${kind}`, calls?.[kind] ?? null])),
  };
}
