import { DatabaseFault } from '../../../../src/fault.ts';
import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import type { CheckedQuery } from '../../../../src/ehr/contract/contract-query.ts';
import { inFull, lasting } from '../../../../src/plain-text.ts';
import type { EhrSession } from '../../../../src/ehr/engine.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

/** A clock that is a little ahead is the clock's own check. */
const soonMs = 5 * 60_000;

/** Checks the newest `updated_at`. A time in the future was written by another clock, or in another time zone. */
export async function checkNewest(session: EhrSession, { contract }: ContractExamination, now: Date): Promise<Check[]> {
  if (contract === null) return [skipped('updated_at', 'because the contract does not fit.')];
  const checks: Check[] = [];
  for (const query of [contract.all.patient, contract.all.encounter]) checks.push(await newestOf(session, query, now));
  return checks;
}

async function newestOf(session: EhrSession, query: CheckedQuery, now: Date): Promise<Check> {
  const { file } = query;
  if (!query.columns.has('updated_at')) {
    const says = `${file} has no updated_at: only a sweep finds changes, \`intraday\` and \`rerun --by updated\` do not.`;
    return warning('updated_at', says, 'Select when the row last changed, if the EHR knows it.');
  }
  try {
    const { newest = null, beyond = '0', unreadable = '0' } = (await session.newest(query)) ?? {};
    if (Number(unreadable) > 0) return unusableTimes(query, Number(unreadable));
    return checkOf(query, newest === null ? null : Number(newest) - now.getTime(), Number(beyond));
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    const why = error.isTimeout ? 'its newest updated_at was not found within 20 s' : error.message;
    return skipped('updated_at', `of ${file}, because ${why}`);
  }
}

function unusableTimes({ file }: CheckedQuery, rows: number): Check {
  const says = `${file} has ${inFull(rows)} rows with an updated_at that cannot be used (a zero date, infinity, another format); \`changes\` reads them every time.`;
  return warning(
    'updated_at',
    says,
    'Correct them in the EHR, or let the query make times of them; a text is read as `2026-03-01 12:00:00`, with or without a zone.',
  );
}

function checkOf({ file, columns }: CheckedQuery, aheadMs: number | null, beyond: number): Check {
  if (beyond > 0) {
    const says = `${file} has ${beyond} rows with an updated_at more than 15 hours ahead; \`changes\` reads them every time.`;
    return warning('updated_at', says, 'Correct them in the EHR, or let the contract give NULL for such a time.');
  }
  if (aheadMs === null) return ok('updated_at', `${file} has no row with an updated_at.`);
  if (aheadMs <= soonMs) return ok('updated_at', `The newest of ${file} is ${lasting(Math.max(0, -aheadMs))} old.`);
  const ahead = lasting(aheadMs);
  if (columns.get('updated_at') === 'timestamp with time zone') {
    const says = `The newest of ${file} lies ${ahead} ahead of now, though it names its zone.`;
    return warning(
      'updated_at',
      says,
      'Look at how the EHR writes it: a wall clock was taken for UTC, or a clock is wrong.',
    );
  }
  return fault(
    'updated_at',
    `The newest of ${file} lies ${ahead} ahead of now by EHR_TIME_ZONE, so that zone is not the one in which it was written.`,
    "Set EHR_TIME_ZONE to the zone of the clock on the EHR’s wall (UTC where the EHR writes UTC), or let the contract name the zone of this column: updated_at AT TIME ZONE 'UTC'.",
  );
}
