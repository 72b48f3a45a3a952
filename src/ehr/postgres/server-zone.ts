import { DatabaseFault, UsageFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** Throws a UsageFault if the server lacks the zone. */
export async function requireZone(session: Session, timeZone: string): Promise<void> {
  try {
    await session.run(statement('ehr/internal/check_time_zone'), [timeZone]);
  } catch (error) {
    if (!(error instanceof DatabaseFault) || error.code !== '22023') throw error;
    throw new UsageFault(
      `The EHR's Postgres does not know the time zone ${timeZone}; set EHR_TIME_ZONE to a name in its pg_timezone_names.`,
      { cause: error },
    );
  }
}
