import { describe, expect, test } from 'vitest';
import { dueAt, dueOption } from '../../../jobs/night/due.ts';
import { UsageFault } from '../../../src/fault.ts';

const chicago = 'America/Chicago';

/** The moment that is meant by `--due` of a run that started then. */
function meant(text: string, startedAt: string): string | undefined {
  const due = dueOption().read(text);
  return due === null ? undefined : dueAt(due, chicago, new Date(startedAt)).toISOString();
}

describe('--due', () => {
  test.each([
    ['02:15', '2026-01-31T08:15:00.000Z', '2026-01-31T08:15:00.000Z'],
    ['02:15', '2026-01-31T08:15:30.500Z', '2026-01-31T08:15:00.000Z'],
    ['23:30', '2026-01-31T06:10:00.000Z', '2026-01-31T05:30:00.000Z'],
    ['02:16', '2026-01-31T08:15:59.999Z', '2026-01-30T08:16:00.000Z'],
    ['2026-01-31T08:00:00Z', '2026-01-31T08:15:00.000Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T02:00:00-06:00', '2026-01-31T08:15:00.000Z', '2026-01-31T08:00:00.000Z'],
  ])('%s of a run that started at %s means %s', (text, startedAt, expected) => {
    expect(meant(text, startedAt)).toBe(expected);
  });

  test.each(['24:00', 'tonight', '2026-01-31', '2026-01-31T08:00:00'])('refuses %s', (text) => {
    expect(() => dueOption().read(text)).toThrow(UsageFault);
  });
});
