import fc from 'fast-check';
import { DateTime } from 'luxon';
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
    // Clocks move from 02:00 to 03:00 on 8 March: cron starts its job then.
    ['02:15', '2026-03-08T07:59:59.999Z', '2026-03-07T08:15:00.000Z'],
    ['02:15', '2026-03-08T08:00:00.000Z', '2026-03-08T08:00:00.000Z'],
    ['02:15', '2026-03-08T08:30:00.000Z', '2026-03-08T08:00:00.000Z'],
    ['03:30', '2026-03-08T08:30:00.000Z', '2026-03-08T08:30:00.000Z'],
    ['01:30', '2026-03-08T12:00:00.000Z', '2026-03-08T07:30:00.000Z'],
    // The hour from 01:00 comes twice on 1 November: what was due in the first one is not due again.
    ['01:30', '2026-11-01T06:30:00.000Z', '2026-11-01T06:30:00.000Z'],
    ['01:30', '2026-11-01T07:30:00.000Z', '2026-11-01T06:30:00.000Z'],
    ['02:15', '2026-11-01T08:15:00.000Z', '2026-11-01T08:15:00.000Z'],
    ['2026-01-31T02:00:00-06:00', '2026-01-31T08:15:00.000Z', '2026-01-31T08:00:00.000Z'],
  ])('%s of a run that started at %s means %s', (text, startedAt, expected) => {
    expect(meant(text, startedAt)).toBe(expected);
  });

  test('means one moment from its occurrence until the next, on every day of every zone', () => {
    const zones = [
      'America/Chicago',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/St_Johns',
      'UTC',
    ];
    const start = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), start, fc.nat(23), fc.nat(59), (zone, startedAt, hour, minute) => {
        const due = { kind: 'clock', time: { hour, minute } } as const;
        const at = dueAt(due, zone, startedAt);
        expect(at.getTime()).toBeLessThanOrEqual(startedAt.getTime());
        expect(startedAt.getTime() - at.getTime()).toBeLessThan(26 * 3_600_000);
        // Two machines whose clocks differ, and a start that comes later, mean the same.
        expect(dueAt(due, zone, at)).toEqual(at);
        const wall = DateTime.fromJSDate(at, { zone });
        const before = wall.minus({ milliseconds: 1 });
        const asked = hour * 60 + minute;
        expect(wall.hour * 60 + wall.minute).toBeGreaterThanOrEqual(asked);
        expect(before.day !== wall.day || before.hour * 60 + before.minute < asked).toBe(true);
      }),
    );
  });

  test.each(['24:00', 'tonight', '2026-01-31', '2026-01-31T08:00:00'])('refuses %s', (text) => {
    expect(() => dueOption().read(text)).toThrow(UsageFault);
  });
});
