import type { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';

/** Never run: what `statement-types.test.ts` must find. */
export async function plantedMismatches(session: Session, after: string): Promise<void> {
  await session.one<{ version: number; latest: number }>(statement('ledger/migrate/read_version'));
  await session.one<{ version: string; first_name: string | null }>(statement('ledger/migrate/read_version'));
  await session.run<{ run_id: string; finished_at: Date }>(statement('ledger/status/read_last_runs'), [3]);
  await session.run(statement('ledger/run/set_run_mode'), [1]);
  await session.run(statement('ledger/run/set_run_mode'), [true, after]);
}
