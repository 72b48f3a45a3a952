/** Whose turn it is: patients by scope, as many at a time as are asked for. */
import { duePatients, listedPatients, sampledPatients } from '../ledger/record/audit.ts';
import type { Session } from '../postgres/session.ts';
import type { ListedRow } from '../run/policy.ts';

export type Scope =
  | { readonly kind: 'sample'; readonly size: number; readonly seed: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'only'; readonly rows: () => AsyncIterable<ListedRow> };

const idsPerPage = 1_000;

/** Hands out the ids of a source that come in pages. */
export class Turns {
  readonly #pages: AsyncGenerator<string[]>;
  #waiting: string[] = [];

  constructor(pages: AsyncGenerator<string[]>) {
    this.#pages = pages;
  }

  /** Fewer than asked for at the end. */
  async take(count: number): Promise<string[]> {
    while (this.#waiting.length < count) {
      const next = await this.#pages.next();
      if (next.done === true) break;
      this.#waiting.push(...next.value);
    }
    return this.#waiting.splice(0, count);
  }
}

export function openTurns(
  reader: Session,
  scope: Scope,
  round: { readonly startedAt: Date; readonly hasContent: boolean } | null,
): Turns {
  if (scope.kind === 'sample') return new Turns(sampledPatients(reader, scope.seed, idsPerPage));
  if (scope.kind === 'only') return new Turns(patientsOf(reader, scope.rows()));
  if (round === null) throw new Error('an audit of all patients is part of a round');
  return new Turns(duePatients(reader, round, idsPerPage));
}

/** Each patient once. */
async function* patientsOf(reader: Session, rows: AsyncIterable<ListedRow>): AsyncGenerator<string[]> {
  const seen = new Set<string>();
  const fresh = (ids: readonly string[]): string[] => {
    const unseen = ids.filter((id) => !seen.has(id));
    for (const id of unseen) seen.add(id);
    return unseen;
  };
  let page: ListedRow[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < idsPerPage) continue;
    yield fresh(await listedPatients(reader, page));
    page = [];
  }
  if (page.length > 0) yield fresh(await listedPatients(reader, page));
}
