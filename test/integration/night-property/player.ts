import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { RefusedFault } from '../../../src/fault.ts';
import type { Session } from '../../../src/postgres/session.ts';
import type { ListedRow, Scope } from '../../../src/run/policy.ts';
import type { Night, NightResult, NightChoices } from '../support/night.ts';
import { differences, tellingsOfTheRetired } from './comparison.ts';
import { hasFate } from './lossy-step.ts';
import { ModelEhr } from './model-ehr.ts';
import { ownPatients, patientIds, visitIds, type Job, type RunStep, type Step } from './step.ts';
import { laneFaults } from './lanes.ts';
import { repeatedRows, settledFaults } from './settled.ts';
import { meet } from './trouble.ts';
import { idOf, visitDay, work } from './work.ts';

/**
 * A patient who takes over an MRN is told the night after the one who gave it up. What Redox refuses as it is, is held after
 * three dates.
 */
const mostNightsToSettle = 6;
/** Calls planned ahead are few, so the rows of the whole site take some nights more. */
const nightsOfWaiting = 6;

export interface SiteChoices {
  /** Its nights ask what became of accepted messages, and are compared when all has settled. */
  readonly confirms: boolean;
  readonly planAhead: number | 'all';
  /** Its plans are made in parts of so many calls, where rows wait. */
  readonly callsPerPart?: number;
}

/** The site's, so that a few calls meet it. */
export const concurrency = 2;

const dayMs = 86_400_000;

/**
 * Plays a history, and looks at the end of each run. After a nightly that met no trouble, Redox must have what the EHR has,
 * and when nobody works any more, soon nothing is sent.
 */
export class Player {
  readonly #night: Night;
  readonly #session: Session;
  readonly #ehr = new ModelEhr();
  #hasHung = false;
  /** The last plan that was only stored; null where there is none. */
  #plan: string | null = null;
  /** When each step was made. */
  readonly #times: Date[] = [];

  /** Redox may lose what it accepted, so only the end is compared. */
  readonly #confirms: boolean;

  readonly #mostNights: number;
  readonly #parts: Pick<NightChoices, 'callsPerPart'>;

  constructor(night: Night, session: Session, { confirms, planAhead, callsPerPart }: SiteChoices) {
    this.#parts = callsPerPart === undefined ? {} : { callsPerPart };
    this.#mostNights = mostNightsToSettle + (planAhead === 'all' ? 0 : nightsOfWaiting);
    this.#night = night;
    this.#session = session;
    this.#confirms = confirms;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#times.push(new Date());
      if (step.do === 'run') await this.#run(step);
      else work(this.#ehr, step);
    }
    const last = steps.at(-1);
    const settled = await this.#settle(last?.do === 'run' && last.job === 'nightly' && last.trouble === undefined);
    if (!this.#confirms) return;
    if (!hasFate(steps, 'lost')) none(this.#lasting(settled));
    if (!hasFate(steps, 'lost') && !hasFate(steps, 'filtered')) return;
    // Redox documents neither answer.
    none(this.#lasting(await this.#audit(steps.length % 2 === 0 ? 'absent' : 'survivor')));
  }

  /** Gives the night that found nothing to send; without a nightly before it, the second is the first that can. */
  async #settle(isFresh: boolean): Promise<NightResult> {
    if (this.#confirms) this.#drain();
    for (let nights = 1; ; nights += 1) {
      const result = await this.#nightAfter(nights);
      const planned = Object.values(result.summary.calls).reduce((sum, count) => sum + count.planned, 0);
      if ((isFresh || nights > 1) && planned === 0) return result;
      expect(nights, 'nights that still find something to send').toBeLessThan(this.#mostNights);
    }
  }

  async #nightAfter(days: number): Promise<NightResult> {
    const now = (): Date => new Date(Date.now() + days * dayMs);
    const result = await this.#run({ do: 'run', job: 'nightly' }, { now });
    if (result === null) throw new Error('a night without trouble died');
    return result;
  }

  /** Reads all back and sends what is lacking, and with it what Redox refused on account of that. Gives the night after. */
  async #audit(retired: 'absent' | 'survivor'): Promise<NightResult> {
    const [survivor, ...others] = ownPatients;
    for (const other of others) work(this.#ehr, { do: 'merge', retired: other, survivor });
    await this.#nightAfter(this.#mostNights);
    this.#night.standIn.answerQueriesAs({ retired });
    await this.#night.audit({ repairs: true, allowLargeChange: true, settings: { CONFIRM_WITHIN: '0s' } });
    await this.#nightAfter(this.#mostNights + 1);
    await this.#run({ do: 'run', job: 'resend held' });
    return this.#nightAfter(this.#mostNights + 2);
  }

  /** The queues work again, and messages of an own patient and visit show that logs can be read. */
  #drain(): void {
    const { standIn } = this.#night;
    standIn.travel({});
    standIn.resume();
    work(this.#ehr, { do: 'patient', patient: 4, name: 9, touch: 'stamped' });
    work(this.#ehr, { do: 'visit', visit: 5, patient: 4, status: 'finished', reason: 9, touch: 'stamped' });
    for (const patient of ownPatients) work(this.#ehr, { do: 'patient', patient, name: 9, touch: 'stamped' });
  }

  /** What still differs, but for rows that wait for a person. */
  #lasting(result: NightResult): string[] {
    // The update or merge of a patient whose NewPatient was lost is refused until held: no audit looks at what is owed.
    const isForPeople = result
      .csv('open-actions')
      .some(({ reason, kind, entity }) => reason === 'unseen_again' || (kind === 'held' && entity !== 'encounter'));
    return isForPeople ? [] : differences(result, this.#ehr, this.#night.standIn.state());
  }

  async #run(step: RunStep, more: NightChoices = {}): Promise<NightResult | null> {
    await this.#ehr.store(this.#session);
    if (step.travel !== undefined) this.#night.standIn.travel(step.travel);
    const result = await meet(this.#night, step.trouble, (choices) =>
      // A handful of merges that are all undone in one day would be too many for the guard.
      this.#start(step, { ...this.#parts, ...more, ...choices, ...holding(step, choices), allowLargeChange: true }),
    );
    if (result === null) return null;
    none(tellingsOfTheRetired(result, this.#ehr));
    none(await laneFaults(this.#night.ledger, result.runId));
    none(await settledFaults(this.#night.ledger));
    none(this.#tooManyAtOnce(step));
    if (step.job === 'nightly' && step.trouble === undefined && step.holds !== true && !this.#confirms) {
      none(await repeatedRows(this.#night.ledger));
      none(differences(result, this.#ehr, this.#night.standIn.state()));
    }
    return result;
  }

  /** What the stand-in has seen since the history began; a call that hung is still there when we have given it up. */
  #tooManyAtOnce({ trouble }: RunStep): string[] {
    this.#hasHung ||= trouble?.kind === 'fault' && trouble.effect.kind === 'hang';
    const { maxInFlight } = this.#night.standIn.requests();
    return this.#hasHung || maxInFlight <= concurrency ? [] : [`${maxInFlight} calls were under way at once`];
  }

  async #start(job: Job, choices: NightChoices): Promise<NightResult | null> {
    switch (job.job) {
      case 'rerun':
        return this.#night.rerun(this.#scopeOf(job), { ...choices, forced: job.forced });
      case 'resend held':
        return this.#night.resend({ ...choices, includesHeld: true });
      case 'plan': {
        const planned = await this.#night.nightly({ ...choices, planOnly: true });
        this.#plan = planned.runId;
        return planned;
      }
      case 'apply':
        return this.#apply(choices);
      case 'nightly':
      case 'intraday':
      case 'resend':
        return this.#night[job.job](choices);
    }
  }

  /** A plan that no longer fits is refused, which is right and changes nothing. */
  async #apply(choices: NightChoices): Promise<NightResult | null> {
    if (this.#plan === null) return null;
    try {
      return await this.#night.apply(this.#plan, choices);
    } catch (error) {
      if (error instanceof RefusedFault) return null;
      throw error;
    }
  }

  #scopeOf(job: Extract<Job, { readonly job: 'rerun' }>): Scope {
    if ('only' in job) {
      return {
        kind: 'only',
        rows: () => Readable.from(job.only.map(listedRow)) as AsyncIterable<ListedRow>,
      };
    }
    if ('activeFrom' in job) {
      const { activeFrom, days } = job;
      return { kind: 'window', by: 'activity', from: visitDay(activeFrom), to: visitDay(activeFrom + days) };
    }
    const since = this.#times.at(-1 - job.updatedSince) ?? new Date(0);
    return { kind: 'window', by: 'updated', from: since, to: new Date(Date.now() + 1000) };
  }
}

const holding = ({ holds }: RunStep, { settings }: NightChoices): NightChoices =>
  holds === true ? { settings: { ...settings, UNKNOWN_OUTCOME: 'hold' } } : {};

const listedRow = ({
  entity,
  number,
}: {
  readonly entity: ListedRow['entity'];
  readonly number: number;
}): ListedRow => ({
  entity,
  id: idOf(entity === 'encounter' ? visitIds : patientIds, number),
});

/** One sentence a line, for whoever has to find out why. */
function none(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}
