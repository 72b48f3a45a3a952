/** Whose turn it is: patients by scope, as many at a time as are asked for. */
import { inPages } from '../async/pages.ts';
import { duePatients, listedPatients, sampledPatients } from '../ledger/record/audit.ts';
import type { Session } from '../postgres/session.ts';
import type { ListedRow } from '../run/policy.ts';

export type Scope =
  | { readonly kind: 'sample'; readonly size: number; readonly seed: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'only'; readonly rows: () => AsyncIterable<ListedRow> };

const idsPerPage = 1_000;

type Pages = AsyncGenerator<readonly { readonly patient_id: string }[]>;

/** Hands out the ids of a source that come in pages. */
class Turns {
  readonly #pages: Pages;
  #waiting: string[] = [];

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  /** Fewer than asked for at the end. */
  async take(count: number): Promise<string[]> {
    while (this.#waiting.length < count) {
      const next = await this.#pages.next();
      if (next.done === true) break;
      this.#waiting.push(...next.value.map(({ patient_id }) => patient_id));
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
async function* patientsOf(reader: Session, rows: AsyncIterable<ListedRow>): Pages {
  const seen = new Set<string>();
  for await (const page of inPages(rows, idsPerPage)) {
    const unseen = (await listedPatients(reader, page)).filter(({ patient_id }) => !seen.has(patient_id));
    for (const { patient_id } of unseen) seen.add(patient_id);
    yield unseen;
  }
}
