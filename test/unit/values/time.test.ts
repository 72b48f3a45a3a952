import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { leftOut } from '../../../src/values/reading.ts';
import { meaningsOf, type Period, periodOf, readTime } from '../../../src/values/time/time.ts';
import { occurrencesOf } from '../../../src/values/time/wall-clock.ts';

// Every time zone: slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const newYork = 'America/New_York';

describe('a time', () => {
  test.each([
    ['a date stays that date', '2023-01-27', '2023-01-27'],
    ['a wall clock is in the zone given', '2023-01-27 16:17:47', '2023-01-27T21:17:47.000Z'],
    ['a wall clock in summer', '2023-07-27 16:17:47', '2023-07-27T20:17:47.000Z'],
    ['with a T', '2023-01-27T16:17:47', '2023-01-27T21:17:47.000Z'],
    ['without seconds', '2023-01-27T16:17', '2023-01-27T21:17:00.000Z'],
    ['a fraction of one digit', '2023-01-27 16:17:47.5', '2023-01-27T21:17:47.500Z'],
    ['a fraction is cut off, not rounded', '2023-01-27 16:17:47.999999', '2023-01-27T21:17:47.999Z'],
    ['a fraction of nine digits', '2023-01-27T16:17:47.123456789Z', '2023-01-27T16:17:47.123Z'],
    ['an instant in UTC', '2023-01-27 16:17:47+00', '2023-01-27T16:17:47.000Z'],
    ['an instant in UTC with minutes', '2023-01-27 16:17:47+00:00', '2023-01-27T16:17:47.000Z'],
    ['an instant, as Synthea writes it', '2023-01-27T16:17:47Z', '2023-01-27T16:17:47.000Z'],
    ['an offset of half hours', '2023-01-27 16:17:47-05:30', '2023-01-27T21:47:47.000Z'],
    ['an offset without colon', '2023-01-27T16:17:47+0545', '2023-01-27T10:32:47.000Z'],
    ['an offset with seconds, from before standard time', '1850-01-01 00:00:00+00:53:28', '1849-12-31T23:06:32.000Z'],
    ['a leap day', '2024-02-29', '2024-02-29'],
    ['the first day of the calendar', '0001-01-01', '0001-01-01'],
    ['the last instant of the calendar', '9999-12-31 23:59:59.999999+00', '9999-12-31T23:59:59.999Z'],
    ['white space around it', ' 2023-01-27 ', '2023-01-27'],
  ])('%s', (_, text, value) => {
    expect(readTime(text, newYork)).toEqual({ value, problems: [] });
  });

  test.each([
    ...['infinity', '-infinity', '0044-03-15 BC', '0044-03-15 12:00:00 BC', '10000-01-01', '12023-01-27 16:17:47'],
    ...['0000-01-01', '2023-02-29', '2023-02-30 10:00:00', '2023-13-01', '2023-00-10', '2023-01-27 24:00:00'],
    ...['2023-01-27 23:60:00', '2023-01-27 23:59:60', '2023-01-27 25:00:00Z', '27/01/2023', '01-27-2023', '20230127'],
    ...['2023-01-27 16', '2023-01-27 16:17:47.1234567890', '2023-01-27 16:17:47 EST', '2023-01-27 16:17:47+16:00'],
    ...['2023-01-27Z', 'yesterday', '9999-12-31 23:59:59-05', '0001-01-01 00:00:00+14'],
  ])('%j is malformed and left out', (text) => {
    expect(readTime(text, newYork)).toEqual({ value: undefined, problems: ['malformed'] });
  });

  test('any text and zone is read or reported, never thrown', () => {
    const time = fc.stringMatching(/^\d{1,5}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,10})?([+-]\d\d(:\d\d)?|Z)?)?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), time), fc.constantFrom(...zones), (text, zone) => {
        const { value, problems } = readTime(text, zone);
        if (value === undefined) expect(problems).toEqual(['malformed']);
        else expect(value).toMatch(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z)?$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an hour that repeats', () => {
  test('is taken as its first occurrence and reported', () => {
    expect(readTime('2023-11-05 01:30:00', newYork)).toEqual({
      value: '2023-11-05T05:30:00.000Z',
      problems: ['ambiguous_time'],
    });
  });

  test.each([
    ['2023-11-05 00:59:59.999', '2023-11-05T04:59:59.999Z', []],
    ['2023-11-05 01:00:00', '2023-11-05T05:00:00.000Z', ['ambiguous_time']],
    ['2023-11-05 01:59:59.999', '2023-11-05T05:59:59.999Z', ['ambiguous_time']],
    ['2023-11-05 02:00:00', '2023-11-05T07:00:00.000Z', []],
  ])('begins and ends to the millisecond: %s', (text, value, problems) => {
    expect(readTime(text, newYork)).toEqual({ value, problems });
  });

  test('is half an hour on Lord Howe Island', () => {
    expect(readTime('2024-04-07 01:45:00', 'Australia/Lord_Howe').problems).toEqual(['ambiguous_time']);
    expect(readTime('2024-04-07 01:29:59', 'Australia/Lord_Howe').problems).toEqual([]);
  });

  test('is unambiguous with an offset', () => {
    expect(readTime('2023-11-05 01:30:00-05', newYork)).toEqual({ value: '2023-11-05T06:30:00.000Z', problems: [] });
  });
});

describe('an hour that is missing', () => {
  test.each([
    ['2024-03-10 01:59:59.999', newYork, '2024-03-10T06:59:59.999Z', []],
    ['2024-03-10 02:00:00', newYork, '2024-03-10T07:00:00.000Z', ['missing_time']],
    ['2024-03-10 02:30:00', newYork, '2024-03-10T07:30:00.000Z', ['missing_time']],
    ['2024-03-10 03:00:00', newYork, '2024-03-10T07:00:00.000Z', []],
    ['2024-03-31 01:30:00', 'Europe/London', '2024-03-31T01:30:00.000Z', ['missing_time']],
    ['a day that Samoa skipped', 'Pacific/Apia', '2011-12-30T22:00:00.000Z', ['missing_time']],
  ])('moves forward by the gap, reported: %s in %s', (text, zone, value, problems) => {
    expect(readTime(text.startsWith('a day') ? '2011-12-30 12:00:00' : text, zone)).toEqual({ value, problems });
  });
});

const readPeriod = (start: string | undefined, end: string | undefined): Period => {
  const meanings = (text: string | undefined): ReturnType<typeof meaningsOf> =>
    text === undefined ? leftOut() : meaningsOf(text, newYork);
  return periodOf(meanings(start), meanings(end));
};

describe('a period', () => {
  const sent = (start?: string, end?: string): readonly unknown[] => {
    const period = readPeriod(start, end);
    return [period.start.value, period.end.value, period.start.problems, period.end.problems];
  };

  test('keeps its single known end', () => {
    expect(sent('2023-01-27', undefined)).toEqual(['2023-01-27', undefined, [], []]);
    expect(sent(undefined, '2023-01-27 12:00:00')).toEqual([undefined, '2023-01-27T17:00:00.000Z', [], []]);
    expect(sent('infinity', '2023-01-27')).toEqual([undefined, '2023-01-27', ['malformed'], []]);
  });

  test('takes the first occurrence of both ends when it fits', () => {
    expect(sent('2023-11-05 01:10:00', '2023-11-05 01:50:00')).toEqual([
      ...['2023-11-05T05:10:00.000Z', '2023-11-05T05:50:00.000Z'],
      ...[['ambiguous_time'], ['ambiguous_time']],
    ]);
  });

  test("takes the end's later occurrence when the first precedes the start", () => {
    expect(sent('2023-11-05 01:50:00', '2023-11-05 01:10:00')).toEqual([
      ...['2023-11-05T05:50:00.000Z', '2023-11-05T06:10:00.000Z'],
      ...[['ambiguous_time'], ['ambiguous_time']],
    ]);
  });

  test('sends an end before its start unchanged, and reports it', () => {
    expect(sent('2023-01-27 16:00:00', '2023-01-27 15:59:59')).toEqual([
      ...['2023-01-27T21:00:00.000Z', '2023-01-27T20:59:59.000Z'],
      ...[[], ['end_before_start']],
    ]);
    expect(sent('2023-11-05 03:00:00', '2023-11-05 01:30:00').slice(2)).toEqual([
      [],
      ['ambiguous_time', 'end_before_start'],
    ]);
  });

  test.each([
    ['2023-01-27', '2023-01-27', []],
    ['2023-01-27 16:00:00', '2023-01-27', []],
    ['2023-01-27', '2023-01-27 00:00:00', []],
    ['2023-01-27', '2023-01-26 23:59:59', ['end_before_start']],
    ['2023-01-27 00:00:00', '2023-01-26', ['end_before_start']],
  ])('a date is the whole day, so an end fits: %s to %s', (start, end, problems) => {
    expect(readPeriod(start, end).end.problems).toEqual(problems);
  });
});

/** Every kind of zone: half hours, midnight changes, southern summers, days skipped, and the rest of the list. */
const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+5'];
const instant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2037, 11, 31) });

describe('the local clock in every zone', () => {
  test('gives back its instant, or either of two in a repeat', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, ms) => {
        const { instants, problem } = occurrencesOf(wallAt(ms, zone), zone);
        expect(instants).toContain(ms);
        expect(instants.length).toBe(problem === 'ambiguous_time' ? 2 : 1);
        expect(problem).not.toBe('missing_time');
      }),
      { numRuns: 3000 },
    );
  });

  test('has each minute once, twice or moved around a change', () => {
    for (const [zone, around] of changes) {
      for (let wallMs = around - 4 * hourMs; wallMs < around + 4 * hourMs; wallMs += 10 * 60_000) {
        const { instants, problem } = occurrencesOf(wallMs, zone);
        const shown = instants.map((ms) => wallAt(ms, zone));
        if (problem === 'missing_time') expect(shown[0]).toBeGreaterThan(wallMs);
        else expect(shown).toEqual(instants.map(() => wallMs));
      }
    }
  });
});

const hourMs = 60 * 60_000;

const changes = [
  ['America/New_York', Date.UTC(2024, 2, 10, 2)],
  ['America/New_York', Date.UTC(2024, 10, 3, 2)],
  ['America/Sao_Paulo', Date.UTC(2018, 10, 4, 0)],
  ['America/Sao_Paulo', Date.UTC(2018, 1, 18, 0)],
  ['Australia/Lord_Howe', Date.UTC(2024, 9, 6, 2)],
  ['Asia/Kathmandu', Date.UTC(1986, 0, 1, 0)],
  ['Africa/Casablanca', Date.UTC(2024, 2, 10, 3)],
  ['Europe/Dublin', Date.UTC(2024, 9, 27, 2)],
  ['Pacific/Apia', Date.UTC(2011, 11, 30, 12)],
] as const;

/** What a clock in the zone shows at an instant, by Intl alone. */
const wallAt = (ms: number, zone: string): number => {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, calendar: 'gregory', hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(ms);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall + (((ms % 1000) + 1000) % 1000);
};
