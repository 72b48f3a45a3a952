/** The rows that a run needs beside those of its scan: named by key, and fetched page by page. */
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** The reasons to request rows beside those that a scan found. */
type Want =
  | 'open_rows'
  | 'moved_encounters'
  | 'orphans'
  | 'merged_patients'
  | 'merged_and_unmerged_patients'
  | 'owners'
  | 'owners_asked';

export async function want(writer: Session, what: Want): Promise<void> {
  switch (what) {
    case 'open_rows':
      await writer.run(statement('ledger/stage-wanted/want_open_rows'));
      return;
    case 'orphans':
      await writer.run(statement('ledger/stage-wanted/want_orphans'));
      return;
    case 'moved_encounters':
      await writer.run(statement('ledger/stage-wanted/want_moved_encounters'));
      return;
    case 'merged_patients':
    case 'merged_and_unmerged_patients':
      await writer.run(statement('ledger/stage-wanted/want_merged_patients'), [
        what === 'merged_and_unmerged_patients',
      ]);
      return;
    case 'owners':
    case 'owners_asked':
      await writer.run(statement('ledger/stage-wanted/want_owners'), [what === 'owners_asked']);
  }
}

/** Which staged merges a run asks for, or leaves out. */
type MergeChoice =
  /** Those of patients that a person listed. */
  | 'listed'
  /** Those that are wanted because they were made in the window. */
  | 'made'
  /** All but those. */
  | 'not_made'
  /** Those of patients with an open call of their own. */
  | 'open';

/** Marks staged merges as asked, or not. Runs before they are resolved. */
export async function askMerges(writer: Session, choice: MergeChoice): Promise<void> {
  if (choice === 'open') {
    await writer.run(statement('ledger/stage-wanted/ask_open_merges'));
    return;
  }
  const entity = choice === 'listed' ? 'patient' : 'merge';
  await writer.run(statement('ledger/stage-wanted/ask_wanted_merges'), [entity, choice !== 'not_made']);
}

/** What may be wanted. A summary stands for itself, and its patient is fetched; a merge is staged already. */
export type WantedEntity = 'patient' | 'encounter' | 'summary' | 'merge';

interface WantedKey {
  readonly entity_id: string;
  readonly asked: boolean;
}

/** A list may be as long as the tables. */
const keysPerPage = 10_000;

/** Wants rows by their keys, page by page; one that is named twice is wanted once. */
export async function wantRows(
  writer: Session,
  keys: AsyncIterable<{ readonly entity: WantedEntity; readonly id: string }>,
): Promise<void> {
  let entities: string[] = [];
  let ids: string[] = [];
  const store = async (): Promise<void> => {
    await writer.run(statement('ledger/stage-wanted/want_rows'), [entities, ids]);
    [entities, ids] = [[], []];
  };
  for await (const { entity, id } of keys) {
    entities.push(entity);
    ids.push(id);
    if (ids.length === keysPerPage) await store();
  }
  if (ids.length > 0) await store();
}

/** The next wanted keys that are not staged yet; `after` is the last key of the page before. */
export const nextWanted = (
  session: Session,
  entity: 'patient' | 'encounter',
  after: string | null,
  count: number,
): Promise<WantedKey[]> => session.run<WantedKey>(statement('ledger/stage-wanted/next_wanted'), [entity, after, count]);

interface UnknownRow {
  readonly entity: WantedEntity;
  readonly entity_id: string;
  /** How many there are in all. */
  readonly unknown_rows: number;
}

/** The first listed rows that EHR and ledger both lack. Runs after staging. */
export const firstUnknownRows = (session: Session, count: number): Promise<UnknownRow[]> =>
  session.run<UnknownRow>(statement('ledger/stage-wanted/find_unknown_rows'), [count]);
