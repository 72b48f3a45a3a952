import { knownOrganizations } from '../../../src/ledger/organization.ts';
import type { Target } from '../../../src/ledger/run/target.ts';
import type { Session } from '../../../src/postgres/session.ts';
import { lasting, minuteOf } from '../../../src/plain-text.ts';
import { readStatus } from '../../../src/report/text/status.ts';
import { type Check, ok, warning } from './check.ts';

/** Null where the settings of Redox do not fit. */
interface HistoryQuestion {
  readonly target: Pick<Target, 'organizationOid'> | null;
  readonly now: Date;
}

const lateMs = 36 * 3_600_000;

/** What the ledger knows of nights and of the directory. A timetable leaves no trace in it but the nights themselves. */
export async function checkHistory(session: Session, { target, now }: HistoryQuestion): Promise<Check[]> {
  const { cleanNight, watermark, runs } = await readStatus(session);
  return [
    checkNight(cleanNight?.finished_at ?? null, runs.length > 0, now),
    watermark === null
      ? ok('watermark', 'None yet: the first nightly or intraday sets it.')
      : ok(
          'watermark',
          `updated_at has been read up to ${minuteOf(watermark)}, ${lasting(now.getTime() - watermark.getTime())} ago.`,
        ),
    ...(target === null ? [] : [await checkOrganization(session, target.organizationOid)]),
  ];
}

function checkNight(finishedAt: Date | null, hasRun: boolean, now: Date): Check {
  if (finishedAt === null) {
    return ok('nights', hasRun ? 'No night has been clean yet.' : 'Nothing has run yet.');
  }
  const ageMs = now.getTime() - finishedAt.getTime();
  const says = `The last clean night ended ${lasting(ageMs)} ago, at ${minuteOf(finishedAt)}.`;
  if (ageMs <= lateMs) return ok('nights', says);
  return warning(
    'nights',
    says,
    'See that cron, or `redox-reconcile schedule`, still starts it; `redox-reconcile status` lists the last runs.',
  );
}

async function checkOrganization(session: Session, oid: string): Promise<Check> {
  const known = await knownOrganizations(session, null);
  const own = known.find((one) => one.oid === oid);
  if (own === undefined) {
    return known.length === 0
      ? ok('directory', 'No organisation was registered from here.')
      : warning(
          'directory',
          `ORGANIZATION_OID is ${oid}, but what was registered from here is ${known.map((one) => one.oid).join(', ')}.`,
          'Check ORGANIZATION_OID against `redox-reconcile organization show`.',
        );
  }
  const { registered, last_event, last_state } = own;
  if (registered?.isCertain === true) {
    return ok(
      'directory',
      `${oid} was registered on ${minuteOf(registered.at)}, ${registered.active ? 'active' : 'not active'}.`,
    );
  }
  return warning(
    'directory',
    `It is uncertain whether the directory has the last record of ${oid} (${last_event}: ${last_state}).`,
    '`redox-reconcile organization show` prints the record sent; send it again with create or update.',
  );
}
