import { type CausedCall, callsWithCause, discrepancyAlone } from '../decide/decision.ts';
import type { Decision, Discrepancy } from '../decide/difference.ts';
import { storeCalls, storeDiscrepancies } from '../ledger/plan/plan.ts';
import type { Run } from '../ledger/run/run.ts';
import type { Session } from '../postgres/session.ts';

/**
 * Stores what a plan decides, page by page. While Postgres takes one page, the next one is decided: each call resolves when the page
 * before is stored. What fails is thrown to the next call, or by `finish`.
 */
export class PlanWriter {
  readonly #writer: Session;
  readonly #run: Run;
  readonly #forced: boolean;
  readonly #onCalls: () => void;
  /** The page that Postgres is taking. */
  #underWay: Promise<void> = Promise.resolve();

  /** `onCalls` is called each time there are calls to store. */
  constructor(writer: Session, run: Run, { forced, onCalls }: { forced: boolean; onCalls: () => void }) {
    this.#writer = writer;
    this.#run = run;
    this.#forced = forced;
    this.#onCalls = onCalls;
  }

  async decisions(decisions: readonly Decision[]): Promise<void> {
    const calls = decisions.flatMap(callsWithCause);
    if (calls.length > 0) this.expectCalls();
    await this.#store(decisions.flatMap(discrepancyAlone), calls);
  }

  expectCalls(): void {
    this.#onCalls();
  }

  async discrepancies(discrepancies: readonly Discrepancy[]): Promise<void> {
    await this.#store(discrepancies, []);
  }

  /** Resolves when all of it is stored. */
  async finish(): Promise<void> {
    await this.#underWay;
  }

  /** Resolves when the pending write has ended, stored or failed. */
  async drain(): Promise<void> {
    await this.#underWay.catch(() => undefined);
  }

  async #store(discrepancies: readonly Discrepancy[], calls: readonly CausedCall[]): Promise<void> {
    await this.#underWay;
    this.#underWay = this.#take(discrepancies, calls);
    // A failure is thrown once it is awaited, so it counts as handled until then.
    this.#underWay.catch(() => undefined);
  }

  async #take(discrepancies: readonly Discrepancy[], calls: readonly CausedCall[]): Promise<void> {
    await storeDiscrepancies(this.#writer, this.#run, discrepancies);
    await storeCalls(this.#writer, this.#run, calls, this.#forced);
  }
}
