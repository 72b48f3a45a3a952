import { createTask } from 'node-cron';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nextGap, nextMakeUp } from '../../../jobs/schedule/missing-hour.ts';
import { nextInFold } from '../../../jobs/schedule/repeated-hour.ts';
import { inWords, startTimetable, type Entry } from '../../../jobs/schedule/timetable.ts';
import { UsageFault } from '../../../src/fault.ts';
import type { Log } from '../../../src/log/log.ts';

// It plays hours of a clock, and waits for the real one.
vi.setConfig({ testTimeout: 60_000 });

afterEach(() => {
  vi.useRealTimers();
});

const newYork = 'America/New_York';

/** When node-cron alone would start a task next, seen from a moment. */
function nextRuns(expression: string, zone: string, from: string, count: number): string[] {
  vi.useFakeTimers({ now: new Date(from) });
  const task = createTask(expression, () => undefined, { timezone: zone });
  const runs = task.getNextRuns(count).map((date) => date.toISOString());
  void task.destroy();
  return runs;
}

interface Started {
  readonly job: string;
  readonly due: string;
  readonly at: string;
}

/** Lives through a span of time with a timetable, on a clock that is turned by hand. */
async function live(
  entries: readonly Entry[],
  zone: string,
  from: string,
  to: string,
  takesMs = 0,
): Promise<Started[]> {
  vi.useFakeTimers({ now: new Date(from) });
  const started: Started[] = [];
  const timetable = startTimetable(
    entries,
    zone,
    () => undefined,
    async (job, due) => {
      started.push({ job, due: due.toISOString(), at: new Date().toISOString() });
      if (takesMs > 0) await new Promise((done) => setTimeout(done, takesMs));
    },
  );
  await vi.advanceTimersByTimeAsync(Date.parse(to) - Date.parse(from));
  const stopped = timetable.stop();
  await vi.advanceTimersByTimeAsync(takesMs);
  await stopped;
  return started;
}

describe('daylight saving', () => {
  const nightly = [{ job: 'nightly', expression: '15 2 * * *' }];

  test('node-cron alone skips a night in a missing hour', () => {
    const runs = nextRuns('15 2 * * *', newYork, '2026-03-07T12:00:00Z', 2);
    expect(runs).toEqual(['2026-03-09T06:15:00.000Z', '2026-03-10T06:15:00.000Z']);
  });

  test('a skipped night starts when the clocks move', async () => {
    const started = await live(nightly, newYork, '2026-03-07T00:00:00Z', '2026-03-10T00:00:00Z');
    expect(started.map(({ at }) => at)).toEqual([
      '2026-03-07T07:15:00.000Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:15:00.000Z',
    ]);
  });

  test('a repeated hour starts a job once', async () => {
    const entries = [{ job: 'nightly', expression: '15 1 * * *' }];
    const started = await live(entries, newYork, '2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z');
    expect(started.map(({ at }) => at)).toEqual(['2026-11-01T05:15:00.000Z', '2026-11-02T06:15:00.000Z']);
  });

  /** When a quarter-hourly job started, as seconds between one start and the next. */
  const pausesOf = (started: readonly Started[]): number[] =>
    started.slice(1).map(({ at }, index) => (Date.parse(at) - Date.parse(started[index]?.at ?? '')) / 1000);

  test.each([
    [newYork, 'autumn', '2026-11-01T04:50:00Z', '2026-11-01T08:10:00Z', 13],
    [newYork, 'spring', '2026-03-08T05:50:00Z', '2026-03-08T08:10:00Z', 9],
    ['Europe/Berlin', 'autumn', '2026-10-24T23:50:00Z', '2026-10-25T03:10:00Z', 13],
    ['Australia/Sydney', 'autumn', '2026-04-04T14:50:00Z', '2026-04-04T18:10:00Z', 13],
    ['Australia/Sydney', 'spring', '2026-10-03T14:50:00Z', '2026-10-03T18:10:00Z', 13],
    ['Australia/Lord_Howe', 'autumn', '2026-04-04T13:50:00Z', '2026-04-04T17:10:00Z', 13],
    ['Africa/Cairo', 'autumn', '2026-10-29T19:50:00Z', '2026-10-29T23:10:00Z', 13],
  ])('in %s a quarter-hourly job continues in %s', async (zone, _season, from, to, count) => {
    const started = await live([{ job: 'intraday', expression: '*/15 * * * *' }], zone, from, to);
    expect(started).toHaveLength(count);
    expect(pausesOf(started)).toEqual(Array.from({ length: count - 1 }, () => 900));
    expect(started.every(({ due, at }) => due === at)).toBe(true);
  });

  test('hourly jobs continue too, and a slow one never overlaps itself', async () => {
    const hourly = await live(
      [{ job: 'intraday', expression: '0 0-5 * * *' }],
      newYork,
      '2026-11-01T03:30:00Z',
      '2026-11-01T07:30:00Z',
    );
    expect(hourly.map(({ at }) => at.slice(11, 16))).toEqual(['04:00', '05:00', '06:00', '07:00']);
    const slow = await live(
      [{ job: 'intraday', expression: '*/15 * * * *' }],
      newYork,
      '2026-11-01T05:31:00Z',
      '2026-11-01T07:31:00Z',
      20 * 60_000,
    );
    expect(slow.map(({ at }) => at.slice(11, 16))).toEqual(['05:45', '06:15', '06:45', '07:15']);
  });

  test("a schedule started in a repeated hour's second half starts nothing early", async () => {
    const entries = [
      { job: 'nightly', expression: '30 1 * * *' },
      { job: 'intraday', expression: '*/15 * * * *' },
    ];
    const started = await live(entries, newYork, '2026-11-01T06:20:00Z', '2026-11-01T07:20:00Z');
    expect(started.map(({ job, at }) => `${job} ${at.slice(11, 16)}`)).toEqual([
      'intraday 06:30',
      'intraday 06:45',
      'intraday 07:00',
      'intraday 07:15',
    ]);
  });

  test('the second of two hours announces the next start too', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-01T06:50:00Z') });
    const said: unknown[] = [];
    const log: Log = (event, fields) => {
      if (event === 'job_scheduled' && 'next' in fields) said.push(fields.next);
    };
    const entries = [{ job: 'intraday', expression: '*/15 * * * *' }];
    const timetable = startTimetable(entries, newYork, log, () => Promise.resolve());
    expect(said).toEqual([new Date('2026-11-01T07:00:00Z')]);
    await timetable.stop();
  });

  test('only a rhythm starts again in the repeated hour', () => {
    const second = new Date('2026-11-01T05:59:00Z');
    const isOver = (start: Date | null): boolean => start === null || start > new Date('2026-11-01T07:00:00Z');
    for (const once of ['15 1 * * *', '0 1,13 * * *', '0 8-18/2 * * 1-5']) {
      expect(isOver(nextInFold(once, newYork, second))).toBe(true);
    }
    expect(nextInFold('0 * * * *', newYork, second)).toEqual(new Date('2026-11-01T06:00:00Z'));
    expect(nextInFold('*/30 1-4 * * *', newYork, new Date('2026-11-01T06:00:00Z'))).toEqual(
      new Date('2026-11-01T06:30:00Z'),
    );
    expect(nextInFold('0 * * * *', 'America/Phoenix', second)).toBeNull();
  });

  test.each([
    ['Europe/Berlin', '15 2 * * *', '2026-10-24T12:00:00Z', ['2026-10-25T00:15:00.000Z', '2026-10-26T01:15:00.000Z']],
    [
      'Australia/Sydney',
      '15 2 * * *',
      '2026-04-04T00:00:00Z',
      ['2026-04-04T15:15:00.000Z', '2026-04-05T16:15:00.000Z'],
    ],
    [
      'Australia/Sydney',
      '15 2 * * *',
      '2026-10-03T00:00:00Z',
      ['2026-10-03T16:00:00.000Z', '2026-10-04T15:15:00.000Z'],
    ],
  ])('in %s a night at %s runs once around %s', async (zone, expression, from, nights) => {
    const to = new Date(Date.parse(from) + 48 * 3_600_000).toISOString();
    const started = await live([{ job: 'nightly', expression }], zone, from, to);
    expect(started.map(({ at }) => at)).toEqual(nights);
  });

  // The half hour from 01:30 comes twice on 5 April, and the one from 02:00 is skipped on 4 October.
  test.each([
    ['0 1 * * *', '2026-04-04T14:00', '2026-10-03T14:30'],
    ['29 1 * * *', '2026-04-04T14:29', '2026-10-03T14:59'],
    ['30 1 * * *', '2026-04-04T14:30', '2026-10-03T15:00'],
    ['45 1 * * *', '2026-04-04T14:45', '2026-10-03T15:15'],
    ['0 2 * * *', '2026-04-04T15:30', '2026-10-03T15:30'],
    ['15 2 * * *', '2026-04-04T15:45', '2026-10-03T15:30'],
    ['29 2 * * *', '2026-04-04T15:59', '2026-10-03T15:30'],
    ['30 2 * * *', '2026-04-04T16:00', '2026-10-03T15:30'],
    ['45 2 * * *', '2026-04-04T16:15', '2026-10-03T15:45'],
    ['0 3 * * *', '2026-04-04T16:30', '2026-10-03T16:00'],
  ])(
    'in Australia/Lord_Howe, whose clocks move by half an hour, %s is met once',
    async (expression, autumn, spring) => {
      for (const [change, due] of [
        ['2026-04-04T15:00:00Z', autumn],
        ['2026-10-03T15:30:00Z', spring],
      ] as const) {
        const [from, to] = [-12, 8].map((hours) => new Date(Date.parse(change) + hours * 3_600_000).toISOString());
        const started = await live([{ job: 'nightly', expression }], 'Australia/Lord_Howe', from ?? '', to ?? '');
        expect(started.map(({ at }) => at)).toEqual([`${due}:00.000Z`]);
        expect(started.every(({ due, at }) => due === at)).toBe(true);
      }
    },
  );

  test('a quarter-hourly job has nothing to make up for', () => {
    expect(nextMakeUp('*/15 * * * *', newYork, new Date('2026-03-01T00:00:00Z'))).toBeNull();
  });

  test.each([
    [newYork, '2026-01-01T00:00:00Z', '2026-03-08T07:00:00.000Z', 60],
    ['Australia/Lord_Howe', '2026-06-01T00:00:00Z', '2026-10-03T15:30:00.000Z', 30],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00.000Z', 60],
  ])('in %s the clocks move forward next after %s at %s', (zone, after, at, minutes) => {
    const gap = nextGap(zone, new Date(after));
    expect(gap?.at.toISOString()).toBe(at);
    expect(((gap?.toWallMs ?? NaN) - (gap?.fromWallMs ?? NaN)) / 60_000).toBe(minutes);
  });

  test('a zone without daylight saving has no missing hour', () => {
    expect(nextGap('America/Phoenix', new Date('2026-01-01T00:00:00Z'))).toBeNull();
    expect(nextMakeUp('15 2 * * *', 'UTC', new Date('2026-01-01T00:00:00Z'))).toBeNull();
  });

  test('only an expression in the missing hour is made up for', () => {
    const after = new Date('2026-03-01T00:00:00Z');
    expect(nextMakeUp('59 1 * * *', newYork, after)).toBeNull();
    expect(nextMakeUp('0 2 * * *', newYork, after)).toEqual(new Date('2026-03-08T07:00:00Z'));
    expect(nextMakeUp('59 2 * * *', newYork, after)).toEqual(new Date('2026-03-08T07:00:00Z'));
    expect(nextMakeUp('0 3 * * *', newYork, after)).toBeNull();
    expect(nextMakeUp('30 2 * * 1', newYork, after)).toBeNull();
  });
});

test("the next start is printed in words, in the site's zone", () => {
  const now = new Date('2026-11-23T01:02:00Z');
  expect(inWords(new Date('2026-11-23T08:15:00Z'), 'America/Chicago', now)).toBe(
    'Monday, 23 November, 02:15 America/Chicago, in 7 h 13 min',
  );
  expect(inWords(null, 'America/Chicago', now)).toBe('never, by this expression');
});

describe('a timetable', () => {
  test("starts each job at its own times, in the site's zone", async () => {
    const entries = [
      { job: 'nightly', expression: '15 2 * * *' },
      { job: 'intraday', expression: '0 9,12 * * *' },
    ];
    const started = await live(entries, 'Asia/Tokyo', '2026-06-01T15:00:00Z', '2026-06-02T15:00:00Z');
    expect(started.map(({ job, at }) => `${job} ${at}`)).toEqual([
      'nightly 2026-06-01T17:15:00.000Z',
      'intraday 2026-06-02T00:00:00.000Z',
      'intraday 2026-06-02T03:00:00.000Z',
    ]);
  });

  test('refuses to overlap a job with itself, and says so', async () => {
    vi.useFakeTimers({ now: new Date('2026-06-01T00:00:30Z') });
    const said: string[] = [];
    const log: Log = (event) => void said.push(event);
    let started = 0;
    const timetable = startTimetable([{ job: 'intraday', expression: '* * * * *' }], 'UTC', log, async () => {
      started += 1;
      await new Promise((done) => setTimeout(done, 150_000));
    });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(started).toBe(1);
    expect(said.filter((event) => event === 'scheduled_job_skipped')).toHaveLength(2);
    const stopped = timetable.stop();
    await vi.advanceTimersByTimeAsync(150_000);
    await stopped;
  });

  test('waits for running jobs when stopped, and starts nothing after', async () => {
    vi.useFakeTimers({ now: new Date('2026-06-01T00:00:30Z') });
    let finished = 0;
    let started = 0;
    const timetable = startTimetable(
      [{ job: 'intraday', expression: '* * * * *' }],
      'UTC',
      () => undefined,
      async () => {
        started += 1;
        await new Promise((done) => setTimeout(done, 20_000));
        finished += 1;
      },
    );
    await vi.advanceTimersByTimeAsync(31_000);
    const stopped = timetable.stop();
    expect([started, finished]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(600_000);
    await stopped;
    expect([started, finished]).toEqual([1, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('runs a job late rather than never', async () => {
    vi.useFakeTimers({ now: new Date('2026-06-01T02:00:00Z') });
    const due: string[] = [];
    const timetable = startTimetable(
      [{ job: 'nightly', expression: '15 2 * * *' }],
      'UTC',
      () => undefined,
      (_, date) => {
        due.push(date.toISOString());
        return Promise.resolve();
      },
    );
    vi.setSystemTime(new Date('2026-06-01T02:40:00Z')); // the machine slept
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(due).toEqual(['2026-06-01T02:15:00.000Z']);
    await timetable.stop();
  });

  /** Lives through an hour after a jump of the clock that no timer hears of: what was started when, and what was said to be missed. */
  async function afterJump(expression: string, from: string, to: string, takesMs = 0): Promise<string[]> {
    vi.useFakeTimers({ now: new Date(from) });
    const sent: string[] = [];
    const log: Log = (_, fields) => {
      if ('due' in fields && 'reason' in fields && fields.due instanceof Date)
        sent.push(`${String(fields.reason)} ${fields.due.toISOString().slice(5, 16)}`);
    };
    const run = async (_: string, due: Date): Promise<void> => {
      sent.push(`${due.toISOString().slice(5, 16)} at ${new Date().toISOString().slice(5, 16)}`);
      if (takesMs > 0) await new Promise((done) => setTimeout(done, takesMs));
    };
    const timetable = startTimetable([{ job: 'nightly', expression }], 'UTC', log, run);
    await vi.advanceTimersByTimeAsync(60_000);
    vi.setSystemTime(new Date(to));
    await vi.advanceTimersByTimeAsync(3_600_000);
    const stopped = timetable.stop();
    await vi.advanceTimersByTimeAsync(takesMs);
    await stopped;
    return sent;
  }

  test.each([
    ['within the hour it starts at once', '15 2 * * *', '06-01T00:00', '06-01T02:50', ['06-01T02:15 at 06-01T02:50']],
    [
      'after hours it says at once that it was missed',
      '15 2 * * *',
      '06-01T00:00',
      '06-01T09:00',
      ['too_late 06-01T02:15'],
    ],
    [
      'after two nights it starts once',
      '15 2 * * *',
      '06-01T00:00',
      '06-02T02:20',
      ['too_late 06-01T02:15', '06-02T02:15 at 06-02T02:20'],
    ],
    [
      'a rhythm goes on with its last beat',
      '*/20 * * * *',
      '06-01T00:05',
      '06-01T09:05',
      [
        'too_late 06-01T00:20',
        '06-01T09:00 at 06-01T09:05',
        '06-01T09:20 at 06-01T09:20',
        '06-01T09:40 at 06-01T09:40',
        '06-01T10:00 at 06-01T10:00',
      ],
    ],
    ['a clock that is set back an hour starts nothing twice', '15 2 * * *', '06-01T02:16', '06-01T01:30', []],
    [
      'a clock that was a month ahead waits for no month',
      '15 2 * * *',
      '07-01T02:16',
      '06-01T01:30',
      ['06-01T02:15 at 06-01T02:15'],
    ],
  ])('after a suspension or a changed clock: %s', async (_, expression, from, to, sent) => {
    expect(await afterJump(expression, `2026-${from}:00Z`, `2026-${to}:00Z`)).toEqual(sent);
  });

  test('a job that spans a suspension is never doubled', async () => {
    const sent = await afterJump('0 * * * *', '2026-06-01T00:59:30Z', '2026-06-01T02:10:00Z', 1_800_000);
    expect(sent).toEqual(['06-01T01:00 at 06-01T01:00', 'still_running 06-01T02:00', '06-01T03:00 at 06-01T03:00']);
  });

  test('refuses an invalid cron expression, with the wrong field', () => {
    const start = (): unknown =>
      startTimetable(
        [{ job: 'nightly', expression: '75 2 * * *' }],
        'UTC',
        () => undefined,
        () => Promise.resolve(),
      );
    expect(start).toThrow(UsageFault);
    expect(start).toThrow(/--nightly is "75 2 \* \* \*".*minute/);
  });

  test('follows the real clock', async () => {
    const dues = await new Promise<number>((done) => {
      const timetable = startTimetable(
        [{ job: 'nightly', expression: '* * * * * *' }],
        newYork,
        () => undefined,
        async (_, due) => {
          done(Math.abs(Date.now() - due.getTime()));
          await Promise.resolve();
          void timetable.stop();
        },
      );
    });
    // Not that it is punctual: a busy machine is late.
    expect(dues).toBeLessThan(30_000);
  });
});
