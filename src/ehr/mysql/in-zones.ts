import { DatabaseFault } from '../../fault.ts';
import type { MysqlSession } from '../../mysql/session.ts';
import type { CheckedQuery, FetchedBesides } from '../contract/contract-query.ts';
import type { EhrSession, RawRow, SessionZone } from '../engine.ts';
import { rowsCompared } from '../read/session-zone.ts';
import { zonedText } from './compose.ts';
import { bindIds } from './ids.ts';

/** As far from UTC as both servers go. */
const offsets: Readonly<Record<SessionZone, string>> = { utc: '+00:00', east: '+13:00', west: '-12:00' };

/** A query that takes longer is skipped: a warning is worth less. */
const patienceMs = 5_000;

/** Implements `EhrSession.inZones`. */
export async function inZones<T>(
  ehr: Pick<EhrSession, 'readOnly'> & { readonly session: MysqlSession },
  query: CheckedQuery | FetchedBesides,
  ids: readonly string[] | null,
  compare: (read: (zone: SessionZone) => Promise<RawRow[]>) => Promise<T>,
): Promise<T | null> {
  const { session } = ehr;
  const what = `a look at the times of ${query.file}`;
  const setZone = (zone: SessionZone): Promise<void> => session.run(what, `SET SESSION time_zone = '${offsets[zone]}'`);
  const read = async (zone: SessionZone): Promise<RawRow[]> => {
    await setZone(zone);
    return session.rows(what, bindIds(zonedText(query, rowsCompared, offsets[zone].slice(0, 3)), ids ?? []));
  };
  try {
    return await session.within(patienceMs, () => ehr.readOnly(() => compare(read)));
  } catch (error) {
    // The run itself reports failing rows and timeouts.
    if (!(error instanceof DatabaseFault)) throw error;
    await session.run(what, 'ROLLBACK');
    return null;
  } finally {
    await setZone('utc');
  }
}
