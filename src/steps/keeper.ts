import type { Decision, Discrepancy } from '../core/difference.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { storeCalls, storeDiscrepancies } from '../ledger/plan.ts';
import type { Run } from '../ledger/run.ts';

/** Stores what a plan decides, page by page. */
export class Keeper {
  readonly #ledger: Ledger;
  readonly #run: Run;
  readonly #forced: boolean;

  constructor(ledger: Ledger, run: Run, forced: boolean) {
    this.#ledger = ledger;
    this.#run = run;
    this.#forced = forced;
  }

  async decisions(decisions: readonly Decision[]): Promise<void> {
    await this.discrepancies(decisions.flatMap(({ discrepancy }) => (discrepancy === null ? [] : [discrepancy])));
    await storeCalls(
      this.#ledger.writer,
      this.#run,
      decisions.flatMap(({ calls }) => calls),
      this.#forced,
    );
  }

  async discrepancies(discrepancies: readonly Discrepancy[]): Promise<void> {
    await storeDiscrepancies(this.#ledger.writer, this.#run, discrepancies);
  }
}
