/**
 * The life of a call, as ARCHITECTURE.md draws it, as a model beside the ledger: whatever comes in whatever order, every call is in the
 * state in which the model has it, and each state is reached. CALL_LIFE_CASES looks at more.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callStates, type CallState } from '../../../src/decide/call.ts';
import type { PlannedCall } from '../../../src/decide/difference.ts';
import type { SettlementWord } from '../../../src/decide/settlement.ts';
import type { CallResult } from '../../../src/ledger/record/call-result.ts';
import { Journal } from '../../../src/ledger/record/journal.ts';
import { storeCalls, takeOverOpenCalls } from '../../../src/ledger/plan/plan.ts';
import { forgiveRejections } from '../../../src/ledger/record/calls.ts';
import { openRun, type Run } from '../../../src/ledger/run/run.ts';
import { settleRows, settleableRows } from '../../../src/ledger/plan/settlement.ts';
import type { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { craftLedger, type CraftedLedger } from '../support/report/report-ledger.ts';

/** One row of the EHR, so that every call is for it, and the last one is the one that matters. */
const patient = 'P';
const fingerprint = '0'.repeat(32);

interface Known {
  state: CallState;
  isOpen: boolean;
}

/** The calls that there must be, the oldest first. */
class Model {
  readonly calls: Known[] = [];

  get last(): Known | undefined {
    return this.calls.at(-1);
  }

  is(...states: readonly CallState[]): boolean {
    return this.last !== undefined && states.includes(this.last.state);
  }

  become(state: CallState, isOpen: boolean): void {
    if (this.last !== undefined) Object.assign(this.last, { state, isOpen });
  }

  /** Somebody says anew what is owed of the row: what was not begun is superseded, and what is being sent is left alone. */
  close(): void {
    for (const call of this.calls.filter(({ isOpen, state }) => isOpen && state !== 'sending')) {
      if (call.state === 'planned') call.state = 'superseded';
      call.isOpen = false;
    }
  }
}

/** The ledger, written by what writes it in a night. */
class Real {
  readonly session: Session;
  #run: Run | null = null;

  constructor(session: Session) {
    this.session = session;
  }

  get run(): Run {
    if (this.#run === null) throw new Error('nothing is planned yet');
    return this.#run;
  }

  async open(job: string): Promise<Run> {
    const startedAt = new Date();
    const opening = { job, mode: 'sweep' as const, planOnly: false, options: {}, programVersion: '0', startedAt };
    this.#run = await openRun(this.session, { ...opening, startsAnew: false });
    return this.#run;
  }

  journal(): Journal {
    return new Journal(this.session, this.run, 'UTC');
  }

  async calls(): Promise<{ call_id: number; state: CallState; is_open: boolean }[]> {
    const { rows } = await this.session.query('the calls', 'SELECT call_id, state, is_open FROM call ORDER BY call_id');
    return rows as { call_id: number; state: CallState; is_open: boolean }[];
  }

  async lastId(): Promise<number> {
    return (await this.calls()).at(-1)?.call_id ?? 0;
  }
}

const reached = new Set<CallState>();

/** Something that happens: where it can, what the model makes of it, and what the ledger does. */
abstract class Event implements fc.AsyncCommand<Model, Real> {
  abstract check(model: Readonly<Model>): boolean;
  abstract model(model: Model): void;
  abstract real(real: Real): Promise<void>;
  abstract toString(): string;

  async run(model: Model, real: Real): Promise<void> {
    this.model(model);
    await this.real(real);
    const calls = await real.calls();
    for (const { state } of calls) reached.add(state);
    expect(calls.map(({ state, is_open: isOpen }) => ({ state, isOpen }))).toEqual(model.calls);
  }
}

const call: PlannedCall = {
  eventType: 'NewPatient',
  entity: 'patient',
  entityId: patient,
  patientId: patient,
  rowPatientId: null,
  mrn: null,
  plannedMrn: 'M',
  lane: patient,
  rank: 0,
  scannedFingerprint: fingerprint,
  openSince: null,
  reason: null,
};

class Plan extends Event {
  check = (): boolean => true;
  model(model: Model): void {
    model.close();
    model.calls.push({ state: 'planned', isOpen: true });
  }
  async real(real: Real): Promise<void> {
    const run = await real.open('nightly');
    await storeCalls(real.session, run, [call], false);
    await takeOverOpenCalls(real.session, run, { allRows: true, allMerges: true });
  }
  toString = (): string => 'plan';
}

class Send extends Event {
  check = (model: Readonly<Model>): boolean => model.is('planned');
  model(model: Model): void {
    model.become('sending', true);
  }
  async real(real: Real): Promise<void> {
    await real
      .journal()
      .proofFor({ callId: await real.lastId(), mrn: 'M', documentVersion: null })
      .renew();
  }
  toString = (): string => 'send';
}

type End = Exclude<CallState, 'sending'>;

/** What became of a call, which `from` must be in before. */
class Outcome extends Event {
  readonly #from: CallState;
  readonly #state: End;
  readonly #stillOpen: boolean;

  constructor(from: CallState, state: End, stillOpen: boolean) {
    super();
    this.#from = from;
    this.#state = state;
    this.#stillOpen = stillOpen;
  }

  check = (model: Readonly<Model>): boolean => model.is(this.#from);
  model(model: Model): void {
    model.become(this.#state, this.#stillOpen);
  }
  async real(real: Real): Promise<void> {
    await real.journal().record(resultOf(await real.lastId(), this.#state, this.#stillOpen));
  }
  toString = (): string => `${this.#from} → ${this.#state}${this.#stillOpen ? ', open' : ''}`;
}

const resultOf = (callId: number, state: End, stillOpen: boolean): CallResult => ({
  callId,
  entity: 'patient',
  entityId: patient,
  patientId: patient,
  state,
  reason: ['accepted', 'unneeded', 'planned'].includes(state) ? null : 'http_400',
  stillOpen,
  attempts: [],
  finishedAt: new Date(),
  mrn: 'M',
  formerMrns: [],
  rowPatientId: null,
  synced: null,
  refused:
    state === 'rejected' ? { rowFingerprint: fingerprint, patientFingerprint: fingerprint, builderVersion: 1 } : null,
  changedGroups: null,
  findings: [],
  objection: null,
});

class Crash extends Event {
  check = (model: Readonly<Model>): boolean => model.last !== undefined;
  model(model: Model): void {
    for (const call of model.calls.filter(({ state }) => state === 'sending')) call.state = 'unknown';
  }
  async real(real: Real): Promise<void> {
    await real.session.run(statement('ledger/run/recover_sending_calls'), [2_000]);
  }
  toString = (): string => 'crash';
}

/** The circuit breaker takes back what was counted; what became of the calls stays as it is. */
class Forgive extends Event {
  check = (model: Readonly<Model>): boolean => model.is('rejected');
  model = (): void => undefined;
  async real(real: Real): Promise<void> {
    await forgiveRejections(real.session, real.run, ['http_400']);
    const { rows } = await real.session.query('what is counted', 'SELECT FROM rejection');
    expect(rows).toEqual([]);
  }
  toString = (): string => 'forgive';
}

class Settle extends Event {
  readonly #word: SettlementWord;
  constructor(word: SettlementWord) {
    super();
    this.#word = word;
  }

  check = (model: Readonly<Model>): boolean => model.is('rejected', 'unknown') && model.last?.isOpen === true;
  model(model: Model): void {
    model.close();
    if (this.#word === 'accepted') model.calls.push({ state: 'unneeded', isOpen: false });
    if (this.#word === 'send') model.calls.push({ state: 'superseded', isOpen: true });
  }
  async real(real: Real): Promise<void> {
    const rows = await settleableRows(real.session, [{ entity: 'patient', id: patient }]);
    const run = await real.open('settle');
    await settleRows(real.session, run, this.#word, rows, { at: new Date(), builderVersion: 1 });
  }
  toString = (): string => `settle --as ${this.#word}`;
}

/** `send` twice, for most of what can happen comes after it. */
const events: readonly (() => Event)[] = [
  () => new Plan(),
  () => new Send(),
  () => new Send(),
  () => new Outcome('sending', 'accepted', false),
  () => new Outcome('sending', 'rejected', true),
  () => new Outcome('sending', 'failed', true),
  () => new Outcome('sending', 'unknown', true),
  () => new Outcome('sending', 'planned', true),
  () => new Outcome('planned', 'unneeded', false),
  () => new Outcome('planned', 'superseded', true),
  () => new Outcome('planned', 'superseded', false),
  () => new Outcome('planned', 'blocked', true),
  () => new Crash(),
  () => new Forgive(),
  () => new Settle('accepted'),
  () => new Settle('send'),
  () => new Settle('ignore'),
];

let ledger: CraftedLedger;
beforeAll(async () => {
  ledger = await craftLedger();
});
afterAll(() => ledger.close());

test('a call takes only the drawn transitions, and reaches each state', async () => {
  const stories = fc.commands(
    events.map((event) => fc.constant(null).map(event)),
    { size: 'max', maxCommands: 60 },
  );
  const play = fc.asyncProperty(stories, async (story) => {
    await ledger.session.query('an empty ledger', 'TRUNCATE run, patient, encounter, rejection, ignored CASCADE');
    await fc.asyncModelRun(() => ({ model: new Model(), real: new Real(ledger.session) }), story);
  });
  await fc.assert(play, { numRuns: Number(process.env['CALL_LIFE_CASES'] ?? 40), seed: 1 });
  expect(reached).toEqual(new Set(callStates));
});
