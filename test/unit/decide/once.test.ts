import { describe, expect, test } from 'vitest';
import type { EndReason } from '../../../src/fault.ts';
import { type DueRun, isSettled } from '../../../src/ledger/run/once.ts';

const run = (status: DueRun['status'], end_reason: EndReason | null): DueRun => ({
  run_id: 'r',
  host: 'h',
  status,
  exit_code: null,
  end_reason,
  failure: null,
});

describe('--once', () => {
  test.each<[DueRun['status'], EndReason | null, boolean, boolean]>([
    ['done', 'done', true, true],
    ['done', 'needs_person', true, true],
    ['stopped', 'until', true, true],
    ['stopped', 'max_calls', true, true],
    ['stopped', 'signal', false, false],
    ['refused', 'guard', true, false],
    ['refused', 'stage_lost', false, false],
    ['failed', 'unavailable', false, false],
    ['failed', 'bug', false, false],
    ['failed', 'usage', false, false],
    ['interrupted', null, false, false],
    ['running', null, false, false],
  ])('finds a run that is %s (%s) settled: %s, with --allow-large-change: %s', (status, reason, usual, approved) => {
    expect(isSettled(run(status, reason), { allowLargeChange: false })).toBe(usual);
    expect(isSettled(run(status, reason), { allowLargeChange: true })).toBe(approved);
  });
});
