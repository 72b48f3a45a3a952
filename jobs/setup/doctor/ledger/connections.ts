import { counted } from '../../../../src/plain-text.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

/** As the server gives it: numbers, or their text. */
type Given = Readonly<
  Record<
    'role_limit' | 'role_used' | 'database_limit' | 'database_used' | 'server_limit' | 'server_used',
    number | string
  >
> & { readonly role: string; readonly database: string };

interface Limit {
  readonly whose: string;
  readonly limit: number;
  /** By others than the doctor. */
  readonly taken: number;
}

/** Whether a run gets the connections that it needs at once. */
export async function checkConnections(session: Session, needs: number): Promise<Check> {
  const [given] = await session.run<Given>(statement('doctor/read_connections'));
  if (given === undefined) return skipped('connections', 'because the server does not say what the role may have.');
  return assessConnections(given, needs);
}

export function assessConnections(given: Given, needs: number): Check {
  const { role, database } = given;
  const limits: Limit[] = [
    limitOf(`CONNECTION LIMIT of the role ${role}`, given.role_limit, given.role_used),
    limitOf(`CONNECTION LIMIT of the database ${database}`, given.database_limit, given.database_used),
    limitOf('max_connections of the server, without those that are reserved,', given.server_limit, given.server_used),
  ].filter(({ limit }) => limit >= 0);
  const low = limits.find(({ limit }) => limit < needs);
  if (low !== undefined) {
    const says = `A run needs ${needs} connections at the same time, and the ${low.whose} is ${low.limit}.`;
    return fault('connections', says, `Raise it to ${needs + 1} or more: every job beside a run needs one, too.`);
  }
  const tight = limits.find(({ limit, taken }) => limit - taken < needs);
  if (tight !== undefined) {
    const says = `A run needs ${needs} connections at the same time; of the ${tight.limit} that the ${tight.whose} allows ${tight.taken} are taken now.`;
    return warning('connections', says, 'See what holds them at the hour of the night, or raise the limit.');
  }
  const least = Math.min(...limits.map(({ limit, taken }) => limit - taken));
  return ok('connections', `A run needs ${counted(needs, 'connection')} at the same time; ${least} are free.`);
}

const limitOf = (whose: string, limit: number | string, used: number | string): Limit => ({
  whose,
  limit: Number(limit),
  taken: Number(used) - 1,
});
