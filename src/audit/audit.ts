/**
 * Audit: reads patients and documents back from Redox and compares them with what their messages say.
 *
 *   choose → expect → ask → assess → store      a page at a time
 *
 * Nothing is assessed before the first patients have shown that the answers can be understood, and no merge before some merges have. Each page is stored under the ledger's lock, and
 * while another run has the lock, the audit waits: so a night has the rate for itself. A run that dies has stored all or nothing of a page.
 */
import {
  type AuditCounts,
  countAssessments,
  countNotAssessed,
  countNotSynced,
  noAuditCounts,
} from '../decide/audit/counts.ts';
import { assess, type Assessment, strangersOf } from '../decide/audit/assess.ts';
import { firstPatients, implausibleAnswers, timesAreVersions } from '../decide/audit/plausible.ts';
import { NeighbourFault, RefusedFault } from '../fault.ts';
import {
  type AuditPage,
  beginAudit,
  countPatientsAtRedox,
  finishAudit,
  finishRounds,
  knownMrns,
  openRound,
  recordAuditPage,
} from '../ledger/record/audit.ts';
import type { Queries } from '../redox/query/queries.ts';
import { timed, type Progress } from '../run/run-log.ts';
import type { AuditServices } from '../run/with-audit-run.ts';
import { askAbout, type Looked } from './ask.ts';
import { openTurns, type Scope } from './choose.ts';
import { lookAtSomeMerges, type SomeMerges } from './some-merges.ts';
import { expectAtRedox, type Expected, type Expecting } from './expect.ts';

export interface Auditing {
  readonly scope: Scope;
  readonly hasContent: boolean;
  readonly patientOid: string;
  readonly queries: Queries;
  readonly expecting: Expecting;
  readonly pageSize?: number | undefined;
}

/** Patients whose rows are fetched and whose results are stored together: at Redox's rate some twenty seconds. */
const patientsPerPage = 100;

/** `stopped` by a signal or `--until`. */
export const lookAtPatients = (auditing: Auditing, services: AuditServices): Promise<'done' | 'stopped'> =>
  timed(services, 'audit', async (progress) => {
    const { ledger, stop } = services;
    await ledger.finishUnderWay();
    const looking = new Looking(auditing, services, progress);
    if (!(await looking.begin())) return 'stopped';
    const isWhole = await looking.lookAtAll();
    return isWhole && !stop.aborted ? 'done' : 'stopped';
  });

interface LookedPage extends Expected {
  readonly looked: readonly Looked[];
}

class Looking {
  readonly #auditing: Auditing;
  readonly #services: AuditServices;
  readonly #progress: Progress;
  #round: { readonly startedAt: Date; readonly hasContent: boolean } | null = null;
  #counts: AuditCounts = noAuditCounts();
  /** Pages that wait until the first patients have been looked at; null from then on. */
  #waiting: LookedPage[] | null = [];
  #timesAreVersions = false;
  /** Null before the first patient with a merged record. */
  #someMerges: SomeMerges | null = null;
  #asked = 0;

  constructor(auditing: Auditing, services: AuditServices, progress: Progress) {
    this.#auditing = auditing;
    this.#services = services;
    this.#progress = progress;
  }

  /** False if the audit was stopped before the ledger was free. */
  async begin(): Promise<boolean> {
    const { scope, hasContent } = this.#auditing;
    const { writer } = this.#services.ledger;
    const begun = await this.#locked(async () => {
      const startedAt = scope.kind === 'all' ? await openRound(writer, hasContent) : null;
      this.#round = startedAt === null ? null : { startedAt, hasContent };
      await beginAudit(writer, this.#services.run, {
        scope: scope.kind,
        seed: scope.kind === 'sample' ? scope.seed : null,
        hasContent,
        counts: this.#counts,
        roundStartedAt: startedAt,
      });
      return true;
    });
    const atRedox = await countPatientsAtRedox(this.#services.ledger.reader);
    if (scope.kind !== 'only') this.#progress.expect(scope.kind === 'sample' ? Math.min(scope.size, atRedox) : atRedox);
    return begun === true;
  }

  /** False if it was stopped before all were looked at. */
  async lookAtAll(): Promise<boolean> {
    const { scope, pageSize = patientsPerPage } = this.#auditing;
    const { ledger, run, stop } = this.#services;
    const turns = openTurns(ledger.reader, scope, this.#round);
    for (;;) {
      const left = scope.kind === 'sample' ? scope.size - this.#asked : pageSize;
      const ids = left <= 0 ? [] : await turns.take(Math.min(left, pageSize));
      if (ids.length === 0) break;
      if (!(await this.#lookAtPage(ids))) return false;
    }
    if (stop.aborted || !(await this.#assessWaiting())) return false;
    const finished = await this.#locked(async () => {
      if (scope.kind === 'all') await finishRounds(ledger.writer);
      await finishAudit(ledger.writer, run);
      return true;
    });
    return finished === true;
  }

  /** False once the audit is stopped; what was asked by then is stored if the ledger is free. */
  async #lookAtPage(ids: readonly string[]): Promise<boolean> {
    const { queries, hasContent, expecting } = this.#auditing;
    const { stop } = this.#services;
    const isStopped = (): boolean => stop.aborted;
    if (isStopped()) return false;
    const expected = await expectAtRedox(ids, expecting);
    const onLooked = (): void => {
      this.#progress.note();
    };
    const showsMerges = await this.#showsMerges(expected);
    if (isStopped()) return false;
    const looked = await askAbout(expected.patients, { queries, hasContent, showsMerges, stop, onLooked });
    this.#asked += looked.length;
    requireAnswers(looked);
    const page = { ...expected, looked };
    if (this.#waiting === null) return (await this.#store(page)) && !isStopped();
    this.#waiting.push(page);
    if (this.#asked < firstPatients && !isStopped()) return true;
    return (await this.#assessWaiting()) && !isStopped();
  }

  async #showsMerges({ patients }: Expected): Promise<boolean> {
    if (!patients.some(({ merged }) => merged.length > 0)) return false;
    const { queries, patientOid, expecting } = this.#auditing;
    const { ledger, stop } = this.#services;
    const { confirmWithinMs } = expecting.due;
    try {
      this.#someMerges ??= await lookAtSomeMerges({ reader: ledger.reader, queries, patientOid, confirmWithinMs });
    } catch (error) {
      if (!stop.aborted) throw error;
      return false;
    }
    const { asked, areShown } = this.#someMerges;
    if (!areShown) this.#counts = countNotAssessed(this.#counts, asked);
    return areShown;
  }

  /** Assesses the first pages, once their answers are plausible. */
  async #assessWaiting(): Promise<boolean> {
    if (this.#waiting === null) return true;
    const pages = this.#waiting;
    this.#waiting = null;
    const first = pages.flatMap(({ looked }) => looked);
    const reason = implausibleAnswers(first);
    if (reason !== null) {
      await this.#store({ patients: [], notSynced: [], looked: [] });
      throw new RefusedFault(`Refused: ${reason}. Nothing was assessed.`);
    }
    this.#timesAreVersions = timesAreVersions(first);
    for (const page of pages) if (!(await this.#store(page))) return false;
    return true;
  }

  async #store({ looked, notSynced }: LookedPage): Promise<boolean> {
    const { queries, hasContent } = this.#auditing;
    const { ledger, run } = this.#services;
    const assessments = await this.#assess(looked);
    const rules = looked.flatMap(({ answers }) =>
      [...(answers.matched?.matches.values() ?? [])].map(({ rule }) => rule),
    );
    const counts = countNotSynced(countAssessments(this.#counts, assessments, rules), notSynced.length);
    const page: AuditPage = { assessments, notSynced, counts, queries: queries.takeMade(), hasContent };
    const isStored = await this.#locked(async () => {
      await ledger.writer.transaction(() => recordAuditPage(ledger.writer, run, page));
      return true;
    });
    if (isStored === null) return false;
    this.#counts = counts;
    return true;
  }

  async #assess(looked: readonly Looked[]): Promise<readonly Assessment[]> {
    const { patientOid } = this.#auditing;
    const strangers = looked.flatMap(({ patient, answers }) => strangersOf(patient, answers, patientOid));
    const known = await knownMrns(this.#services.ledger.reader, [...new Set(strangers)]);
    const knowledge = {
      patientOid,
      isKnown: (mrn: string): boolean => known.has(mrn),
      timesAreVersions: this.#timesAreVersions,
    };
    return looked.map(({ patient, answers }) => assess(patient, answers, knowledge));
  }

  #locked<T>(work: () => Promise<T>): Promise<T | null> {
    const { ledger, stop, onWait } = this.#services;
    return ledger.withLock(work, stop, onWait);
  }
}

/** This many patients without any answer in one page are a fault of the way to Redox. */
const silent = 20;

function requireAnswers(looked: readonly Looked[]): void {
  const isSilent = looked.every(({ answers }) => answers.byIdentifier.kind === 'unanswered');
  if (looked.length < silent || !isSilent) return;
  throw new NeighbourFault(
    `The audit was stopped: Redox answered none of the searches for ${looked.length} patients. Check whether Redox is up, and that this machine ` +
      'may reach REDOX_BASE_URL; the patients before them are assessed and stored, and the next audit goes on.',
  );
}
