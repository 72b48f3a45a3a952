import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../../../src/report/page/sentence.ts';
import { expectGolden } from '../message/golden.ts';
import { openLines, pageFacts, type Wanted } from './page-facts.ts';

const work: Wanted['calls'] = {
  NewPatient: { accepted: 12 },
  PatientUpdate: { accepted: 1, unneeded: 3 },
  PatientMerge: { accepted: 2 },
  VisitPush: { accepted: 1_340 },
};
const half: Wanted['calls'] = { VisitPush: { accepted: 100, unknown: 8, not_started: 232 } };
const byItself = { needs: 'next_run', kind: 'failed' } as const;

const nights: Readonly<Record<string, Wanted>> = {
  quiet: {},
  'quiet, with lines that are known': { openLines: openLines(3) },
  'nothing to tell, and a line of the extract left out': {
    summary: { source: { files: [], lines: 201, left_out: { no_record: 1 } } },
    openLines: openLines(1, { is_new: true, sort_new_lines: 1 }),
  },
  'work, and lines of the extract left out': {
    rows: [30, 900, 50],
    calls: work,
    summary: { source: { files: [], lines: 981, left_out: { stray_quote: 4, too_few_fields: 2 } } },
    openLines: openLines(2),
  },
  'quiet intraday': { summary: { job: 'intraday', mode: 'changes' } },
  'first load': { rows: [1_200, 0, 0], calls: { NewPatient: { accepted: 400 }, VisitPush: { accepted: 1_200 } } },
  work: { rows: [30, 900, 50], calls: work },
  'work, one new line for a person': {
    rows: [30, 900, 50],
    calls: work,
    openLines: openLines(1, { is_new: true, sort_new_lines: 1 }),
  },
  'work, one known line for a person': { rows: [30, 900, 50], calls: work, openLines: openLines(1) },
  'work, lines for people and for the next run': {
    rows: [30, 900, 50],
    calls: work,
    openLines: [
      ...openLines(5, { sort_new_lines: 2, lines: 6, person_lines: 5 }),
      ...openLines(1, { ...byItself, lines: 6, sort_lines: 1 }),
    ],
  },
  'work, one line that is known since a night before': {
    rows: [30, 900, 50],
    calls: work,
    openLines: openLines(1),
    facts: { knownSince: new Date('2026-01-12T03:15:00Z'), timeZone: 'America/Chicago' },
  },
  'work, lines of which some are known since a night before': {
    rows: [30, 900, 50],
    calls: work,
    openLines: openLines(5, { sort_new_lines: 2 }),
    facts: { knownSince: new Date('2026-01-12T08:15:00Z') },
  },
  'work, lines for the next run alone': { calls: work, openLines: openLines(4, byItself) },
  'all was unneeded': { rows: [0, 90, 10], calls: { PatientUpdate: { unneeded: 10 } } },
  'Redox took nothing': { calls: { VisitPush: { rejected: 7 } }, openLines: openLines(7) },
  running: { summary: { status: 'running', finished_at: null, exit_code: null } },
  'running, with calls': { summary: { status: 'running', finished_at: null, exit_code: null }, calls: half },
  refused: { summary: { status: 'refused', exit_code: 75 }, run: { failure: 'Too many rows changed.' } },
  'failed before the plan': { summary: { status: 'failed', exit_code: 69 } },
  'failed under way': { summary: { status: 'failed', exit_code: 69 }, calls: half },
  'stopped early': { summary: { status: 'stopped', exit_code: 3 }, calls: half },
  interrupted: { summary: { status: 'interrupted', exit_code: null }, calls: half },
  'plan only': { run: { plan_only: true }, calls: { VisitPush: { not_started: 340 } } },
  'plan only, of nothing': { run: { plan_only: true } },
  'plan only, with lines for people': {
    run: { plan_only: true },
    calls: { NewPatient: { not_started: 12 }, VisitPush: { not_started: 1 } },
    openLines: openLines(3, { sort_new_lines: 1 }),
  },
  'plan only, refused': {
    run: { plan_only: true, refusal: 'all of it is new' },
    calls: { PatientUpdate: { not_started: 4_000 } },
  },
  baseline: { summary: { job: 'baseline' }, rows: [4_000, 0, 0] },
  'baseline, as it counts': { summary: { job: 'baseline' }, rows: [0, 0, 0] },
  'rerun of a window': { summary: { job: 'rerun', mode: 'window' }, calls: { VisitPush: { accepted: 3 } } },
  'resend of nothing': { summary: { job: 'resend', mode: 'open' }, rows: [0, 0, 0] },
  settle: { summary: { job: 'settle', mode: 'none' }, rows: [0, 0, 0] },
  'organization taken': { summary: { job: 'organization' }, run: { directory_result: 'accepted' } },
  'organization refused by the directory': {
    summary: { job: 'organization', status: 'failed' },
    run: { directory_result: 'rejected' },
  },
  'organization unknown': {
    summary: { job: 'organization', status: 'failed' },
    run: { directory_result: 'ambiguous' },
  },
  'organization as it was': { summary: { job: 'organization' } },
  'organization refused': { summary: { job: 'organization', status: 'refused' } },
};

describe('the sentence of the page', () => {
  test('equals the golden sentence in every case', () => {
    expectGolden(
      'page-sentence',
      Object.fromEntries(Object.entries(nights).map(([name, wanted]) => [name, sentenceOf(pageFacts(wanted))])),
    );
  });

  test.each(Object.entries(nights))('is one sentence: %s', (_, wanted) => {
    expect(sentenceOf(pageFacts(wanted))).toMatch(/^[A-Z][^.]*\.$/);
  });
});
