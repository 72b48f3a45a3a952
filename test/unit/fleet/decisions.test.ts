import { describe, expect, test } from 'vitest';
import { changesInWords } from '../../../src/decide/fleet/changes-in-words.ts';
import { jobIdOf } from '../../../src/decide/fleet/job-id.ts';
import { engineVerdict, judgeSite, type NightEnd } from '../../../src/decide/fleet/night-end.ts';
import { argvOf } from '../../../jobs/fleet/night.ts';
import { readRun } from '../../../jobs/fleet/run-by-hand.ts';
import { lineOf } from '../../../jobs/fleet/site-process.ts';

describe('the end of a night', () => {
  const rows: readonly (readonly [NightEnd['exitCode'], NightEnd['reason'], string, string])[] = [
    [0, 'done', 'done', 'ok'],
    [0, 'already_done', 'done', 'ok'],
    [2, 'needs_person', 'done', 'needs_person'],
    [3, 'until', 'done', 'ok'],
    [3, 'max_calls', 'done', 'ok'],
    [3, 'signal', 'again', 'nothing'],
    [64, 'usage', 'done', 'failing'],
    [69, 'unavailable', 'again', 'a failure'],
    [69, 'breaker', 'again', 'a failure'],
    [70, 'bug', 'done', 'failing'],
    [75, 'guard', 'done', 'failing'],
    [75, 'ledger_held', 'again', 'nothing'],
    [null, null, 'again', 'a failure'],
  ];

  test.each(rows)('with %s (%s) is %s for the engine and %s for people', (exitCode, reason, verdict, people) => {
    expect(engineVerdict({ exitCode, reason })).toBe(verdict);
    const { state, isFailure } = judgeSite({ exitCode, reason });
    expect(isFailure ? 'a failure' : (state ?? 'nothing')).toBe(people);
  });
});

describe('the id of a due time', () => {
  const due = new Date('2026-03-02T08:15:00Z');

  test('is a UUID of version 5 and the same on every machine', () => {
    expect(jobIdOf('clinic-a', 'nightly', due)).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(jobIdOf('clinic-a', 'nightly', due)).toBe(jobIdOf('clinic-a', 'nightly', new Date(due)));
  });

  test('differs by site, job, time and pause', () => {
    const ids = [
      jobIdOf('clinic-a', 'nightly', due),
      jobIdOf('clinic-b', 'nightly', due),
      jobIdOf('clinic-a', 'intraday', due),
      jobIdOf('clinic-a', 'nightly', new Date(due.getTime() + 60_000)),
      jobIdOf('clinic-a', 'nightly', due, '2026-03-02T10:00:00Z'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the command of a night', () => {
  const site = {
    ...{ name: 'a', envFiles: ['a.env'], zone: 'default', group: 'g', timeZone: 'America/Chicago' },
    ...{ nightly: '15 2 * * *', intraday: null, until: { hour: 6, minute: 30 }, catchUpMs: 0 },
  };
  const due = '2026-03-02T08:15:00.000Z';
  const night = { site: 'a', job: 'nightly', due, flags: [], askedBy: null };
  const untilAt = (now: string, until: typeof site.until | null): string | undefined => {
    const argv = argvOf({ ...site, until }, night, new Date(now));
    return argv[argv.indexOf('--until') + 1];
  };

  test('does a due time once and waits for the ledger', () => {
    const argv = argvOf(site, night, new Date(due));
    expect(argv).toEqual(['nightly', '--due', due, '--once', '--wait', '10m', '--until', '06:30']);
  });

  test('ends by FLEET_UNTIL or within twenty hours', () => {
    expect(untilAt(due, null)).toBe('22:15');
    // 09:00 in Chicago: the next 06:30 is 21.5 hours away.
    expect(untilAt('2026-03-02T15:00:00Z', site.until)).toBe('05:00');
    expect(untilAt('2026-03-02T17:00:00Z', site.until)).toBe('06:30');
  });

  test('by hand has the flags that were asked for', () => {
    const asked = { ...night, due: null, askedBy: 'anna@host', flags: ['--until', '04:00', '--allow-large-change'] };
    expect(argvOf(site, asked, new Date(due))).toEqual(['nightly', '--wait', '10m', ...asked.flags]);
    expect(argvOf(site, { ...asked, job: 'resend', flags: ['--held'] }, new Date(due))).toEqual(['resend', '--held']);
  });
});

describe('fleet run', () => {
  const read = (words: readonly string[], scope: 'named' | 'all' | 'failing'): ReturnType<typeof readRun> =>
    readRun(words, scope, ['a', 'b']);

  test('takes sites before the first flag', () => {
    expect(read(['resend', 'a', 'b', '--held'], 'named')).toMatchObject({
      job: 'resend',
      sites: ['a', 'b'],
      flags: ['--held'],
    });
  });

  test.each([
    ['report', 'run-1'],
    ['apply', 'run-1'],
    ['settle', 'done.csv', '--as', 'accepted'],
    ['organization', 'check', 'clinic.json'],
  ])('%s takes words of its own after the sites', (job, ...words) => {
    expect(read([job, 'a', 'b', ...words], 'named')).toMatchObject({ sites: ['a', 'b'], flags: words });
  });

  test('takes no misspelt site for a word of a job without words', () => {
    expect(read(['nightly', 'a', 'bb'], 'named').sites).toEqual(['a', 'bb']);
  });

  test('takes decisions for named sites alone', () => {
    expect(() => read(['nightly', '--allow-large-change'], 'all')).toThrow('name the sites instead of --all');
    expect(() => read(['baseline'], 'failing')).toThrow('baseline is a decision about one site');
    expect(read(['nightly', 'a', '--allow-large-change'], 'named').sites).toEqual(['a']);
  });

  test('refuses what is no job of a site', () => {
    for (const job of ['', 'nightli', 'fleet', 'demo'])
      expect(() => read([job, 'a'], 'named')).toThrow('the name of a site');
    expect(() => read(['doctor'], 'named')).toThrow('exactly one of them');
  });
});

describe('an alert', () => {
  test('folds all changes into one message', () => {
    const failing = ['d', 'b', 'a', 'c'].map((subject) => ({ subject, state: 'failing', reason: 'unavailable' }));
    const others = [
      { subject: 'e', state: 'ok', reason: 'done' },
      { subject: 'default', state: 'trouble', reason: 'no_worker' },
    ];
    expect(changesInWords([...others, ...failing])).toBe(
      'failing, unavailable – a, b, c, d; no worker in zone – default; ok again – e',
    );
  });

  test('names eight sites and counts the others', () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ subject: `s${n}`, state: 'failing', reason: 'guard' }));
    expect(changesInWords(many)).toMatch(/^failing, guard – (s\d+, ){7}s\d+ and 292 more$/);
  });
});

test('a line of a site names the site', () => {
  expect(JSON.parse(lineOf('a', '{"event":"run_started"}'))).toEqual({ site: 'a', event: 'run_started' });
  expect(lineOf('a', 'Not a log line.')).toBe('a: Not a log line.');
});
