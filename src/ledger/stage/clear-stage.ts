import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** Empties the stage of earlier runs, where there is something in it. */
export async function clearStage(writer: Session): Promise<void> {
  const { is_empty } = await writer.one<{ is_empty: boolean }>(statement('ledger/stage/is_stage_empty'));
  if (!is_empty) await writer.run(statement('ledger/stage/clear_stage'));
}
