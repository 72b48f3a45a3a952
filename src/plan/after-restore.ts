/**
 * `--after-restore`: the ledger was restored, or failed over and lost commits, so Redox may have been sent more than it knows. What may be
 * wrong is void from here on, so this run sends it again, and a later one what this run leaves.
 *
 * In doubt is whoever has a row that was updated since the start of the last run that the ledger is certain of, or a call in a run after
 * that one (in the ledger, or in `calls.csv` in REPORT_DIR), with everybody who is one person with them, and all of their visits.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type CertainRun,
  landLostCalls,
  lastCertainRun,
  type LostCall,
  runsSince,
  unknownRuns,
  voidDoubtful,
} from '../ledger/stage/restore.ts';
import type { Run } from '../ledger/run/run.ts';
import { readSentCalls } from '../report/text/lost-calls.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';

/** Called once every row is staged. */
export async function voidAfterRestore(
  { config: { reportDir, watermarkOverlapMs } }: ScopedPolicy,
  { ledger: { writer }, run, log, position: { file, runs } }: Services,
): Promise<void> {
  const forgotten = await forgottenRuns(reportDir, { writer }, run, runs);
  const certain = await lastCertainRun(writer, run, startOf(forgotten[0]));
  const later = await runsSince(writer, certain, run);
  const unreadable = new Set<string>();
  await landLostCalls(writer, callsOf(reportDir, [...forgotten, ...later], unreadable));
  const since = certain === null ? null : new Date(certain.started_at.getTime() - watermarkOverlapMs);
  const { patients, encounters } = await voidDoubtful(writer, run, { since, certain });
  log('rows_in_doubt', { runId: run.id, since, forgottenRuns: forgotten.length, patients, encounters });
  if (runs === null || forgotten.some((id) => unreadable.has(id))) log('restored_without_reports', { runId: run.id });
  // From here on the ledger says by itself what is owed.
  file.takeOver();
}

/** The runs that the ledger has forgotten, the oldest first. An old REPORT_DIR may also contain another ledger's runs. */
async function forgottenRuns(
  reportDir: string,
  { writer }: Pick<Ledger, 'writer'>,
  run: Run,
  known: readonly string[] | null,
): Promise<string[]> {
  if (known !== null) return (await unknownRuns(writer, known)).sort();
  const since = await lastCertainRun(writer, run, null);
  const folders = (await readdir(reportDir).catch(() => [])).filter((name) => isSince(since, name));
  return (await unknownRuns(writer, folders)).sort();
}

const isSince = (certain: CertainRun | null, runId: string): boolean => {
  const start = startOf(runId);
  return start !== null && (certain === null || start.getTime() + 1_000 > certain.started_at.getTime());
};

/** A run id begins with the time of its start. */
function startOf(runId: string | undefined): Date | null {
  const [text = ''] = /^\d{8}T\d{6}Z(?=-)/.exec(runId ?? '') ?? [];
  const start = DateTime.fromISO(text, { zone: 'utc' });
  return start.isValid ? start.toJSDate() : null;
}

async function* callsOf(
  reportDir: string,
  runIds: readonly string[],
  unreadable: Set<string>,
): AsyncGenerator<LostCall> {
  for (const runId of runIds) {
    yield* readSentCalls(join(reportDir, runId, 'calls.csv'), () => unreadable.add(runId));
  }
}
