import type { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { fault, ok, warning, type Check } from './check.ts';

/** Two clocks further apart than the first limit cause a warning. Beyond the second, Redox's token and our watermark suffer. */
const oddMs = 5_000;
const wrongMs = 60_000;

/** How far the server's clock is ahead of this machine's. It counts as read halfway through the query. */
export async function checkClock(session: Session, whose: string): Promise<Check> {
  const askedAt = Date.now();
  const { milliseconds } = await session.one<{ milliseconds: string | number }>(statement('doctor/read_server_clock'));
  const readAt = (askedAt + Date.now()) / 2;
  return assessClock(whose, Number(milliseconds) - readAt);
}

/** Redox takes an assertion whose `iat` is at most ten seconds ahead and five minutes old ("Authenticate with JWT"). */
export function assessClock(whose: string, aheadMs: number): Check {
  const apart = Math.abs(aheadMs);
  const seconds = (apart / 1000).toFixed(apart < 10_000 ? 1 : 0);
  const says = `${whose} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's clock.`;
  const remedy = 'Set both by NTP (`timedatectl` shows this one, `chronyc tracking` how well it keeps time).';
  if (apart > wrongMs) return fault('clock', says, remedy);
  if (apart > oddMs) return warning('clock', says, remedy);
  return ok('clock', says);
}
