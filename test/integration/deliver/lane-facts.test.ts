/**
 * What follows from an answer stands twice: in `record_outcomes`, for the ledger, and in `LaneFacts`, for the calls of the same person that
 * come next and do not wait for a look at the ledger. Both are played side by side, and whatever a later call may ask is the same.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlannedCall } from '../../../src/decide/difference.ts';
import type { CallResult, Synced } from '../../../src/ledger/record/call-result.ts';
import {
  type Call,
  encounterFacts,
  type PatientFacts,
  patientFacts,
  summaryFacts,
} from '../../../src/ledger/record/calls.ts';
import { Journal } from '../../../src/ledger/record/journal.ts';
import { storeCalls } from '../../../src/ledger/plan/plan.ts';
import type { Run } from '../../../src/ledger/run/run.ts';
import { LaneFacts } from '../../../src/deliver/lane-facts.ts';
import { type CraftedLedger, craftLedger, startNight } from '../support/report/report-ledger.ts';

let ledger: CraftedLedger;
let run: Run;
let journal: Journal;

beforeAll(async () => {
  ledger = await craftLedger();
  run = await startNight(ledger);
  journal = new Journal(ledger.session, run, 'UTC');
});

afterAll(() => ledger.close());

const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];
const name = fc.constantFrom(...names);

/** What the ledger holds of one patient before; null: nothing. */
const before = fc.option(
  fc.record({
    presence: fc.constantFrom('uncertain', 'present', 'merge_uncertain', 'merged'),
    mrn: fc.constantFrom('own', 'old'),
    former: fc.subarray(['old', 'older']),
    into: name,
    sentDeath: fc.option(fc.boolean()),
  }),
);

type Step =
  | { readonly kind: 'new'; readonly of: Name; readonly mrn: string | null; readonly death: boolean | null }
  | { readonly kind: 'update'; readonly of: Name; readonly isSent: boolean; readonly death: boolean | null }
  | { readonly kind: 'mrns'; readonly of: Name }
  | { readonly kind: 'merge'; readonly of: Name; readonly into: Name };

const death = fc.option(fc.boolean());
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('new' as const), of: name, mrn: fc.option(fc.constantFrom('old', 'older')), death }),
  fc.record({ kind: fc.constant('update' as const), of: name, isSent: fc.boolean(), death }),
  fc.record({ kind: fc.constant('mrns' as const), of: name }),
  fc.record({ kind: fc.constant('merge' as const), of: name, into: name }),
);

const lane = fc.record({
  patients: fc.tuple(before, before, before),
  filedUnder: fc.tuple(name, name, name),
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
});

type Lane = typeof lane extends fc.Arbitrary<infer Value> ? Value : never;

/** The lane of one case, whose ids nobody else has. */
class Played {
  readonly #case: string;
  readonly #lane: Lane;
  readonly #retired = new Set<string>();

  constructor(number: number, played: Lane) {
    this.#case = `${number}-`;
    this.#lane = played;
  }

  id(one: string): string {
    return `${this.#case}${one}`;
  }

  /** Plays the calls that a plan could have, and compares after each. */
  async play(): Promise<void> {
    await this.#begin();
    const known = await this.#known();
    for (const one of this.#lane.steps) {
      if (
        !isPossible(
          one,
          (name) => known.patients.get(this.id(name)),
          (name) => this.#retired.has(this.id(name)),
        )
      )
        continue;
      const call = await this.#plan(one);
      const result = resultOf(call, one, known);
      if (result.state === 'accepted')
        await journal.proofFor({ callId: call.call_id, mrn: result.mrn, documentVersion: null }).renew();
      await journal.record(result);
      known.learn(call, result);
      if (one.kind === 'merge') this.#retired.add(call.entity_id);
      expect(this.#asked(known)).toEqual(this.#asked(await this.#known()));
    }
  }

  async #begin(): Promise<void> {
    for (const [index, one] of this.#lane.patients.entries()) {
      if (one === null) continue;
      const isMerged = one.presence.startsWith('merge');
      const into = isMerged ? this.id(one.into) : null;
      await ledger.insert('patient', {
        patient_id: this.id(names[index] ?? ''),
        presence: one.presence,
        mrn: one.mrn,
        former_mrns: one.former.filter((mrn) => mrn !== one.mrn),
        merged_into: into,
        sent_into: into,
        sent_death: one.sentDeath,
      });
    }
    for (const [index, owner] of this.#lane.filedUnder.entries()) {
      const ids = { encounter_id: this.id(`v${index}`), patient_id: this.id(owner), filed_under: this.id(owner) };
      await ledger.insert('encounter', { ...ids, presence: 'present', document_version: 1 });
    }
  }

  async #known(): Promise<LaneFacts> {
    const none = new Map();
    const rows = {
      patients: none,
      encounters: none,
      sections: none,
      summaries: none,
      sizes: none,
      summarySizes: none,
      detailSizes: none,
      details: none,
      size: 0,
    };
    return new LaneFacts({
      rows,
      objection: null,
      patients: await patientFacts(
        ledger.session,
        names.map((one) => this.id(one)),
      ),
      encounters: await encounterFacts(
        ledger.session,
        this.#lane.filedUnder.map((_, index) => this.id(`v${index}`)),
      ),
      summaries: await summaryFacts(
        ledger.session,
        names.map((one) => this.id(one)),
      ),
    });
  }

  /** What a later call may ask. */
  #asked({ patients, encounters, summaries }: LaneFacts): unknown {
    const ofPatients = [...patients.values()]
      .map((facts) => ({ ...facts, is_sent_again: null, former_mrns: [...facts.former_mrns].sort() }))
      .sort((one, other) => (one.patient_id < other.patient_id ? -1 : 1));
    return [
      ofPatients,
      [...encounters.values()].map(({ encounter_id, filed_under }) => [encounter_id, filed_under]).sort(),
      [...summaries.values()].map(({ patient_id, has_visit }) => [patient_id, has_visit]).sort(),
    ];
  }

  async #plan(one: Step): Promise<Call> {
    const [id, survivor] = [this.id(one.of), this.id(one.kind === 'merge' ? one.into : one.of)];
    const planned: PlannedCall = {
      eventType: eventOf[one.kind],
      entity: one.kind === 'merge' ? 'merge' : 'patient',
      entityId: id,
      patientId: survivor,
      rowPatientId: null,
      mrn: one.kind === 'new' ? one.mrn : null,
      plannedMrn: null,
      lane: this.id('lane'),
      rank: 0,
      scannedFingerprint: null,
      openSince: null,
      reason: null,
    };
    await storeCalls(ledger.session, run, [planned], false);
    const { rows } = await ledger.session.query('the call', 'SELECT * FROM call ORDER BY call_id DESC LIMIT 1');
    return rows[0] as unknown as Call;
  }
}

const eventOf = { new: 'NewPatient', update: 'PatientUpdate', mrns: 'PatientMerge', merge: 'PatientMerge' } as const;

/** As `CallPreparer` and a plan have it: whom Redox may not have is neither updated nor merged, nor is a survivor who is not there. */
function isPossible(
  one: Step,
  facts: (of: Name) => PatientFacts | undefined,
  isRetired: (of: Name) => boolean,
): boolean {
  if (isRetired(one.of)) return false;
  const [own, into] = [facts(one.of), facts(one.kind === 'merge' ? one.into : one.of)];
  switch (one.kind) {
    case 'new':
      return true;
    case 'update':
      return own?.presence === 'present';
    case 'mrns':
      return own?.presence === 'present' && own.former_mrns.length > 0;
    case 'merge':
      return own !== undefined && one.of !== one.into && !isRetired(one.into) && into?.presence === 'present';
  }
}

let messages = 0;

function syncedBy(saysDead: boolean | null): Synced {
  messages += 1;
  const fingerprint = messages.toString(16).padStart(32, '0');
  return {
    rowFingerprint: fingerprint,
    messageFingerprint: fingerprint,
    groupFingerprints: fingerprint.repeat(4).slice(0, 112),
    builderVersion: 1,
    matchFaults: [],
    understood: 0,
    death: saysDead,
    sectionRows: null,
    sectionDigests: null,
  };
}

function resultOf(call: Call, one: Step, known: LaneFacts): CallResult {
  const own = known.patients.get(call.entity_id);
  const survivor = known.patients.get(call.patient_id);
  const mrns = one.kind === 'merge' ? [own?.mrn ?? '', ...(own?.former_mrns ?? [])] : (own?.former_mrns ?? []);
  const formerMrns = call.event_type === 'PatientMerge' ? mrns.filter((mrn) => mrn !== survivor?.mrn) : [];
  const isNeeded = one.kind === 'update' ? one.isSent : one.kind === 'new' || formerMrns.length > 0;
  const tells = one.kind === 'update' || (one.kind === 'new' && one.mrn === null);
  return {
    callId: call.call_id,
    entity: call.entity,
    entityId: call.entity_id,
    patientId: call.patient_id,
    state: isNeeded ? 'accepted' : 'unneeded',
    reason: null,
    stillOpen: false,
    attempts: [],
    finishedAt: new Date(),
    mrn: one.kind === 'new' ? (one.mrn ?? 'own') : null,
    formerMrns,
    rowPatientId: null,
    synced: tells ? syncedBy(one.death) : null,
    refused: null,
    changedGroups: null,
    findings: [],
    objection: null,
  };
}

test('ledger and lane agree on every answer that later calls need', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(lane, async (played) => {
      number += 1;
      await new Played(number, played).play();
    }),
    { numRuns: Number(process.env['LANE_CASES'] ?? 150), endOnFailure: true },
  );
}, 120_000);
