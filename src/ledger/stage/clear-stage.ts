import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

const clear = statement('ledger/stage/clear_stage');
const tables: readonly string[] = clear.text.match(/(?:redox_reconcile\.)?\bstage_\w+/g) ?? [];

/** Empties the stage of earlier runs, where there is something in it. */
export async function clearStage(writer: Session): Promise<void> {
  const { is_empty } = await writer.one<{ is_empty: boolean }>(statement('ledger/stage/is_stage_empty'), [tables]);
  if (!is_empty) await writer.run(clear);
}
