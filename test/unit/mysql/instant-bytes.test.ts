import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstantBytes } from '../../../src/ehr/mysql/instant-bytes.ts';
import { latestInstant } from '../../../src/ehr/mysql/instant.ts';

const zones = ['America/Chicago', 'Asia/Kolkata', 'Pacific/Kiritimati', 'America/St_Johns', 'Africa/Casablanca', 'UTC'];

/** Null where it leaves the text to `latestInstant`. */
function written(text: string, zone: string): string | null {
  const out = Buffer.alloc(80);
  const bytes = Buffer.from(`x${text}y`);
  const end = new InstantBytes(zone).write(bytes, 1, bytes.length - 1, out, 3);
  return end === -1 ? null : out.toString('utf8', 3, end);
}

describe('an instant made of bytes', () => {
  it.each([
    ['2026-03-01 10:00:00', '2026-03-01 16:00:00+00'],
    ['2026-07-01 23:59:59.120000', '2026-07-02 04:59:59.12+00'],
    ['2026-07-01 23:59:59.000000', '2026-07-02 04:59:59+00'],
    ['2026-07-01 23:59:59.5+00', '2026-07-01 23:59:59.5+00'],
    ['2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00'],
  ])('of %s is the same as of the text', (text, instant) => {
    expect(written(text, 'America/Chicago')).toBe(instant);
    expect(latestInstant(text, 'America/Chicago')).toBe(instant);
  });

  it.each([
    '2026-03-08 12:00:00',
    '2026-11-01 01:30:00',
    '2026-02-30 10:00:00',
    '0000-00-00 00:00:00',
    '9999-12-31 23:59:59',
    '2026-03-01',
    '2026-03-01T10:00:00',
    '2026-03-01 24:00:00',
    '2026-03-01 10:00:60',
    '2026-03-01 10:00:00.',
    '2026-03-01 10:00:00.1234567',
    '2026-03-01 10:00:00-06',
    '',
  ])('is left to the text of %j', (text) => {
    expect(written(text, 'America/Chicago')).toBeNull();
  });

  it('is never another than that of the text', () => {
    const ms = fc.integer({ min: Date.parse('1000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T00:00:00Z') });
    const recent = fc.integer({ min: Date.parse('1965-01-01T00:00:00Z'), max: Date.parse('2035-12-31T00:00:00Z') });
    const end = fc.constantFrom('', '.5', '.100', '.000001', '+00', '.25+00');
    let [all, fast] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(ms, recent, recent), end, fc.constantFrom(...zones), (at, more, zone) => {
        const text = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}${more}`;
        const found = written(text, zone);
        all += 1;
        if (found === null) return;
        fast += 1;
        expect(found).toBe(latestInstant(text, zone));
      }),
      { numRuns: 2_000 },
    );
    expect(fast / all).toBeGreaterThan(0.5);
  });
});
