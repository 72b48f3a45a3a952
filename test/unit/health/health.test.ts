import { describe, expect, test } from 'vitest';
import { alertText, remedyOf } from '../../../src/health/alert-text.ts';
import {
  endingReasons,
  isNews,
  knownAfter,
  measuredReasons,
  noMeasures,
  noAlert,
  type Reason,
  reasons,
  type Health,
  healthOf,
  stillKnown,
} from '../../../src/decide/health.ts';

const limits = { lines: 20, findable: 0.01, missed: 100 };
const end = (job: string, own: readonly Reason[] = [], planOnly = false) => ({ job, planOnly, reasons: own });
const stands = (state: Health['state'], ...own: Reason[]): Health => ({ state, reasons: own });

describe('the end of a job', () => {
  test.each([
    ['nightly', 0, []],
    ['nightly', 2, ['needs_person']],
    ['nightly', 3, []],
    ['nightly', 64, ['run_failed']],
    ['nightly', 69, ['run_failed']],
    ['nightly', 70, ['run_failed']],
    ['nightly', 75, ['run_refused']],
    ['watchdog', 0, []],
    ['watchdog', 2, ['night_overdue']],
    ['watchdog', 69, ['run_failed']],
    ['watchdog', 75, []],
  ])('of %s with exit code %i gives %j', (job, exitCode, expected) => {
    expect(endingReasons({ job, planOnly: false, exitCode, isBreaker: false })).toEqual(expected);
  });

  test('by the circuit breaker has its own reason and remedy', () => {
    expect(endingReasons({ job: 'nightly', planOnly: false, exitCode: 69, isBreaker: true })).toEqual(['breaker']);
  });
});

test('by a ledger held too long has its own reason', () => {
  const held = { planOnly: false, exitCode: 75, isBreaker: false, isHeld: true };
  expect(endingReasons({ job: 'nightly', ...held })).toEqual(['ledger_held']);
});

describe("a night's findability", () => {
  const week = { personLines: 5, findableShare: 0.9, missed: 0 };

  test.each<[Partial<typeof week>, Reason[]]>([
    [{ personLines: 0 }, []],
    [{ personLines: 1 }, ['needs_person']],
    [{ personLines: 24 }, ['needs_person']],
    [{ personLines: 25 }, ['needs_person', 'lines_rising']],
    [{ findableShare: 0.8901 }, []],
    [{ findableShare: 0.889 }, ['findability_fell']],
    [{ missed: 99 }, []],
    [{ missed: 100 }, ['watermark_missed']],
  ])('%j gives %j', (measures, expected) => {
    expect(measuredReasons({ ...noMeasures, ...measures }, week, 1000, limits)).toEqual(expected);
  });

  test('ignores a trend among a handful of patients', () => {
    const [before, after] = [
      { ...noMeasures, findableShare: 1 },
      { ...noMeasures, findableShare: 0.9 },
    ];
    expect(measuredReasons(after, before, 99, limits)).toEqual([]);
    expect(measuredReasons(after, before, 101, limits)).toEqual(['findability_fell']);
  });

  test('has no trend without a week before it', () => {
    expect(measuredReasons({ personLines: 900, findableShare: 0.1, missed: 0 }, noMeasures, 1000, limits)).toEqual([
      'needs_person',
    ]);
  });
});

describe('the state of the site', () => {
  test('is ok without a judgement', () => {
    expect(healthOf([])).toEqual(stands('ok'));
  });

  test("recovers from a failure only by the same job's next end", () => {
    const failed = [end('nightly'), end('nightly', ['run_failed']), end('intraday'), end('nightly', [], true)];
    expect(healthOf(failed)).toEqual(stands('failing', 'run_failed'));
    expect(healthOf([...failed, end('nightly')])).toEqual(stands('ok'));
  });

  test('keeps a finding when the job ends well the next time', () => {
    const found = [end('nightly'), end('intraday', ['needs_person']), end('intraday')];
    expect(healthOf(found)).toEqual(stands('needs_person', 'needs_person'));
  });

  test('ranks a failure above a finding', () => {
    expect(healthOf([end('nightly', ['needs_person']), end('intraday', ['run_refused'])])).toEqual(
      stands('failing', 'run_refused', 'needs_person'),
    );
  });
});

describe('news', () => {
  const failing = stands('failing', 'run_failed');

  test('are another state, or a new reason within it', () => {
    expect(isNews(stands('ok'), noAlert)).toBe(false);
    expect(isNews(failing, noAlert)).toBe(true);
    expect(isNews(failing, failing)).toBe(false);
    expect(isNews(stands('failing', 'breaker'), failing)).toBe(true);
    expect(isNews(stands('ok'), failing)).toBe(true);
  });

  test('are sent once when two failures take turns', () => {
    const breaker = stands('failing', 'breaker');
    const known = knownAfter(breaker, failing);
    expect(isNews(failing, known)).toBe(false);
    expect(isNews(breaker, stillKnown(failing, known))).toBe(false);
  });

  test('return when a finding does', () => {
    const rising = stands('needs_person', 'needs_person', 'lines_rising');
    const person = stands('needs_person', 'needs_person');
    expect(isNews(rising, stillKnown(person, rising))).toBe(true);
  });

  test('stay until they are sent', () => {
    expect(isNews(failing, stillKnown(failing, noAlert))).toBe(true);
  });
});

test('have a remedy for every reason', () => {
  for (const reason of reasons) {
    const text = alertText({
      host: 'night.example.org',
      job: 'nightly',
      runId: null,
      exitCode: 69,
      now: { state: 'failing', reasons: [reason] },
      before: noAlert,
      personLines: null,
      reports: null,
    });
    expect(text).toBe(
      `redox-reconcile on night.example.org: failing. nightly ended with exit code 69.\n• ${reason}: ${remedyOf[reason]}`,
    );
  }
});
