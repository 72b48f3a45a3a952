import { describe, expect, test } from 'vitest';
import { fleet } from '../../../jobs/fleet/fleet.ts';
import { prune } from '../../../jobs/ledger/prune.ts';
import { nextAt, nightAsAsked, nightOptions } from '../../../jobs/night/night-options.ts';
import type { JobContext } from '../../../jobs/frame/job.ts';
import { readWindow } from '../../../jobs/night/window.ts';
import { UsageFault } from '../../../src/fault.ts';

const chicago = 'America/Chicago';
const utc = (from: string, to: string, zone: string): string[] =>
  Object.values(readWindow(from, to, zone)).map((at: Date) => at.toISOString());

describe('a window', () => {
  test('of dates is whole days of the site, both included', () => {
    expect(utc('2026-01-05', '2026-01-06', chicago)).toEqual(['2026-01-05T06:00:00.000Z', '2026-01-07T06:00:00.000Z']);
  });

  test('of one date is that day, also with 25 hours', () => {
    expect(utc('2026-11-01', '2026-11-01', chicago)).toEqual(['2026-11-01T05:00:00.000Z', '2026-11-02T06:00:00.000Z']);
  });

  test("of date-times is half-open, in the site's zone", () => {
    expect(utc('2026-07-05T14:00', '2026-07-05 15:30', chicago)).toEqual([
      '2026-07-05T19:00:00.000Z',
      '2026-07-05T20:30:00.000Z',
    ]);
  });

  test('takes an offset literally', () => {
    expect(utc('2026-07-05T14:00Z', '2026-07-05T17:00+02:00', chicago)).toEqual([
      '2026-07-05T14:00:00.000Z',
      '2026-07-05T15:00:00.000Z',
    ]);
  });

  test.each([
    ['2026-03-05', '2026-03-04'],
    ['2026-03-05T10:00', '2026-03-05T10:00'],
  ])('from %s to %s is empty, and refused', (from, to) => {
    expect(() => readWindow(from, to, chicago)).toThrow('would be empty');
  });

  test.each([['yesterday'], ['2026-02-30'], ['03/05/2026'], ['2026'], ['2026-W10']])(
    'refuses the ambiguous %s',
    (from) => {
      expect(() => readWindow(from, '2026-03-05', chicago)).toThrow('takes a date');
    },
  );
});

describe('a value of an option', () => {
  const { options } = fleet;
  const { maxCalls, wait } = nightOptions('sweep');

  test.each([
    [maxCalls, '007', 7],
    [maxCalls, '999999999', 999_999_999],
    [wait, '6h', 21_600_000],
    [options.slots, '99', 99],
    [options.zone, 'east', 'east'],
    [options.pause, '0s', 0],
  ])('is read', (option, text, value) => {
    expect(option.read(text)).toBe(value);
  });

  test.each([
    [maxCalls, '0', '--max-calls takes a whole number from 1 on, not "0".'],
    [maxCalls, '1.5', '--max-calls takes a whole number from 1 on, not "1.5".'],
    [wait, '25h', '--wait takes a duration from 0s to 24h, such as 90s, 10m or 6h, not "25h".'],
    [prune.options.keepDays, 'all', '--keep-days takes a whole number of days from 1 to 99999, not "all".'],
    [options.slots, '100', '--slots takes a whole number from 1 to 99, not "100".'],
    [options.window, '0s', '--window takes a duration from 1ms to 24h, such as 5m, not "0s".'],
  ])('is refused in the words of its option', (option, text, says) => {
    expect(() => option.read(text)).toThrow(new UsageFault(says));
  });
});

describe('a night', () => {
  const absent = Object.fromEntries(Object.entries(nightOptions('sweep')).map(([name, { absent }]) => [name, absent]));

  test.each([
    [{ planOnly: true, newTarget: true }, '--plan-only cannot be combined with --new-target'],
    [{ afterRestore: true, newTarget: true }, '--after-restore cannot be combined with --new-target'],
  ])('refuses %j', (asked, says) => {
    const night = nightAsAsked('nightly');
    const context = {} as JobContext;
    expect(() => night(context, { ...absent, ...asked } as Parameters<typeof night>[1])).toThrow(says);
  });
});

describe('--until', () => {
  const sixThirty = { hour: 6, minute: 30 };

  test("is the next such time in the site's zone", () => {
    expect(nextAt(sixThirty, chicago, new Date('2026-01-05T08:00:00Z')).toISOString()).toBe('2026-01-05T12:30:00.000Z');
    expect(nextAt(sixThirty, chicago, new Date('2026-01-05T13:00:00Z')).toISOString()).toBe('2026-01-06T12:30:00.000Z');
  });

  test('is tomorrow at that very time', () => {
    expect(nextAt(sixThirty, chicago, new Date('2026-01-05T12:30:00Z')).toISOString()).toBe('2026-01-06T12:30:00.000Z');
  });

  test('is an hour later on the day that skips it', () => {
    const halfPastTwo = { hour: 2, minute: 30 };
    expect(nextAt(halfPastTwo, chicago, new Date('2026-03-08T07:00:00Z')).toISOString()).toBe(
      '2026-03-08T08:30:00.000Z',
    );
  });
});
