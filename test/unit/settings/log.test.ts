import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secret.ts';
import { events, type Event, type Level } from '../../../src/log/log-events.ts';
import { openLog, type Log } from '../../../src/log/log.ts';

/** What the log writes while `speak` talks to it. */
async function written(speak: (log: Log) => void, level: Level = 'debug', isHuman = false): Promise<string> {
  const stream = new PassThrough();
  const { log, close } = openLog({ level, stream, isHuman });
  speak(log);
  await close();
  stream.end();
  return text(stream);
}

const failedCall = {
  runId: '7',
  callId: '42',
  eventType: 'VisitPush',
  entityId: 'a "quoted"\nid',
  outcome: 'failed',
  reason: 'http_429',
  httpStatus: 429,
  attempts: 3,
} as const;

describe('the list of events', () => {
  const list: [string, Event][] = Object.entries(events);

  test.each(list)('%s has only ids, counts, codes, times, paths and our advice', (name, { fields }) => {
    const kinds = ['id', 'code', 'count', 'counts', 'ms', 'time', 'path', 'advice'];
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const kind of Object.values(fields)) expect(kinds).toContain(kind);
  });

  test.each(list)('the sentence of %s uses only its own fields', (_, { fields, sentence }) => {
    const named = [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(named));
  });
});

test('types exclude a secret, an unknown field and an unknown event', () => {
  const refuse = (log: Log): void => {
    // @ts-expect-error -- a secret is no code
    log('shutdown_requested', { signal: new Secret('s3cret') });
    // @ts-expect-error -- no such field
    log('shutdown_requested', { signal: 'SIGTERM', patientName: 'Jane' });
    // @ts-expect-error -- no such event
    log('anything_goes', {});
  };
  expect(refuse).toBeTypeOf('function');
});

test('a machine gets one JSON object a line, in report names', async () => {
  const lines = (
    await written((log) => {
      log('call_failed', failedCall);
    })
  )
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(1);
  const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(rest).toEqual({
    level: 'warn',
    event: 'call_failed',
    run_id: '7',
    call_id: '42',
    event_type: 'VisitPush',
    entity_id: 'a "quoted"\nid',
    outcome: 'failed',
    reason: 'http_429',
    http_status: 429,
    attempts: 3,
  });
});

test('a person gets a sentence on one line', async () => {
  const output = await written(
    (log) => {
      log('step_finished', { runId: '7', step: 'scan', ms: 1234 });
      log('call_failed', failedCall);
    },
    'debug',
    true,
  );
  expect(output).toContain('Step scan took 1.2 s.');
  expect(output).toContain('VisitPush of "a \\"quoted\\"\\nid" (call 42) is failed: http_429, HTTP 429, attempts: 3.');
  expect(output.trimEnd().split('\n')).toHaveLength(2);
});

test('a sentence in place of a code is hidden, perhaps quoting patients', async () => {
  const output = await written((log) => {
    log('call_failed', { ...failedCall, reason: 'Jane Doe was not found' });
  });
  expect(output).not.toContain('Jane');
  expect(output).toContain('"reason":"unprintable"');
});

test('a field beyond the types is hidden', async () => {
  const output = await written((log) => {
    const fields = { ...failedCall, patientName: 'Jane' };
    log('call_failed', fields);
  });
  expect(output).not.toContain('Jane');
});

test('progress appears at a terminal, and cron stays quiet', async () => {
  const speak = (log: Log): void => {
    log('progress', { runId: '7', step: 'deliver', done: 1, total: 2, ms: 30_000 });
  };
  expect(await written(speak)).toBe('');
  expect(await written(speak, 'info', true)).toContain('1 of 2');
});

test('omits events below the level', async () => {
  const speak = (log: Log): void => {
    log('step_started', { runId: '7', step: 'scan' });
    log('shutdown_requested', { signal: 'SIGINT' });
  };
  const output = await written(speak, 'warn');
  expect(output).not.toContain('step_started');
  expect(output).toContain('SIGINT');
});

test('closing waits for the last of many lines', async () => {
  const output = await written((log) => {
    for (let ms = 0; ms < 1000; ms++) log('step_finished', { runId: '7', step: 'scan', ms });
  });
  expect(output.trimEnd().split('\n')).toHaveLength(1000);
});
