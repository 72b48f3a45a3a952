import { newestText } from '../../../../src/ehr/contract/compose.ts';
import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import type { CheckedQuery } from '../../../../src/ehr/contract/contract-query.ts';
import { inFull, lasting } from '../../../../src/plain-text.ts';
import { DatabaseFault } from '../../../../src/postgres/database-fault.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

/** A clock that is a little ahead is the clock's own check. */
const soonMs = 5 * 60_000;

/** How far `updated_at` reaches: what lies ahead of now was written by another clock, or in another time zone. */
export async function checkNewest(session: Session, { contract }: ContractExamination, now: Date): Promise<Check[]> {
  if (contract === null) return [skipped('updated_at', 'because the contract does not fit.')];
  const checks: Check[] = [];
  for (const query of [contract.all.patient, contract.all.encounter]) checks.push(await newestOf(session, query, now));
  return checks;
}

async function newestOf(session: Session, query: CheckedQuery, now: Date): Promise<Check> {
  const { file } = query;
  const text = newestText(query);
  if (text === null) {
    const says = `${file} gives no updated_at: only a sweep sees what changed, and \`intraday\` and \`rerun --by updated\` do not.`;
    return warning('updated_at', says, 'Select when the row last changed, if the EHR knows it.');
  }
  try {
    const { rows } = await session.query(`a look at updated_at of ${file}`, text);
    const [{ newest = null, beyond = '0', unreadable = '0' } = {}] = rows as Partial<Reach>[];
    if (Number(unreadable) > 0) return saysNoTime(query, Number(unreadable));
    return checkOf(query, newest === null ? null : Number(newest) - now.getTime(), Number(beyond));
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    const why = error.code === '57014' ? 'its newest updated_at was not found within 20 s' : error.message;
    return skipped('updated_at', `of ${file}, because ${why}`);
  }
}

/** As text: the session parses nothing. */
interface Reach {
  readonly newest: string | null;
  readonly beyond: string;
  readonly unreadable: string;
}

function saysNoTime({ file }: CheckedQuery, rows: number): Check {
  const says = `${file} has ${inFull(rows)} rows whose updated_at is no time of ours (a zero date, infinity, another spelling); \`changes\` reads them every time.`;
  return warning(
    'updated_at',
    says,
    'Correct them in the EHR, or let the query make times of them; a text is read as `2026-03-01 12:00:00`, with or without a zone.',
  );
}

function checkOf({ file, columns }: CheckedQuery, aheadMs: number | null, beyond: number): Check {
  if (beyond > 0) {
    const says = `${file} has ${beyond} rows whose updated_at is more than 15 hours ahead; \`changes\` reads them every time.`;
    return warning('updated_at', says, 'Correct them in the EHR, or let the contract give NULL for such a time.');
  }
  if (aheadMs === null) return ok('updated_at', `${file} has no row that says when it was updated.`);
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
