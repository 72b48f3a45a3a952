import { describe, expect, test } from 'vitest';
import { describeEnding } from '../../../src/report/text/describe-ending.ts';
import type { PagePlan } from '../../../src/report/page/facts.ts';
import { documentOf } from '../../../src/report/page/document.ts';
import { siteClock } from '../../../src/report/page/chart/site-clock.ts';
import { planWarnings } from '../../../src/report/text/plan-warnings.ts';
import { busyNight, openLines, pageFacts } from './page-facts.ts';

const plan: PagePlan = { calls: [], patients: 2_000, unfindable: 0, has_pushed: false };

describe("the site's clock", () => {
  const winter = new Date('2026-11-28T08:15:30Z');

  test.each([
    ['America/Chicago', '28 November 2026, 02:15 CST (America/Chicago)'],
    ['Europe/Berlin', '28 November 2026, 09:15 CET (Europe/Berlin)'],
    ['Asia/Kolkata', '28 November 2026, 13:45 GMT+5:30 (Asia/Kolkata)'],
    [null, '28 November 2026, 08:15 UTC'],
  ])('names its zone: %s', (zone, words) => {
    expect(siteClock(zone).moment(winter).text).toBe(`<time datetime="2026-11-28T08:15:30.000Z">${words}</time>`);
  });

  test('follows daylight saving, and gives the local date', () => {
    const clock = siteClock('America/Chicago');
    const summer = new Date('2026-07-04T04:30:00Z');
    expect({
      abbreviation: clock.abbreviation(summer),
      time: clock.time(summer),
      isoDate: clock.isoDate(summer),
    }).toEqual({ abbreviation: 'CDT', time: '23:30', isoDate: '2026-07-03' });
    expect(clock.time(new Date('2026-07-04T05:00:00Z'))).toBe('00:00');
  });
});

describe('the warnings of a plan', () => {
  const unfinished = pageFacts({ rows: [0, 0, 0] }).summary;
  const visits = { ...unfinished.encounters, read: 12, not_due: 11, invalid: 1 };

  test('appear for unfinished visits without a push, debt or orphan', () => {
    expect(planWarnings({ ...unfinished, encounters: visits }, plan)).toEqual([
      "No visit would be sent: all 12 visits read are unfinished. If that is wrong, correct the column status in the contract's encounters.sql.",
    ]);
    expect(planWarnings({ ...unfinished, encounters: visits }, { ...plan, has_pushed: true })).toEqual([]);
    for (const rowClass of ['due', 'orphan', 'unchanged', 'held'] as const) {
      expect(planWarnings({ ...unfinished, encounters: { ...visits, not_due: 10, [rowClass]: 1 } }, plan)).toEqual([]);
    }
  });

  test('count the findable patients, also when none is', () => {
    expect(planWarnings(unfinished, plan)).toEqual([]);
    expect(planWarnings(unfinished, { ...plan, unfindable: 54 })).toEqual([
      expect.stringMatching(/^Others could find 1,946 of the 2,000 patients in this plan/),
    ]);
    expect(planWarnings(unfinished, { ...plan, unfindable: 2_000 })).toEqual([
      expect.stringMatching(/^Others could find no patient: .* in all 2,000 patients of this plan/),
    ]);
  });

  test('appear on the page and at the terminal', () => {
    const facts = pageFacts({ run: { plan_only: true }, facts: { plan: { ...plan, unfindable: 2_000 } } });
    expect(documentOf(facts)).toContain('Others could find no patient');
    expect(describeEnding(facts, '/reports/x').join('\n')).toContain('Others could find no patient');
  });
});

describe('the page of a site whose contract has no updated_at', () => {
  test('omits updated_at', () => {
    const busy = busyNight([]);
    expect(documentOf(busy)).toContain('updated_at');
    expect(documentOf({ ...busy, run: { ...busy.run, has_updated_at: false } })).not.toContain('updated_at');
  });
});

describe('the end of a run at a terminal', () => {
  test("is a sentence and the page's path", () => {
    expect(describeEnding(pageFacts({}), '/reports/x')).toEqual([
      'A quiet night: 100 patients and 100 visits compared, nothing to send.',
      'All of it: /reports/x/report.html',
    ]);
  });

  test('names the largest sorts of open lines, and no ids', () => {
    const sorts = ['rejected', 'orphan', 'gone', 'held'].flatMap((kind, index) =>
      openLines(1, { kind, lines: 10, person_lines: 10, sort_lines: 4 - index, event_type: null, reason: null }),
    );
    const said = describeEnding(pageFacts({ openLines: sorts }), '/reports/x');
    expect(said.slice(1)).toEqual([
      '  4 rejected: Correct the row in the EHR.',
      '  3 orphan: Correct the row in the EHR.',
      '  2 gone: Correct the row in the EHR.',
      '  and 1 more sort of lines',
      'The lines, and all else: /reports/x/report.html',
    ]);
    expect(said.join('\n')).not.toContain('E-1');
  });
});
