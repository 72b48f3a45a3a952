import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DiscrepancyKind } from '../../../src/decide/difference.ts';
import type { Problem } from '../../../src/values/reading.ts';
import type { MatchFault } from '../../../src/message/fingerprint/findability.ts';
import type { MessageFault, ObjectionReason } from '../../../src/message/objection.ts';
import { verdictOf } from '../../../src/decide/outcome.ts';
import type { LandingProblem } from '../../../src/ehr/landing/landing-finding.ts';
import { directoryResults } from '../../../src/ledger/organization.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { reportNames, reportQuery } from '../../../src/report/definition.ts';
import { callKinds } from '../../../src/report/summary.ts';
import type { SkipReason } from '../../../src/deliver/lane-facts.ts';
import { dictionaryColumn, dictionaryHeadings, dictionaryTable, grainOf } from './report-dictionary.ts';

/** Complete by the compiler's word: a kind that is missing here does not compile. */
const names = <Name extends string>(all: Readonly<Record<Name, true>>): string[] => Object.keys(all);

const discrepancyKinds = names<DiscrepancyKind>({
  new: true,
  changed: true,
  silent_change: true,
  merged: true,
  merge_undone: true,
  merge_repointed: true,
  merge_cycle: true,
  merge_without_survivor: true,
  gone: true,
  orphan: true,
  cancelled_after_push: true,
  duplicate_key: true,
  invalid: true,
  held: true,
  forced: true,
  unread: true,
  undelivered: true,
  missing_at_redox: true,
  differs_at_redox: true,
  unexpected_at_redox: true,
});

/** reports/data-quality.sql derives these kinds from the faults' last words. */
type MatchKeyKind = `${LastWord<MatchFault>}_match_key`;
type LastWord<Words extends string> = Words extends `${string}_${infer Rest}` ? LastWord<Rest> : Words;

const qualityKinds = names<Problem | LandingProblem | MatchKeyKind>({
  unmapped: true,
  malformed: true,
  ambiguous_time: true,
  missing_time: true,
  end_before_start: true,
  forbidden_character: true,
  ambiguous_date: true,
  filler_date: true,
  impossible_date: true,
  death_contradicted: true,
  death_unclear: true,
  damaged: true,
  markup: true,
  negation_unclear: true,
  file_too_large: true,
  entered_in_error: true,
  not_a_number: true,
  not_a_code: true,
  code_mended: true,
  name_mended: true,
  suffix_left_out: true,
  null_word: true,
  mojibake: true,
  digit_in_name: true,
  comma_in_name: true,
  title_in_name: true,
  placeholder_name: true,
  missing_match_key: true,
  malformed_match_key: true,
  placeholder_match_key: true,
  digit_match_key: true,
  filler_match_key: true,
  plus4_match_key: true,
  unknown_match_key: true,
  stray_quote: true,
  too_long: true,
  too_few_fields: true,
  too_many_fields: true,
  zero_byte: true,
  not_utf8: true,
  required_empty: true,
  key_too_long: true,
  no_resource: true,
  no_record: true,
});

const skipReasons = names<SkipReason>({
  row_gone: true,
  not_finished: true,
  visit_moved: true,
  mrn_changed: true,
  never_sent: true,
  duplicate_key: true,
  patient_gone: true,
  patient_not_present: true,
  no_visit: true,
});

/** What lanes and the ledger say beside them. */
const otherReasons = [
  'new_patient_failed',
  'merge_failed',
  'row_changed',
  'on_hold',
  'interrupted',
  'sent_again',
  'no_reason',
  'settled',
  'plan_only',
];

/** Why a message was not sent. */
const objectionReasons = names<ObjectionReason>({ invalid_message: true, too_large: true, implausible_visit: true });

const messageFaults = names<MessageFault>({
  unknown_key: true,
  missing: true,
  wrong_type: true,
  null: true,
  empty: true,
  not_xml: true,
  malformed: true,
  wrong_value: true,
});

/** Whatever an exchange with Redox can be called. */
function postReasons(): string[] {
  const answers = [
    { httpStatus: 200, body: '{"Meta":{"Errors":[{"Text":"no"}]}}' },
    { httpStatus: 200, body: '<html>' },
    { httpStatus: 400, body: null },
    { httpStatus: 400, body: '{"Meta":{"Errors":[{"Module":"Subscriptions"}]}}' },
  ].map((answer) => verdictOf({ kind: 'answered', retryAfter: null, ...answer }).reason ?? '');
  const codes = [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EHOSTUNREACH',
    'ETIMEDOUT',
    'CERT_HAS_EXPIRED',
    'TIMEOUT',
    'CUT_OFF',
    'PROXY_407',
    'ECONNRESET',
    'E',
  ];
  const silences = codes.flatMap((errorCode) =>
    [true, false].map((left) => verdictOf({ kind: 'unanswered', left, errorCode }).reason ?? ''),
  );
  return [...new Set([...answers, ...silences])].map((reason) => reason.replace(/^(http|proxy)_\d+$/, '$1_…'));
}

const sorted = (list: readonly string[]): string[] => [...list].sort();

describe('the data dictionary', () => {
  test('has a section for exactly the existing reports', () => {
    expect(sorted(dictionaryHeadings().filter((heading) => heading.endsWith('.csv')))).toEqual(
      reportNames().map((name) => `${name}.csv`),
    );
  });

  test.each(reportNames())('opens with the grain of %s, as does its SQL', (name) => {
    expect(grainOf(`${name}.csv`)).toMatch(/^One row per /);
    expect(reportQuery(name).text).toMatch(/^(?:--.*\n)*-- One row per .* \$1: run number\.\n/);
  });

  test.each(reportNames())('gives every column of %s a type, meaning and example', (name) => {
    for (const row of dictionaryTable(`${name}.csv`)) {
      expect(row['Type'], row['Column']).toMatch(/^(text|integer|time|boolean)$/);
      expect(row['Meaning'], row['Column']).not.toBe('');
      expect(row['Example'], row['Column']).not.toBe('');
    }
  });

  test.each(reportNames())('starts %s with the columns of every CSV', (name) => {
    expect(dictionaryColumn(`${name}.csv`, 'Column').slice(0, 5)).toEqual([
      'run_id',
      'entity',
      'entity_id',
      'patient_id',
      'kind',
    ]);
  });

  test("explains every discrepancy's kind, cause and remedy", () => {
    expect(sorted(dictionaryColumn('Kinds of discrepancy', 'Kind'))).toEqual(sorted(discrepancyKinds));
    for (const row of dictionaryTable('Kinds of discrepancy')) expect(Object.values(row)).not.toContain('');
  });

  test('has exactly the kinds that the ledger allows', () => {
    const migration = readFileSync(join(packageRoot, 'sql/ledger/migrations/0001-ledger.sql'), 'utf8');
    const allowed = /CREATE TABLE discrepancy [^]*?CHECK \(\s*kind IN \(([^)]+)\)\s*\)/.exec(migration)?.[1] ?? '';
    expect(sorted([...allowed.matchAll(/'(\w+)'/g)].map(([, kind = '']) => kind))).toEqual(sorted(discrepancyKinds));
  });

  test('explains every result of a call', () => {
    expect(dictionaryColumn('What became of a call', 'Kind')).toEqual(callKinds);
  });

  test('explains exactly the reasons that calls have', () => {
    expect(sorted(dictionaryColumn('Reasons of a call', 'Reason'))).toEqual(
      sorted([...postReasons(), ...skipReasons, ...otherReasons, ...objectionReasons]),
    );
  });

  test('explains every fault of a message', () => {
    expect(sorted(dictionaryColumn('Faults of a message', 'Fault'))).toEqual(sorted(messageFaults));
  });

  test('explains every kind of data quality', () => {
    expect(sorted(dictionaryColumn('Kinds of data quality', 'Kind'))).toEqual(sorted(qualityKinds));
  });
});

describe('the action for a line', () => {
  const advice = [
    ...reportQuery('open-actions').text.matchAll(/^ {4}\('(\w+)', (?:NULL|'(\w+)'), '(\w+)', '((?:[^']|'')+)'\),?$/gm),
  ].map(([, kind = '', reason = '', needs = '', text = '']) => [kind, reason, needs, text.replaceAll("''", "'")]);

  test('reads the same in dictionary and SQL', () => {
    const sent = dictionaryTable('What to do about a line').map((row) => Object.values(row));
    expect(advice).toEqual(sent);
    expect(advice.length).toBeGreaterThan(20);
  });

  test('exists once for each kind and reason, all real', () => {
    const keys = advice.map(([kind, reason]) => `${kind ?? ''} ${reason ?? ''}`);
    expect(new Set(keys).size).toBe(keys.length);
    const known = new Set([
      '',
      'after_rejection',
      'section_damaged',
      ...dictionaryColumn('Reasons of a call', 'Reason'),
      ...dictionaryColumn('Details of a discrepancy', 'Detail'),
      ...dictionaryColumn('Kinds of data quality', 'Kind'),
      'older_than_others',
      ...directoryResults,
    ]);
    expect(
      advice.map(([, reason = '']) => reason.replace(/^http_\d+$/, 'http_…')).filter((one) => !known.has(one)),
    ).toEqual([]);
  });

  test('exists for everything that a discrepancy leaves open', () => {
    const settledByItself = ['new', 'changed', 'silent_change', 'forced'];
    const spoken = new Set(advice.map(([kind]) => kind));
    expect(discrepancyKinds.filter((kind) => !spoken.has(kind))).toEqual(settledByItself);
  });

  test('tells a person what to do, else that nothing is needed', () => {
    for (const [, , needs, text = ''] of advice) {
      expect(text.startsWith('Nothing: '), text).toBe(needs === 'next_run');
    }
  });
});
