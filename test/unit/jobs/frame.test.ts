import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import { defineJob, type Job, type JobContext, type ListedJob, type Manual } from '../../../jobs/frame/job.ts';
import { argument, choice, flag, value, type OptionSet, type ValuesOf } from '../../../jobs/frame/options.ts';
import {
  BreakerFault,
  exitCodes,
  type ExitCode,
  type Fault,
  LedgerHeldFault,
  NeighbourFault,
  RefusedFault,
  UsageFault,
} from '../../../src/fault.ts';
import { withoutEnd } from '../../command-line.ts';

const manual: Manual = {
  what: 'Does what the test says.',
  when: 'Now.',
  reads: 'Nothing.',
  writes: 'Nothing.',
  repeat: 'Yes.',
  stop: 'No.',
  exitCodes: [0],
  examples: ['redox-reconcile probe'],
};

/** A job for one test. */
const probe = <O extends OptionSet>(
  options: O,
  run: (context: JobContext, values: ValuesOf<O>) => Promise<ExitCode>,
): ListedJob => listed(defineJob({ manual, options, run }));

const listed = (job: Job): ListedJob => ({ name: 'probe', summary: 'probe', load: () => Promise.resolve(job) });

interface Sent {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  jobs: readonly ListedJob[],
  argv: readonly string[],
  environment = {},
  signal = AbortSignal.any([]),
): Promise<Sent> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await runCommandLine(argv, { jobs, environment, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { exitCode, stdout: await text(stdout), stderr: await text(stderr) };
}

/** The lines with which jobs ended. */
const endsIn = ({ stderr }: Sent): unknown[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes('"event":"job_ended"'))
    .map((line) => {
      const { job, exit_code, reason } = JSON.parse(line) as Record<string, unknown>;
      return { job, exit_code, reason };
    });

const throws = (error: unknown): ListedJob => probe({}, () => Promise.reject(error as Error));

describe('options', () => {
  const minutes = (given: string): number => {
    if (!/^\d\d:\d\d$/.test(given)) throw new UsageFault(`--until is "${given}"; expected HH:MM.`);
    return Number(given.slice(0, 2)) * 60 + Number(given.slice(3));
  };
  const options = {
    planOnly: flag('--plan-only', 'plan'),
    until: value('--until <HH:MM>', 'until', minutes),
    mode: choice('--mode <mode>', 'mode', ['changes', 'sweep'], 'sweep'),
    runId: argument('<RUN_ID>', 'run'),
  };
  const show = probe(options, ({ print }, values) => {
    print(JSON.stringify(values));
    return Promise.resolve(exitCodes.done);
  });

  test('have their absent value when omitted', async () => {
    const { stdout } = await run([show], ['probe', '17']);
    expect(JSON.parse(stdout)).toEqual({ planOnly: false, until: null, mode: 'sweep', runId: '17' });
  });

  test('are read when given', async () => {
    const { stdout } = await run([show], ['probe', '--plan-only', '--until', '05:30', '--mode', 'changes', '17']);
    expect(JSON.parse(stdout)).toEqual({ planOnly: true, until: 330, mode: 'changes', runId: '17' });
  });

  test.each([
    [['probe'], "missing required argument 'RUN_ID'"],
    [['probe', '17', '--until', '5'], '--until is "5"; expected HH:MM.'],
    [['probe', '17', '--mode', 'swep'], 'Allowed choices are changes, sweep'],
    [['probe', '17', '--plan-onyl'], 'Did you mean --plan-only?'],
    [['probe', '17', '--plan-onyl'], '`redox-reconcile probe --help` is its manual.'],
    [['proeb'], 'Did you mean probe?'],
    [['proeb'], '`redox-reconcile --help` lists the jobs.'],
  ])('%j ends with 64 and says %s', async (argv, sentence) => {
    const { exitCode, stderr } = await run([show], argv);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(sentence);
  });
});

test('name the job that has a misplaced option', async () => {
  const other: ListedJob = {
    ...probe({ from: value('--from <D>', 'from', String) }, () => Promise.resolve(0)),
    name: 'other',
  };
  const none = probe({}, () => Promise.resolve(0));
  expect(await run([none, other], ['probe', '--from', '2026-03-01'])).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('--from belongs to other.\n') as string,
  });
  expect((await run([none, other], ['probe', '--whence'])).stderr).not.toContain('belongs');
});

test('the list of jobs loads none, and a job loads itself only', async () => {
  const unread: ListedJob = {
    name: 'unread',
    summary: 'reads much',
    load: () => Promise.reject(new Error('was read')),
  };
  expect(await run([unread], ['--help'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('reads much') as string,
  });
  const sent = await run([unread, probe({}, () => Promise.resolve(0))], ['probe']);
  expect([sent.exitCode, withoutEnd(sent.stderr)]).toEqual([0, '']);
});

describe('an error thrown by a job', () => {
  test.each<[Fault, number]>([
    [new UsageFault('Mend it.'), 64],
    [new NeighbourFault('It is gone.'), 69],
    [new RefusedFault('Not now.'), 75],
  ])('%s is reported as it is and gives %i', async (fault, exitCode) => {
    const sent = await run([throws(fault)], ['probe']);
    expect([sent.exitCode, withoutEnd(sent.stderr)]).toEqual([exitCode, `${fault.message}\n`]);
  });

  test('that is a bug shows class, code and place only', async () => {
    const error = new pg.DatabaseError('duplicate key for Jane Doe', 10, 'error');
    error.code = '23505';
    error.detail = 'Key (name)=(Jane Doe) already exists.';
    error.where = 'row Jane Doe';
    error.stack = `${error.stack ?? ''}\n    at Jane Doe (/elsewhere/jane.ts:1:1)`;
    for (const LOG_LEVEL of ['info', 'debug']) {
      const { exitCode, stderr } = await run([throws(error)], ['probe'], { LOG_LEVEL });
      expect(exitCode).toBe(70);
      expect(stderr).toContain('DatabaseError 23505 at test/unit/jobs/frame.test.ts:');
      expect(stderr).not.toMatch(/jane/i);
    }
  });

  test.each([['a string'], [undefined], [null], [{ message: 'Jane' }]])('%j is a bug too', async (thrown) => {
    const { exitCode, stderr } = await run([throws(thrown)], ['probe']);
    expect(exitCode).toBe(70);
    expect(stderr).toContain('This is a bug');
    expect(stderr).not.toMatch(/a string|Jane/);
  });
});

describe('a job that starts another', () => {
  const outer: ListedJob = {
    ...probe({}, async ({ start, print }) => {
      print(`ended with ${await start(['refused'])}`);
      return exitCodes.done;
    }),
    name: 'outer',
  };

  test('gets its exit code after the error is reported', async () => {
    const refused: ListedJob = { ...throws(new RefusedFault('Another run is going.')), name: 'refused' };
    const sent = await run([outer, refused], ['outer']);
    expect([sent.exitCode, sent.stdout]).toEqual([0, 'ended with 75\n']);
    expect(withoutEnd(sent.stderr)).toBe('Another run is going.\n');
    expect(endsIn(sent)).toEqual([
      { job: 'refused', exit_code: 75, reason: 'refused' },
      { job: 'outer', exit_code: 0, reason: 'done' },
    ]);
  });

  test('gets 64 for an unknown job', async () => {
    expect(await run([outer], ['outer'])).toMatchObject({ exitCode: 0, stdout: 'ended with 64\n' });
  });
});

test('a job learns of a signal, and the log says it once', async () => {
  const shutdown = new AbortController();
  const waiting = probe({}, async ({ signal }) => {
    shutdown.abort('SIGTERM');
    return Promise.resolve(signal.aborted ? exitCodes.stopped : exitCodes.done);
  });
  const { exitCode, stderr } = await run([waiting], ['probe'], {}, shutdown.signal);
  expect(exitCode).toBe(3);
  expect(
    stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event),
  ).toEqual(['shutdown_requested', 'job_ended']);
});

describe('job_ended', () => {
  test.each<[Error, string]>([
    [new UsageFault('Mend it.'), 'usage'],
    [new NeighbourFault('It is gone.'), 'unavailable'],
    [new BreakerFault('All alike.'), 'breaker'],
    [new RefusedFault('Not now.'), 'refused'],
    [new RefusedFault('Too much.', { reason: 'guard' }), 'guard'],
    [new LedgerHeldFault('Another run.', false), 'ledger_held'],
    [new Error('a bug'), 'bug'],
  ])('is the last line after %s, with the reason %s', async (error, reason) => {
    const sent = await run([throws(error)], ['probe'], { LOG_LEVEL: 'error' });
    expect(JSON.parse(sent.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'job_ended',
      job: 'probe',
      exit_code: sent.exitCode,
      reason,
    });
  });

  test('has the reason that the job noted', async () => {
    const limited = probe({}, ({ noteReason }) => {
      noteReason('max_calls');
      return Promise.resolve(3);
    });
    expect(endsIn(await run([limited], ['probe']))).toEqual([{ job: 'probe', exit_code: 3, reason: 'max_calls' }]);
  });
});

describe('--ok', () => {
  test.each([
    ['2,3', 2, 0],
    ['2,3', 3, 0],
    ['3', 2, 2],
    ['2, 3', 69, 69],
  ] as const)('%s turns %i into %i, and the log keeps it', async (ok, given, expected) => {
    const sent = await run([probe({}, () => Promise.resolve(given))], ['probe', '--ok', ok]);
    expect(sent.exitCode).toBe(expected);
    expect(endsIn(sent)).toMatchObject([{ exit_code: given }]);
  });

  test.each(['', '0', '64', '2,70', 'all'])('refuses %j', async (ok) => {
    const { exitCode, stderr } = await run([probe({}, () => Promise.resolve(0))], ['probe', '--ok', ok]);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining('--ok takes 2, 3 or 2,3')]);
  });
});
