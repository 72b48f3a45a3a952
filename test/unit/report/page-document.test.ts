import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { emptyRowCounts } from '../../../src/decide/change.ts';
import { documentOf } from '../../../src/report/page/document.ts';
import { escape, html } from '../../../src/report/page/markup.ts';
import { busyNight, harmfulIds, openLines, pageFacts } from './page-facts.ts';

/** What people read: no tags, no line breaks. */
const wordsOf = (page: string): string =>
  page
    .replaceAll(/<(style|script|svg)[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

describe('markup', () => {
  test('escapes every character with a meaning in HTML', () => {
    expect(escape(`<a href="x">'&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
    expect(escape('bell\u0007, tab\t, end\u007f')).toBe('bell␇, tab\t, end␡');
  });

  test('escapes inserted text once, at any depth', () => {
    const inner = html`<b>${'<'}</b>`;
    expect(html`<p>${[inner, '&', null, 3]}</p>`.text).toBe('<p><b>&lt;</b>&amp;3</p>');
  });
});

describe('the page', () => {
  test('is the same bytes for the same facts', () => {
    const facts = busyNight(openLines(20));
    expect(documentOf(facts)).toBe(documentOf(facts));
  });

  test('is drawn silently', () => {
    const spies = (['log', 'warn', 'error'] as const).map((way) => vi.spyOn(console, way));
    documentOf(busyNight(openLines(20)));
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test('has a policy that allows only its own style and script', () => {
    const page = documentOf(busyNight(openLines(20)));
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const [, script = ''] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;${digest(style)}&#39;; script-src &#39;${digest(script)}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(page.match(/<style|<script/g)).toEqual(['<style', '<script']);
    // Attributes that the policy would not let count.
    expect(page).not.toMatch(/<[^>]* (style|on\w+)=/);
  });

  test('loads nothing from elsewhere', () => {
    const page = documentOf(busyNight(openLines(20)));
    const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g)].map(([, a, b]) => a ?? b ?? '');
    expect(addresses.filter((address) => !/^(#[\w-]+|[\w-]+\.(csv|json))$/.test(address))).toEqual([]);
  });

  test('keeps any id text', () => {
    const lines = harmfulIds.flatMap((id) => openLines(1, { entity_id: id, patient_id: id, detail: id }));
    const page = documentOf(pageFacts({ openLines: lines }));
    expect(page).not.toContain('<img');
    expect(page.match(/<script|<style/g)).toHaveLength(2);
    expect(page).toContain('&amp;lt;not&amp;amp;escaped&amp;gt;');
    expect(page).toContain('… and 1880 characters more, in the CSV');
  });

  test("counts each file's omitted lines, with reasons", () => {
    const file = { modified_at: '2026-01-31T08:00:00.000Z', damaged_fields: 0, age: null };
    const files = [
      { ...file, file: 'encounters.csv', lines: 40, left_out: {}, age: 'too_old' as const },
      {
        ...file,
        file: 'patients.csv',
        lines: 1_041,
        left_out: { stray_quote: 1_000, no_record: 1 },
        damaged_fields: 3,
      },
    ];
    const source = { files, lines: 1_081, left_out: { stray_quote: 1_000, no_record: 1 } };
    const words = wordsOf(documentOf(pageFacts({ summary: { source } })));
    expect(words).toContain('Lines left out: 1,001 of 1,081 lines: stray_quote 1,000, no_record 1.');
    expect(words).toContain('In lines that were read, 3 fields could not be.');
    expect(words).toContain('encounters.csv 31 January 2026, 08:00 UTC , too old 40 0 – 0');
    expect(words).toContain('patients.csv 31 January 2026, 08:00 UTC 1,041 1,001 stray_quote 1,000, no_record 1 3');
    expect(wordsOf(documentOf(pageFacts({})))).not.toContain('extract');
  });

  test('accounts for unreadable rows', () => {
    const patients = { ...emptyRowCounts().patient, read: 60, unchanged: 59, unread: 1 };
    const words = wordsOf(documentOf(pageFacts({ summary: { patients } })));
    expect(words).toMatch(/Rows read unchanged unread Patients 60 59 1/);
  });

  test('counts files, not lines, for a line about a file', () => {
    const about = { entity: 'file', entity_id: 'patients.csv', patient_id: null, event_type: null } as const;
    const lines = [
      ...openLines(1, {
        ...about,
        kind: 'lines_left_out',
        reason: 'stray_quote',
        detail: '60 lines, the first of them 2',
      }),
      ...openLines(4, { ...about, kind: 'extract_old', reason: 'too_old' }),
    ];
    const words = wordsOf(documentOf(pageFacts({ openLines: lines })));
    expect(words).toContain('1 file with lines left out stray_quote');
    expect(words).toContain('4 files of an old export too_old');
  });

  test.each(['refused', 'failed'])('of a run that was %s early omits what is left', (status) => {
    const words = wordsOf(documentOf(pageFacts({ summary: { status }, rows: [0, 0, 0] })));
    expect(words).toContain('What is left to do Unknown: the run ended before it compared the rows.');
  });

  test("of a failed run shows the run's reason", () => {
    const facts = pageFacts({ summary: { status: 'failed', exit_code: 69 }, run: { failure: 'Lost the <EHR>.' } });
    expect(documentOf(facts)).toContain('Lost the &lt;EHR&gt;.');
  });

  test('says that it shows only some of the lines', () => {
    const some = documentOf(pageFacts({ openLines: openLines(1_000, { lines: 1_000_000 }) }));
    expect(some).toContain('The first 1,000 of 1,000,000 lines');
    expect(documentOf(pageFacts({ openLines: openLines(2) }))).toContain('All 2 lines are also in');
  });
});
