import { describe, expect, test } from 'vitest';
import type { Search } from '../../../../src/decide/audit/search.ts';
import { lookAtMerged, type MergedLook, showMerges } from '../../../../src/decide/audit/merged-record.ts';
import type { JsonObject } from '../../../../src/json.ts';

const patientOid = '2.16.840.1.113883.3.6147.458.1.2.1';
const by = { mrn: 'OLD', survivorMrn: 'NEW', patientOid };

const patient = (...mrns: readonly string[]): JsonObject => ({
  Identifiers: mrns.map((ID) => ({ ID, IDType: patientOid })),
});
const hits = (...patients: readonly JsonObject[]): Search => ({ kind: 'answered', patients, isIncomplete: false });

describe('a search for a retired MRN', () => {
  test.each<[MergedLook, string, Search]>([
    ['merged', 'the survivor', hits(patient('NEW'))],
    ['merged', 'one patient with both MRNs', hits(patient('OLD', 'NEW'))],
    ['merged', 'both records, one of them linked', hits(patient('OLD'), patient('NEW', 'OLD'))],
    ['itself', 'the retired record alone', hits(patient('OLD'))],
    ['itself', 'the retired record under another type too', hits(patient('OLD', 'X'))],
    ['hidden', 'nobody', hits()],
    ['unanswered', 'nobody, in a cut answer', { kind: 'answered', patients: [], isIncomplete: true }],
    ['unanswered', 'the retired record, in a cut answer', { ...hits(patient('OLD')), isIncomplete: true } as Search],
    ['unanswered', 'somebody else', hits(patient('OTHER'))],
    ['unanswered', 'identifiers of another type', hits({ Identifiers: [{ ID: 'OLD', IDType: 'MR' }] })],
    ['unanswered', 'nothing', { kind: 'unanswered' }],
  ])('is %s if it finds %s', (look, _finds, search) => {
    expect(lookAtMerged(search, by)).toBe(look);
  });
});

describe('the first merges of an audit', () => {
  test.each<[boolean, string, readonly MergedLook[]]>([
    [true, 'one survivor answers among many retired records', ['itself', 'itself', 'merged', 'itself']],
    [true, 'half of the records are hidden', ['itself', 'hidden', 'unanswered']],
    [false, 'most records answer as before', ['itself', 'hidden', 'itself']],
    [false, 'all records answer as before', ['itself']],
    [false, 'nothing was answered', ['unanswered']],
    [false, 'there are none', []],
  ])('tell merges: %s, where %s', (tell, _where, looks) => {
    expect(showMerges(looks)).toBe(tell);
  });
});
