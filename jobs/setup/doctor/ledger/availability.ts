import { inFull } from '../../../../src/plain-text.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

interface Availability {
  readonly is_local: boolean;
  readonly idle: string;
  readonly interval: string;
  readonly count: string;
  readonly user_timeout: string;
  readonly check_interval: string;
  readonly synchronous_standby_names: string;
  readonly standbys: number;
}

/** What becomes of the ledger when a machine vanishes: one that runs a job, or the server's own. */
export async function checkAvailability(session: Session): Promise<Check[]> {
  const found = await session.one<Availability>(statement('doctor/describe_availability'));
  return [assessKeepalives(found, session.isPooled), assessFailover(found, session.greeting.isStandby)];
}

/** A standby machine should not wait longer. */
const patienceSeconds = 60;

export function assessKeepalives(found: Availability, isPooled: boolean): Check {
  if (isPooled) return skipped('keepalives', 'because the pooler decides when the lock of a vanished machine is free.');
  if (found.is_local) return ok('keepalives', 'The ledger is on this machine, and a lock ends with its process.');
  const { idle, interval, count, user_timeout, check_interval } = found;
  const seconds = Number(idle) + Number(interval) * Number(count);
  const settings = `tcp_keepalives_idle ${idle}, interval ${interval}, count ${count}, tcp_user_timeout ${user_timeout}, client_connection_check_interval ${check_interval}`;
  if (seconds > 0 && seconds <= patienceSeconds) {
    return ok('keepalives', `The lock of a machine that vanished is free after ${seconds} s (${settings}).`);
  }
  return warning(
    'keepalives',
    `The server does not take our keepalives: the lock of a machine that vanished may stay for hours (${settings}).`,
    'Set tcp_keepalives_idle = 10, tcp_keepalives_interval = 5 and tcp_keepalives_count = 3 for the role or the server.',
  );
}

export function assessFailover(
  { synchronous_standby_names: names, standbys }: Availability,
  isStandby: boolean,
): Check {
  if (isStandby) return skipped('failover', 'because this server is a standby itself.');
  if (names !== '') {
    return ok('failover', `It is the primary, and a commit waits for a standby (synchronous_standby_names ${names}).`);
  }
  if (standbys === 0) return ok('failover', 'It is the primary, and no standby follows it.');
  return warning(
    'failover',
    `It is the primary, and the standbys that follow it (${inFull(standbys)}) are asynchronous: a failover loses its last commits.`,
    'Set synchronous_standby_names, or start `nightly --after-restore` after every failover: see "Two machines" in OPERATING.md.',
  );
}
