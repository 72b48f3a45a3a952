/** Calls of interrupted runs that may still be on their way to Redox. Calls for the same persons wait until those are over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

interface InFlight {
  /** The lanes of this run that wait. */
  readonly lanes: readonly string[];
  /** The longest wait. */
  readonly leftMs: number;
}

/** Reads the run's planned calls only if an earlier call can be on its way. */
export async function readInFlight(reader: Session, run: Run): Promise<InFlight> {
  const leftMs = await readLeftMs(reader);
  if (leftMs === 0) return { lanes: [], leftMs };
  const rows = await reader.run<{ lane: string }>(statement('ledger/deliver/find_in_flight_lanes'), [run.number]);
  return { lanes: rows.map(({ lane }) => lane), leftMs };
}

/** How often the ledger's clock is read. The local monotonic clock stops while the machine is suspended. */
const askAgainMs = 1_000;

/** True once the time has passed, false at the signal. Setting the ledger's clock back does not lengthen the wait. */
export async function waitOut(reader: Session, { leftMs }: InFlight, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + leftMs;
  for (let left = leftMs; left > 0 && !signal.aborted;) {
    await sleep(Math.min(left, askAgainMs), undefined, { signal }).catch(() => undefined);
    left = Math.min(await readLeftMs(reader), deadline - performance.now());
  }
  return !signal.aborted;
}

const readLeftMs = async (reader: Session): Promise<number> =>
  (await reader.one<{ left_ms: number }>(statement('ledger/deliver/read_in_flight_time'))).left_ms;
