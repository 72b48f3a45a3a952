import type { Decision, Discrepancy } from '../core/difference.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { storeCalls, storeDiscrepancies } from '../ledger/plan.ts';
import type { Run } from '../ledger/run.ts';

/** Stores what a plan decides, page by page. */
export class Keeper {
  readonly #ledger: Ledger;
  readonly #run: Run;
  readonly #forced: boolean;
  readonly #onCalls: () => void;

  /** `onCalls` is told each time that there are calls to keep. */
  constructor(ledger: Ledger, run: Run, { forced, onCalls }: { forced: boolean; onCalls: () => void }) {
    this.#ledger = ledger;
    this.#run = run;
    this.#forced = forced;
    this.#onCalls = onCalls;
  }

  async decisions(decisions: readonly Decision[]): Promise<void> {
    const calls = decisions.flatMap((decision) => decision.calls);
    if (calls.length > 0) this.#onCalls();
    await this.discrepancies(decisions.flatMap(({ discrepancy }) => (discrepancy === null ? [] : [discrepancy])));
    await storeCalls(this.#ledger.writer, this.#run, calls, this.#forced);
  }

  async discrepancies(discrepancies: readonly Discrepancy[]): Promise<void> {
    await storeDiscrepancies(this.#ledger.writer, this.#run, discrepancies);
  }
}
