import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChangeCounts,
  type ChangeLimits,
  countChange,
  type Figure,
  figureNames,
  noChanges,
  assertAccountedFor,
  countDecision,
  emptyRowCounts,
  type RowCounts,
} from '../../../src/decide/change.ts';
import { shapeDifferences } from '../../../src/contract/contract-shape.ts';
import type { Decision, PlannedCall } from '../../../src/decide/difference.ts';
import {
  enoughKnown,
  type GuardInput,
  missingMerges,
  noUsual,
  rebuiltTooMuch,
  tooMuch,
  unaskedFirstLoad,
  type Usual,
} from '../../../src/decide/guard.ts';

/** Counts of a run that read so many rows of each entity. */
function read(patient: number, merge: number, encounter: number): RowCounts {
  const counts = emptyRowCounts();
  counts.patient.read = patient;
  counts.merge.read = merge;
  counts.encounter.read = encounter;
  return counts;
}

const anyCall: PlannedCall = {
  eventType: 'PatientUpdate',
  entity: 'patient',
  entityId: 'p1',
  patientId: 'p1',
  rowPatientId: null,
  mrn: null,
  plannedMrn: null,
  lane: 'p1',
  rank: 0,
  scannedFingerprint: null,
  openSince: null,
  reason: null,
};

const limits: ChangeLimits = { changed: 0.2, gone: 0.02, new: 0.2, merged: 0.02, unmerged: 0.01 };

/** What the guard says of a night in which so much happened, at a site of 10,000 patients. */
function reasons(happened: Partial<ChangeCounts>, more: Partial<GuardInput> = {}): readonly string[] {
  const input = {
    known: { patient: 10_000, merge: 2000, encounter: 50_000 },
    rows: emptyRowCounts(),
    limits,
    usual: noUsual,
  };
  return tooMuch({ ...noChanges(), ...happened }, { ...input, ...more }).map(({ reason }) => reason);
}

describe('a mass change', () => {
  it('of summaries is explained where none was sent before', () => {
    const many = { summaries_new: 2001 };
    expect(reasons(many)).toEqual([expect.stringMatching(/^2,001 summaries .* allows new=20%$/)]);
    expect(reasons(many, { areFirstSummaries: true })).toEqual([
      expect.stringMatching(/; none was sent before, .*`baseline`/),
    ]);
    expect(reasons({ patients_new: 2001 }, { areFirstSummaries: true })).toEqual([expect.stringMatching(/new=20%$/)]);
  });

  it.each([
    ['patients_changed', 2000, 'changed=20%'],
    ['patients_gone', 200, 'gone=2%'],
    ['patients_new', 2000, 'new=20%'],
    ['patients_merged', 200, 'merged=2%'],
    ['patients_unmerged', 20, 'unmerged=1%'],
    ['encounters_changed', 10_000, 'changed=20%'],
    ['encounters_gone', 1000, 'gone=2%'],
    ['encounters_new', 10_000, 'new=20%'],
  ] as const)('of %s is more than %i, and is named with the limit %s', (figure, limit, word) => {
    expect(reasons({ [figure]: limit })).toEqual([]);
    expect(reasons({ [figure]: limit + 1 })).toEqual([expect.stringContaining(word)]);
  });

  it('names the number, the share and the whole', () => {
    expect(reasons({ patients_changed: 2400 })).toEqual([
      '2,400 patients have changed (24% of the 10,000 patients in the ledger), and LARGE_CHANGE allows changed=20%',
    ]);
  });

  it('needs more than ten rows, and a hundred known ones', () => {
    const known = { patient: 120, merge: 0, encounter: 99 };
    expect(reasons({ patients_gone: 10, patients_merged: 10, encounters_gone: 99 }, { known })).toEqual([]);
    expect(reasons({ patients_gone: 11 }, { known })).toHaveLength(1);
  });

  it('names how few rows came when rows are gone', () => {
    const rows = read(0, 0, 40_000);
    expect(reasons({ patients_gone: 10_000, encounters_gone: 10_000 }, { rows })).toEqual([
      expect.stringContaining('the EHR returned no patients'),
      expect.stringContaining('the EHR returned 40,000'),
    ]);
  });
});

describe('the usual night', () => {
  const usual = (largest: number, more: Partial<Usual> = {}): Partial<GuardInput> => ({
    usual: { nights: 14, largest: { patients_changed: largest }, nightsSince: 1, ...more },
  });

  it('is exceeded by ten times the largest night, above a quarter of the limit', () => {
    expect(reasons({ patients_changed: 600 }, usual(60))).toEqual([]);
    expect(reasons({ patients_changed: 601 }, usual(60))).toEqual([expect.stringContaining('at most 60 a night')]);
    expect(reasons({ patients_changed: 500 }, usual(1))).toEqual([]);
    expect(reasons({ patients_changed: 501 }, usual(1))).toHaveLength(1);
  });

  it('is unknown before a week of nights', () => {
    expect(reasons({ patients_changed: 1500 }, usual(1, { nights: 6 }))).toEqual([]);
    expect(reasons({ patients_changed: 1500 }, usual(1, { nights: 7 }))).toHaveLength(1);
  });

  it('grows by the missed nights after an outage', () => {
    expect(reasons({ patients_changed: 1200 }, usual(60, { nightsSince: 2 }))).toEqual([]);
    expect(reasons({ patients_changed: 1201 }, usual(60, { nightsSince: 2 }))).toHaveLength(1);
  });
});

describe("the ledger's count", () => {
  const anyCounts = fc.record(
    Object.fromEntries(figureNames.map((name) => [name, fc.nat(3000)])) as Record<Figure, fc.Arbitrary<number>>,
  );
  const anyShare = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1, noNaN: true }));
  const anyLimits = fc.record({
    changed: anyShare,
    gone: anyShare,
    new: anyShare,
    merged: anyShare,
    unmerged: anyShare,
  });
  const anyKnown = fc.record({ patient: fc.nat(100_000), merge: fc.nat(100_000), encounter: fc.nat(100_000) });
  const anyUsual = fc.record({
    nights: fc.nat(14),
    largest: fc.record({ patients_changed: fc.nat(300), encounters_new: fc.nat(300) }),
    nightsSince: fc.integer({ min: 1, max: 4 }),
  });

  it('may stop once the verdict is certain', () => {
    fc.assert(
      fc.property(anyCounts, anyLimits, anyKnown, anyUsual, (counts, limits, known, usual) => {
        const enough = enoughKnown(counts, limits);
        const upTo = (entity: keyof typeof known): number => Math.min(known[entity], enough);
        const counted = { patient: upTo('patient'), merge: upTo('merge'), encounter: upTo('encounter') };
        const input = { rows: emptyRowCounts(), limits, usual };
        expect(tooMuch(counts, { ...input, known: counted })).toEqual(tooMuch(counts, { ...input, known }));
      }),
    );
  });

  it('is enough at a few times the changed rows', () => {
    expect(enoughKnown({ ...noChanges(), encounters_changed: 667 }, limits)).toBe(13_340);
    expect(enoughKnown({ ...noChanges(), encounters_changed: 667 }, { ...limits, changed: 0 })).toBe(Infinity);
    expect(enoughKnown(noChanges(), limits)).toBe(100);
  });
});

describe('a first load', () => {
  it('of a hundred patients needs the flag', () => {
    const known = { patient: 0, merge: 0, encounter: 0 };
    expect(unaskedFirstLoad(99, known)).toBeNull();
    expect(unaskedFirstLoad(100, known)).toContain('`baseline`');
    expect(unaskedFirstLoad(100, { ...known, patient: 99 })).toContain('the ledger has only 99 patients');
    expect(unaskedFirstLoad(100, { ...known, patient: 100 })).toBeNull();
  });
});

describe('merges', () => {
  it('are missing when Redox has some and the EHR none', () => {
    expect(missingMerges(0, 0)).toBeNull();
    expect(missingMerges(1, 3)).toBeNull();
    expect(missingMerges(0, 1)).toContain('no merges');
  });
});

describe('a change', () => {
  const approved = new Date('2026-03-02T02:00:00Z');
  const due = (isNew: boolean, openSince: Date | null): Decision => ({
    rowClass: 'due',
    isNew,
    discrepancy: null,
    calls: [{ ...anyCall, openSince }],
  });
  const counted = (...of: Parameters<typeof countChange> extends [unknown, ...infer Rest] ? Rest : never): unknown => {
    const counts = noChanges();
    countChange(counts, ...of);
    return Object.entries(counts).flatMap(([figure, count]) => (count === 0 ? [] : [figure]));
  };

  it("counts by the row's state at Redox", () => {
    expect(counted('patient', null, due(true, null), approved)).toEqual(['patients_new']);
    expect(counted('patient', 'held', due(false, null), approved)).toEqual(['patients_changed']);
    expect(counted('patient', 'merged', due(true, null), approved)).toEqual(['patients_unmerged']);
    expect(counted('merge', 'held', due(true, null), approved)).toEqual(['patients_merged']);
    expect(counted('encounter', null, due(true, null), approved)).toEqual(['encounters_new']);
    expect(counted('encounter', 'held', due(false, null), approved)).toEqual(['encounters_changed']);
  });

  it('is absent for an approved debt, and present for a later one', () => {
    expect(counted('patient', 'held', due(false, approved), approved)).toEqual([]);
    expect(counted('patient', 'held', due(false, new Date(approved.getTime() + 1)), approved)).toHaveLength(1);
    expect(counted('patient', 'held', due(false, approved), null)).toHaveLength(1);
  });

  it('is absent when the ledger is uncertain about Redox', () => {
    expect(counted('patient', 'uncertain', due(true, null), approved)).toEqual([]);
    expect(counted('merge', 'uncertain', due(false, null), approved)).toEqual([]);
    expect(counted('merge', 'merge_uncertain', due(false, null), approved)).toEqual([]);
    expect(counted('patient', 'merge_uncertain', due(true, null), approved)).toEqual(['patients_unmerged']);
  });

  it('is absent without due rows', () => {
    expect(counted('patient', 'held', { ...due(false, null), rowClass: 'held' }, approved)).toEqual([]);
  });
});

describe('a contract', () => {
  const before = {
    'patients.sql': { patient_id: 'bigint', mrn: 'text' },
    'merges.sql': { retired_patient_id: 'bigint' },
  };

  it('has the same shape in any order', () => {
    const now = { 'merges.sql': before['merges.sql'], 'patients.sql': { mrn: 'text', patient_id: 'bigint' } };
    expect(shapeDifferences(before, now)).toEqual([]);
  });

  it('differs by queries, columns and types', () => {
    const now = { 'patients.sql': { patient_id: 'text', email: 'text' }, 'sections/allergies.sql': { code: 'text' } };
    expect(shapeDifferences(before, now)).toEqual([
      'merges.sql is gone from the contract',
      'patients.sql has changed (email was added, mrn was removed, patient_id changed from bigint to text)',
      'sections/allergies.sql is new in the contract',
    ]);
  });
});

describe('rows', () => {
  it('add up when each has exactly one class', () => {
    const counts = read(2, 0, 0);
    countDecision(counts.patient, { rowClass: 'due', isNew: true, discrepancy: null, calls: [] });
    countDecision(counts.patient, { rowClass: 'held', isNew: false, discrepancy: null, calls: [] });
    expect(() => {
      assertAccountedFor(counts);
    }).not.toThrow();
    expect(counts.patient).toMatchObject({ due: 1, new: 1, changed: 0, held: 1 });
  });

  it('lost on the way are a bug with its numbers', () => {
    expect(() => {
      assertAccountedFor(read(1, 0, 0));
    }).toThrow('1 read, 0 accounted for');
  });
});

describe('a release that builds other messages', () => {
  const known = { patient: 10_000, merge: 0, encounter: 50_000 };
  const rebuilt = { entity: 'encounter', rows: 50_000, calls: 10_001, lasts: '11 min' } as const;

  it('is refused above LARGE_CHANGE, with its calls and their time', () => {
    expect(rebuiltTooMuch(rebuilt, known, limits)).toBe(
      'a release or a setting builds other messages: of 50,000 unchanged visits about 10,001 are sent again, which takes 11 min at ' +
        'RATE_LIMIT, and LARGE_CHANGE allows changed=20%',
    );
    expect(rebuiltTooMuch({ ...rebuilt, lasts: null }, known, limits)).not.toContain('RATE_LIMIT');
  });

  it('passes up to the limit, up to ten rows, and at a small site', () => {
    expect(rebuiltTooMuch({ ...rebuilt, calls: 10_000 }, known, limits)).toBeNull();
    expect(rebuiltTooMuch({ ...rebuilt, calls: 10 }, known, { ...limits, changed: 0 })).toBeNull();
    expect(rebuiltTooMuch({ ...rebuilt, calls: 99 }, { ...known, encounter: 99 }, limits)).toBeNull();
  });
});
