import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decide,
  manyAlike,
  triedAgain,
  type Decided,
  type Findings,
  type UnsettledCall,
  type Window,
} from '../../../src/decide/redox/confirmation.ts';

const hour = 3_600_000;
const now = new Date('2026-03-02T08:00:00Z');

const call = (id: number, over: Partial<UnsettledCall> = {}): UnsettledCall => ({
  call_id: id,
  event_type: 'VisitPush',
  log_status: 'failed',
  log_stage: 'receive-request',
  log_code: '500',
  log_path: null,
  accepted_at: new Date(now.getTime() - 7 * hour + id),
  is_newest: true,
  was_unseen: false,
  has_waited: false,
  ...over,
});

const calls = (count: number, over: Partial<UnsettledCall> = {}): readonly UnsettledCall[] =>
  Array.from({ length: count }, (_, id) => call(id, over));

const decided = (some: readonly UnsettledCall[], over: Partial<Findings> = {}): Decided =>
  decide({ calls: some, windows: [], latePending: [], lastSuccess: new Map(), ...over });

const verdicts = ({ rulings }: Decided): readonly string[] => rulings.map(({ verdict }) => verdict);

const windowOf = (asked: number, found: number, ...missing: readonly number[]): Window => ({
  asked,
  found,
  missing: new Set(missing),
});

describe('a failed log', () => {
  test('owes its row again, and its date counts', () => {
    expect(decided([call(1)])).toMatchObject({ rulings: [{ callId: 1, verdict: 'owed' }], troubles: [] });
  });

  test("changes nothing where it is not the row's newest", () => {
    expect(verdicts(decided([call(1, { is_newest: false })]))).toEqual(['final']);
  });
});

describe('many failed logs', () => {
  const many = calls(manyAlike);
  const laterSuccess = new Map([['Clinical Summary', now]] as const);

  test('that are alike are one line, and a few try the queue', () => {
    const { rulings, troubles } = decided(many);
    expect(rulings.filter(({ verdict }) => verdict === 'owed_freely')).toHaveLength(triedAgain);
    expect(rulings.filter(({ verdict }) => verdict === 'waits')).toHaveLength(manyAlike - triedAgain);
    expect(troubles).toEqual([
      { dataModel: 'Clinical Summary', kind: 'queue_failing', calls: manyAlike, since: many[0]?.accepted_at },
    ]);
  });

  test('are all sent again once the queue works, and count against no row', () => {
    expect(new Set(verdicts(decided(many, { lastSuccess: laterSuccess })))).toEqual(new Set(['owed_freely']));
  });

  test("are not helped by another queue's success", () => {
    const elsewhere = new Map([['PatientAdmin', now]] as const);
    expect(verdicts(decided(many, { lastSuccess: elsewhere }))).toContain('waits');
  });

  test('that waited stay the queue’s, however few remain', () => {
    expect(verdicts(decided([call(1, { has_waited: true })], { lastSuccess: laterSuccess }))).toEqual(['owed_freely']);
    expect(decided([call(1, { has_waited: true })]).troubles).toHaveLength(1);
  });

  test('count one by one where they differ, or are one fewer', () => {
    const mixed = many.map((one, at) => ({ ...one, log_code: at === 0 ? '400' : '500' }));
    for (const some of [mixed, many.slice(1)]) expect(new Set(verdicts(decided(some)))).toEqual(new Set(['owed']));
  });
});

test('late pending logs are one line for their queue', () => {
  const latePending = [{ data_model: 'Clinical Summary', calls: 3, since: now }] as const;
  expect(decided([], { latePending })).toEqual({
    rulings: [],
    troubles: [{ dataModel: 'Clinical Summary', kind: 'queue_stuck', calls: 3, since: now }],
  });
});

describe('a call without a log', () => {
  const unseen = { log_status: null };

  test('owes its row again, once', () => {
    const windows = [windowOf(10, 9, 1)];
    expect(decided([call(1, unseen)], { windows })).toMatchObject({
      rulings: [{ callId: 1, verdict: 'owed_freely', isUnseen: true }],
    });
    expect(verdicts(decided([call(1, { ...unseen, was_unseen: true })], { windows }))).toEqual(['final']);
    expect(verdicts(decided([call(1, { ...unseen, is_newest: false })], { windows }))).toEqual(['final']);
  });

  test('proves nothing where no other call of the window has one', () => {
    expect(decided([call(1, unseen)], { windows: [windowOf(1, 0, 1)] })).toEqual({ rulings: [], troubles: [] });
  });

  test('is the fault of the search where more than 20 and 1 % lack one', () => {
    const lost = calls(21, unseen);
    const ids = lost.map(({ call_id }) => call_id);
    expect(decided(lost, { windows: [windowOf(2_000, 1_979, ...ids)] })).toMatchObject({
      rulings: [],
      troubles: [{ kind: 'logs_unreadable', calls: 21 }],
    });
    expect(verdicts(decided(lost, { windows: [windowOf(2_100, 2_079, ...ids)] }))).toHaveLength(21);
    expect(verdicts(decided(lost, { windows: [windowOf(30, 10, ...ids.slice(1))] }))).toHaveLength(20);
  });
});

test('each call gets at most one ruling, and only newest calls owe a row', () => {
  const anyCall = fc.record({
    status: fc.constantFrom('failed' as const, null),
    event: fc.constantFrom('NewPatient' as const, 'PatientMerge' as const, 'VisitPush' as const),
    code: fc.constantFrom('400', '500'),
    is_newest: fc.boolean(),
    was_unseen: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyCall, { maxLength: 60 }), fc.nat(80), fc.boolean(), (some, found, works) => {
      const given = some.map(({ status, event, code, ...facts }, id) =>
        call(id, { ...facts, log_status: status, event_type: event, log_code: code }),
      );
      const missing = given.filter(({ log_status }) => log_status === null).map(({ call_id }) => call_id);
      const lastSuccess = new Map(works ? [['Clinical Summary', now] as const] : []);
      const { rulings } = decided(given, { windows: [windowOf(some.length + found, found, ...missing)], lastSuccess });
      expect(new Set(rulings.map(({ callId }) => callId)).size).toBe(rulings.length);
      for (const { callId, verdict } of rulings) {
        if (verdict === 'owed' || verdict === 'owed_freely') expect(given[callId]?.is_newest).toBe(true);
      }
      const failed = given.filter(({ log_status }) => log_status === 'failed');
      expect(rulings.filter(({ callId }) => given[callId]?.log_status === 'failed')).toHaveLength(failed.length);
    }),
  );
});
