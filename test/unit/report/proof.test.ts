import { describe, expect, test } from 'vitest';
import { noAuditCounts } from '../../../src/decide/audit/counts.ts';
import type { AuditSummary } from '../../../src/report/text/audit.ts';
import { sentenceOf } from '../../../src/report/page/sentence.ts';
import { proofOf } from '../../../src/report/text/proof.ts';
import { pageFacts } from './page-facts.ts';

const none = noAuditCounts();
const sample: AuditSummary = {
  ...none,
  patients: { ...none.patients, found: 299, missing: 1, not_yet_synced: 12 },
  documents: { ...none.documents, found: 537, missing: 3, not_yet_synced: 1 },
  assessed: 300,
  wrong: 1,
  unanswered: 2,
  scope: 'sample',
  seed: 'a',
  content: false,
  whole: true,
  wrong_at_most: 0.0158,
  queries: 906,
  repaired: null,
  round: null,
};
const part: AuditSummary = {
  ...sample,
  scope: 'all',
  seed: null,
  wrong_at_most: null,
  round: { since: '2026-01-28T08:15:00.000Z', assessed: 900, wrong: 4 },
};

describe('what an audit proves', () => {
  test('of a sample is a share of all patients, and the gaps have numbers', () => {
    expect(proofOf(sample)).toEqual({
      proved:
        'Proved: 299 of 300 patients and 537 of their 540 documents are at Redox as the EHR has them. ' +
        'They were drawn by lot, so with 95 % confidence at most 1.6 % of all patients that Redox was sent are wrong.',
      notProved:
        'Not proved: which other patients are wrong (audit --all looks at each); the text of the documents (audit --content reads it); ' +
        '12 patients changed or sent just now; 1 document changed or sent just now; 2 patients without an answer; ' +
        'what was never sent (the last nightly lists it) or has changed since.',
    });
  });

  test.each<[string, Partial<AuditSummary>, RegExp]>([
    [
      'of a part of a round adds the nights before',
      { whole: false },
      /since 2026-01-28, 900 patients .* so far: 4 wrong/,
    ],
    ['of its last part covers all', {}, /900 patients were looked at, all of them: 4 wrong at the time\.$/],
    [
      'of a round in one night covers all',
      { round: { since: '2026-01-28T08:15:00.000Z', assessed: 300, wrong: 1 } },
      /No other patient was left to look at\.$/,
    ],
    ['of a list is the list alone', { scope: 'only', round: null }, /as the EHR has them\.$/],
    [
      'of merges counts retired patients who are gone',
      { merges: { found: 7, missing: 1, unanswered: 0, not_assessed: 0 } },
      /as the EHR has them; for 7 of 8 merges the retired patient no longer answers alone\./,
    ],
    ['without a patient is nothing', { assessed: 0, wrong: 0 }, /^Proved: nothing/],
  ])('%s', (_title, changed, says) => {
    expect(proofOf({ ...part, ...changed }).proved).toMatch(says);
  });

  test('names the patients whose turn has not come', () => {
    expect(proofOf({ ...part, whole: false }).notProved).toMatch(/^Not proved: patients whose turn has not come/);
    expect(proofOf({ ...part, content: true }).notProved).not.toContain('text of the documents');
  });
});

test.each<[string, AuditSummary, RegExp]>([
  [
    'sample',
    sample,
    /^This audit was stopped early: 300 patients .* of the patients are; [^;]* left out; [^;]* assessed\.$/,
  ],
  [
    'part of a round',
    { ...part, whole: false },
    /^This audit was stopped early: 300 patients .*; the next one goes on\.$/,
  ],
])('a %s that was stopped says what it has found', (_title, audit, says) => {
  expect(sentenceOf(pageFacts({ summary: { job: 'audit', status: 'stopped', exit_code: 3, audit } }))).toMatch(says);
});
