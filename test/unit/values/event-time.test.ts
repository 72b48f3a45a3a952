import { describe, expect, test } from 'vitest';
import {
  readCalendarDate,
  readEventPeriod,
  readEventTime,
  type Calendar,
  listedFillerDates,
  unixZero,
  usualFillerDates,
} from '../../../src/values/time/event-time.ts';
import { meaningsOf } from '../../../src/values/time/time.ts';

const chicago: Calendar = { ehrTimeZone: 'America/Chicago', today: '2026-03-10', fillerDates: usualFillerDates };
const tokyo: Calendar = { ...chicago, ehrTimeZone: 'Asia/Tokyo' };

const filler = { value: undefined, problems: ['filler_date'] };
const impossible = { value: undefined, problems: ['impossible_date'] };
const nothing = { value: undefined, problems: [] };

describe('a filler date', () => {
  const times = [
    '',
    ' 00:00:00',
    ' 00:00:00.000',
    'T00:00:00Z',
    ' 00:00:00+00',
    ' 23:59:59',
    ' 23:59:59.997',
    ' 14:30:00-06',
  ];

  test.each(listedFillerDates.filter((date) => date !== unixZero))('%s has no value, at any time of day', (date) => {
    for (const time of times) {
      expect(readEventTime(date + time, chicago), time).toEqual(filler);
      expect(readEventTime(date + time, chicago, 'any'), time).toEqual(filler);
      expect(readCalendarDate(date + time, chicago), time).toEqual(filler);
    }
  });

  test.each([
    '1970-01-01 00:00:00',
    '1970-01-01T00:00:00.000',
    '1970-01-01 00:00:00+00',
    '1970-01-01T00:00:00Z',
    '1970-01-01 00:00:00-06',
    '1969-12-31 18:00:00-06',
    '1969-12-31 18:00:00',
  ])('is Unix time zero, as instant or local midnight: %s', (text) => {
    expect(readEventTime(text, chicago)).toEqual(filler);
    expect(readCalendarDate(text, chicago)).toEqual(filler);
  });

  test('excludes the bare day 1 January 1970, a birthday', () => {
    expect(readCalendarDate('1970-01-01', chicago)).toEqual({ value: '1970-01-01', problems: [] });
    expect(readEventTime('1970-01-01 09:30:00', chicago).value).toBe('1970-01-01T15:30:00.000Z');
  });

  test("is known by its date in the EHR's zone, too", () => {
    expect(readEventTime('1900-01-01 06:00:00+00', chicago)).toEqual(filler);
    expect(readEventTime('1752-12-31 14:41:01+00', tokyo)).toEqual(filler);
  });

  test.each(['1900-01-02', '1899-12-29', '1753-01-02', '1601-01-02', '0001-01-02', '1900-01-02 00:00:00'])(
    'is not the day beside it: %s',
    (text) => {
      expect(readCalendarDate(text, chicago)).toEqual({ value: text.slice(0, 10), problems: [] });
    },
  );

  test("may be the site's own, and a listed date may be real", () => {
    const site = { ...chicago, fillerDates: { added: ['1901-01-01'], removed: ['1900-01-01', unixZero] } };
    expect(readCalendarDate('1901-01-01', site)).toEqual(filler);
    expect(readEventTime('1901-01-01 00:00:00', site)).toEqual(filler);
    expect(readCalendarDate('1900-01-01', site).value).toBe('1900-01-01');
    expect(readEventTime('1970-01-01 00:00:00+00', site).value).toBe('1970-01-01T00:00:00.000Z');
    expect(readCalendarDate('1753-01-01', site)).toEqual(filler);
  });

  test.each(['NULL', 'null', '(null)', 'N/A', '#N/A', 'none', '-', 'nil', 'unknown'])(
    'is absent from %j, a word for empty',
    (text) => {
      expect(readEventTime(text, chicago)).toEqual(nothing);
      expect(readCalendarDate(text, chicago)).toEqual(nothing);
    },
  );
});

describe('a past event', () => {
  test('is at most in the next year', () => {
    expect(readEventTime('2027-12-31', chicago).value).toBe('2027-12-31');
    expect(readEventTime('2028-01-01', chicago)).toEqual(impossible);
    expect(readCalendarDate('2028-01-01', chicago)).toEqual(impossible);
  });

  test('differs from a plan, due date or validity, in any year', () => {
    expect(readEventTime('2028-01-01', chicago, 'any').value).toBe('2028-01-01');
    expect(readCalendarDate('2099-12-31', chicago, 'any').value).toBe('2099-12-31');
    expect(readEventTime('9999-06-30', chicago, 'any')).toEqual(filler);
  });

  test('has no end before its start when one is absent', () => {
    const { start, end } = readEventPeriod('2026-03-05 14:00:00', '1900-01-01', chicago);
    expect(start.problems).toEqual([]);
    expect(end).toEqual(filler);
  });

  test('spans a whole bare date, and both repeated hours', () => {
    const spansOf = (text: string): readonly (readonly number[])[] =>
      (meaningsOf(text, chicago.ehrTimeZone).value ?? []).map(({ firstMs, lastMs }) => [firstMs, lastMs]);
    expect(spansOf('2026-03-01')).toEqual([
      [Date.parse('2026-03-01T06:00:00Z'), Date.parse('2026-03-02T05:59:59.999Z')],
    ]);
    const [first, second] = [Date.parse('2025-11-02T06:30:00Z'), Date.parse('2025-11-02T07:30:00Z')];
    expect(spansOf('2025-11-02 01:30:00')).toEqual([
      [first, first],
      [second, second],
    ]);
    expect(readEventTime('9999-12-31', chicago)).toEqual(filler);
  });
});

describe('a birth date', () => {
  test.each([
    ['is the date', '1980-05-04', chicago],
    ['is the day on the clock where no offset is written', '1980-05-04 00:00:00', chicago],
    ['is the day on the clock, at whatever time', '1980-05-04 23:59:59', chicago],
    ['is the day of midnight in Chicago, told in UTC', '1980-05-04 05:00:00+00', chicago],
    ['is the day of midnight in Tokyo, told in UTC', '1980-05-03 15:00:00+00', tokyo],
    ['is the day of midnight in Tokyo, told there', '1980-05-04 00:00:00+09', tokyo],
    ['is the day of which midnight is written, in UTC', '1980-05-04T00:00:00Z', chicago],
    ['is the day of which midnight is written, elsewhere', '1980-05-04 00:00:00-08', chicago],
    ['is the day that both clocks show', '1980-05-04T12:30:00-05:00', chicago],
  ])('%s: %s', (_, text, calendar) => {
    expect(readCalendarDate(text, calendar)).toEqual({ value: '1980-05-04', problems: [] });
  });

  test.each(['1980-05-04 15:00:00+00', '1980-05-04T10:00:00-05:00'])(
    'is the day on both clocks, and reported, at %s',
    (text) => {
      expect(readCalendarDate(text, chicago)).toEqual({ value: '1980-05-04', problems: ['ambiguous_date'] });
    },
  );

  test.each(['1980-05-04T12:00:00Z', '1980-05-04 12:00:00-05'])('is the day at noon: %s', (text) => {
    expect(readCalendarDate(text, chicago)).toEqual({ value: '1980-05-04', problems: [] });
  });

  test.each([
    ['midnight of UTC, told in Chicago', '1980-05-03 19:00:00-05', chicago],
    ['midnight of UTC, on a clock of Chicago', '1980-05-03 19:00:00', chicago],
    ['an evening elsewhere that is the next day here', '1980-05-03T23:30:00-08:00', chicago],
  ])('is omitted and reported when its day is unclear: %s', (_, text, calendar) => {
    expect(readCalendarDate(text, calendar)).toEqual({ value: undefined, problems: ['ambiguous_date'] });
  });

  test.each(['infinity', '1980-02-30', '05/01/1980', '0044-03-15 BC', '1980', '1980-05-04 24:00:00'])(
    '%j is malformed',
    (text) => {
      expect(readCalendarDate(text, chicago)).toEqual({ value: undefined, problems: ['malformed'] });
    },
  );
});
