import type { Secret } from '../../secret.ts';
import { Session } from '../../postgres/session.ts';
import { buildClinic, type BuildOptions } from './build.ts';
import type { Day } from './day/calendar.ts';
import { ordinaryDay, type DayAccount, type DayEdits } from './day/day-account.ts';
import { liveThroughDay } from './day/day.ts';
import { ClinicEdits, type Entered } from './day/edits.ts';

/** Opens the clinic in this database, or the place where `build` will put one. Close it when done. */
export async function openClinic(url: Secret): Promise<Clinic> {
  return new Clinic(await Session.open(url, { neighbour: 'the demo clinic' }));
}

/**
 * A small EHR that lives through days: what the demo and the tests read from. The contract with it is in `sql/ehr/demo`,
 * and its zone is America/Chicago. The same options and the same calls make the same rows, on any machine at any time.
 */
export class Clinic extends ClinicEdits {
  readonly #session: Session;

  constructor(session: Session) {
    super(session);
    this.#session = session;
  }

  /** Replaces whatever clinic this database holds. */
  async build(options: BuildOptions): Promise<void> {
    await buildClinic(this.#session, options);
  }

  /**
   * `edits` says where the day differs from an ordinary one. The edits count as entered at five in the afternoon of that
   * day, or at `at`: give the present where the day is acted out faster than clocks go and a watermark has to see them.
   */
  async liveThroughDay(day: Day, edits: Partial<DayEdits> = {}, { at }: Entered = {}): Promise<DayAccount> {
    return liveThroughDay(this.#session, this, day, { ...ordinaryDay, ...edits }, at);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
