import { describe, expect, it } from 'vitest';
import { implausible } from '../../src/core/guard.ts';
import { assertAccountedFor, countDecision, emptyRowCounts, type RowCounts } from '../../src/core/row-count.ts';

/** Counts of a run that read so many rows of each entity. */
function read(patient: number, merge: number, encounter: number): RowCounts {
  const counts = emptyRowCounts();
  counts.patient.read = patient;
  counts.merge.read = merge;
  counts.encounter.read = encounter;
  return counts;
}

describe('an implausible source', () => {
  const known = { patient: 100, merge: 1, encounter: 100 };

  it.each([
    ['patients', read(0, 1, 5)],
    ['encounters', read(5, 1, 0)],
    ['merges', read(5, 0, 5)],
  ])('gives no %s although Redox was told some', (what, counts) => {
    expect(implausible(counts, known, true)).toContain(`no ${what}`);
  });

  it('is one without merges in every scope, and one without other rows only where all were read', () => {
    expect(implausible(read(0, 1, 0), known, false)).toBeNull();
    expect(implausible(read(0, 0, 0), known, false)).toContain('no merges');
  });

  it('is none where Redox was told next to nothing', () => {
    expect(implausible(read(0, 0, 0), { patient: 99, merge: 0, encounter: 99 }, true)).toBeNull();
  });
});

describe('rows', () => {
  it('add up where each has exactly one class', () => {
    const counts = read(2, 0, 0);
    countDecision(counts.patient, { rowClass: 'due', isNew: true, discrepancy: null, calls: [] });
    countDecision(counts.patient, { rowClass: 'held', isNew: false, discrepancy: null, calls: [] });
    expect(() => {
      assertAccountedFor(counts);
    }).not.toThrow();
    expect(counts.patient).toMatchObject({ due: 1, new: 1, changed: 0, held: 1 });
  });

  it('that were lost on the way are a bug, named with its numbers', () => {
    expect(() => {
      assertAccountedFor(read(1, 0, 0));
    }).toThrow('1 read, 0 accounted for');
  });
});
