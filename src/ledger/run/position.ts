/** How far the ledger has come, by its own counter and by its server's WAL. */
import type { LedgerPosition, ServerPosition } from '../../decide/lost-commits.ts';
import type { Session } from '../../postgres/session.ts';
import { type Ask, statement } from '../../postgres/sql-file.ts';

interface Moved {
  readonly commits: number;
}

/** Counts the commit of the transaction that it is in; its row has the count. */
export const movePosition = {
  statement: statement<Moved>('ledger/position/move_position'),
  parameters: [],
} satisfies Ask;

/** Begins to count the commits of a run. */
export async function begun(writer: Session): Promise<number> {
  await writer.run(statement('ledger/position/forget_commits'));
  return moved(writer);
}

/** Counts a commit of its own. */
export async function moved(writer: Session): Promise<number> {
  return (await writer.one(movePosition.statement)).commits;
}

/** The count that `movePosition` gave. */
export const countIn = (rows: readonly object[] | undefined): number => (rows as readonly Moved[])[0]?.commits ?? 0;

/** Called with the ledger's commit count after each commit of a run. */
export class Commits {
  #listener: (commits: number) => void = () => undefined;

  listen(listener: (commits: number) => void): void {
    this.#listener = listener;
  }

  readonly made = (commits: number): void => {
    this.#listener(commits);
  };
}

/** Gives the ledger a name of its own, where it has none yet. */
export async function nameLedger(writer: Session): Promise<void> {
  await writer.run(statement('ledger/position/name_ledger'));
}

export async function readPosition(session: Session): Promise<LedgerPosition> {
  const { ledger_id, commits } = await session.one<Moved & { readonly ledger_id: string }>(
    statement('ledger/position/read_position'),
  );
  return { ledgerId: ledger_id, commits, server: await serverPosition(session) };
}

interface ServerRow {
  readonly system_identifier: string;
  readonly timeline: number;
  readonly wal_bytes: number;
  readonly database: string;
}

/** Null if the role may not query it or the server has no value. */
async function serverPosition(session: Session): Promise<ServerPosition | null> {
  try {
    const row = await session.one<ServerRow>(statement('ledger/position/read_server_position'));
    return {
      systemIdentifier: row.system_identifier,
      timeline: row.timeline,
      walBytes: row.wal_bytes,
      database: row.database,
    };
  } catch (error) {
    if (session.isLost) throw error;
    return null;
  }
}
