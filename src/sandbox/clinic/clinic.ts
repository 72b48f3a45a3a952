import type { Secret } from '../../secret.ts';
import { Session } from '../../postgres/session.ts';
import { buildClinic, type BuildOptions } from './build.ts';
import type { Day } from './day/calendar.ts';
import { ordinaryDay, type DayAccount, type DayEdits } from './day/day-account.ts';
import { liveThroughDay } from './day/day.ts';
import { ClinicEdits, type Entered } from './day/edits.ts';

/** Opens the clinic in this database; `build` creates it. Close it when done. */
export async function openClinic(url: Secret): Promise<Clinic> {
  return new Clinic(await Session.open(url, { neighbour: 'the demo clinic' }));
}

/**
 * A small EHR that changes day by day, for the demo and the tests. Its contract is `sql/ehr/demo`, its zone America/Chicago. The same
 * options and calls make the same rows, on any machine at any time.
 */
export class Clinic extends ClinicEdits {
  readonly #session: Session;

  constructor(session: Session) {
    super(session);
    this.#session = session;
  }

  /** Replaces the clinic in this database. */
  async build(options: BuildOptions): Promise<void> {
    await buildClinic(this.#session, options);
  }

  /**
   * `edits` overrides the ordinary day's counts. The edits count as entered at 17:00 of that day, or at `at`: pass the present if days
   * are simulated faster than the clock and a watermark has to see them.
   */
  async liveThroughDay(day: Day, edits: Partial<DayEdits> = {}, { at }: Entered = {}): Promise<DayAccount> {
    return liveThroughDay(this.#session, this, day, { ...ordinaryDay, ...edits }, at);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
