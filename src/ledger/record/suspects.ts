/**
 * Records the persons with calls that a delivery is fetching or building. A run that crashes leaves these records, because one of the
 * persons may be the cause. Later runs send these persons last, one at a time, so that each run gets further than the one before.
 */
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Call } from './calls.ts';
import type { Run } from '../run/run.ts';

export interface Suspect {
  readonly lane: string;
  /** Its rows of `suspect`: lanes of the interrupted run. */
  readonly patient_ids: readonly string[];
}

/** In the order in which they are sent. */
export const readSuspects = (reader: Session, run: Run): Promise<Suspect[]> =>
  reader.run<Suspect>(statement('ledger/deliver/find_suspects'), [run.number]);

export async function beginAlone(writer: Session, { patient_ids }: Suspect): Promise<void> {
  await writer.run(statement('ledger/deliver/begin_alone'), [patient_ids]);
}

export async function clearSuspect(writer: Session, { patient_ids }: Suspect): Promise<void> {
  await writer.run(statement('ledger/deliver/clear_suspect'), [patient_ids]);
}

/** Records the persons of the current page and of the one fetched ahead: one write per page. */
export class PageNotes {
  readonly #writer: Session;
  readonly #run: Run;
  #before: readonly string[] = [];
  #isOver = false;

  constructor(writer: Session, run: Run) {
    this.#writer = writer;
    this.#run = run;
  }

  /** Before the rows of a page are fetched. `running`: lanes of earlier pages that are not through. */
  async begin(calls: readonly Call[], running: Iterable<string>): Promise<void> {
    // A page that is fetched ahead may come when the delivery was left.
    if (this.#isOver) return;
    const lanes = calls.map(({ lane }) => lane);
    const all = new Set([...running, ...this.#before, ...lanes]);
    this.#before = lanes;
    await this.#writer.run(statement('ledger/deliver/note_page'), [this.#run.number, [...all]]);
  }

  /** `isAllSent`: nothing that is due is left, of anybody. */
  async end(isAllSent: boolean): Promise<void> {
    this.#isOver = true;
    await this.#writer.run(statement('ledger/deliver/end_pages'), [this.#run.number, isAllSent]);
  }
}
