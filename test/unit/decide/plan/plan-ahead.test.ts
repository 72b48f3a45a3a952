import { describe, expect, test } from 'vitest';
import { planAheadOf } from '../../../../src/decide/plan/plan-ahead.ts';
import { noneWaiting, stillWaiting, waitingCalls } from '../../../../src/decide/plan/waiting.ts';

const startedAt = new Date('2026-01-31T02:15:00Z');
const rateLimit = { calls: 5_000, windowMs: 300_000 };
const pace = { rateLimit, startedAt, until: null };

describe('the calls planned ahead', () => {
  test('are three times what the rate allows until --until, or in six hours', () => {
    expect(planAheadOf(null, pace)).toBe(1_080_000);
    expect(planAheadOf(null, { ...pace, until: new Date('2026-01-31T07:15:00Z') })).toBe(900_000);
    expect(planAheadOf(null, { ...pace, until: startedAt })).toBe(1);
  });

  test('are all without a rate, or where the setting says so', () => {
    expect(planAheadOf(null, { ...pace, rateLimit: null })).toBeNull();
    expect(planAheadOf('all', pace)).toBeNull();
    expect(planAheadOf(3, pace)).toBe(3);
  });
});

test('waiting rows are counted by the call that each needs', () => {
  const seen = { new: { patient: 2, encounter: 5 }, rebuilt: { patient: 1, encounter: 3 }, summaries: 0 };
  expect(waitingCalls(seen)).toEqual({ NewPatient: 2, PatientUpdate: 1, PatientMerge: 0, VisitPush: 8 });
  const before = { new: { patient: 9, encounter: 1 }, rebuilt: { patient: 0, encounter: 0 }, summaries: 0 };
  expect(stillWaiting(before, seen).new).toEqual({ patient: 9, encounter: 5 });
  expect(stillWaiting(noneWaiting, seen)).toEqual(seen);
});
