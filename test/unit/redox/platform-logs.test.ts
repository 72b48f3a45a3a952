import { describe, expect, test } from 'vitest';
import { codeWord, pathWord, stageWord } from '../../../src/redox/platform/log-words.ts';
import { parseLog, parseSearch } from '../../../src/redox/platform/parse-logs.ts';

const id = '7b1f6c9e-0f3a-4c55-9e0c-2d4c1a9a1f10';
const endedAt = new Date('2026-03-01T08:15:00.000Z');
const plain = { stage: null, code: null, path: null };

const older = {
  meta: { version: '1.0.0', page: { links: { next: '/logs?_page=2&_count=50' } } },
  payload: {
    id,
    status: 'failed',
    updatedAt: '2026-03-01T08:15:00.000Z',
    attempts: {
      total: 3,
      latest: {
        id: 'attempt',
        status: 'failed',
        failedStage: 'receive-request',
        stages: {
          request: { name: 'request', status: 'succeeded', code: '200' },
          'receive-request': {
            name: 'receive-request',
            status: 'failed',
            code: 'AE',
            error: { message: 'Bixby: Patient.Identifiers[0].ID is unknown to Monroe' },
          },
        },
      },
    },
  },
};

const current = {
  payload: {
    result: {
      attempts: {
        total: 1,
        latest: {
          id: 'attempt',
          attemptAt: '2026-03-01T08:15:00.000Z',
          status: 'failed',
          operations: [
            { type: 'blobResolvers', attemptStage: 'request' },
            { type: 'request', attemptStage: 'sendRequest', code: 502, error: { message: 'no field' } },
          ],
        },
      },
    },
  },
};

describe('an answer about one log', () => {
  test('has the older shape', () => {
    expect(parseLog(JSON.stringify(older), id)).toEqual({
      id,
      status: 'failed',
      stage: 'receive-request',
      code: 'AE',
      path: 'Patient.Identifiers[0].ID',
      endedAt,
    });
  });

  test('has the current shape, which need not repeat the id', () => {
    expect(parseLog(JSON.stringify(current), id)).toEqual({
      id,
      status: 'failed',
      stage: 'send-request',
      code: '502',
      path: null,
      endedAt,
    });
  });

  test('says nothing about another log', () => {
    expect(parseLog(JSON.stringify(older), 'another')).toBeNull();
  });

  test.each([[null], [''], ['<html>'], ['[]'], ['{"payload":{"status":"on hold"}}']])('is none: %s', (body) => {
    expect(parseLog(body, id)).toBeNull();
  });
});

describe('an answer to a search', () => {
  const log = { id, status: 'SUCCEEDED', updatedAt: '2026-03-01T08:15:00.000Z' };
  const found = { id, status: 'succeeded', ...plain, endedAt };

  test.each([
    ['a list', { payload: [log] }],
    ['a result', { payload: { result: [log] } }],
    ['an unknown envelope', { data: { hits: { items: [{ node: log }] } } }],
  ])('holds its logs in %s', (_, body) => {
    expect(parseSearch(JSON.stringify(body))).toEqual({ logs: [found], next: null });
  });

  test('mistakes no attempt for a log', () => {
    const body = { payload: [{ ...log, attempts: { latest: { id: 'attempt', status: 'failed' } } }] };
    expect(parseSearch(JSON.stringify(body))?.logs).toEqual([found]);
  });

  test.each([
    ['a link', { meta: { page: { links: { next: '/logs?_count=50&_cursor=abc%3D' } } } }, ['_cursor', 'abc=']],
    ['an older link', older, ['_page', '2']],
    ['a bare cursor', { meta: { page: { nextCursor: 'abc' } } }, ['_cursor', 'abc']],
    ['nothing', { meta: { page: { links: { next: '' } } } }, null],
  ])('goes on by %s', (_, body, next) => {
    const cursor = parseSearch(JSON.stringify(body))?.next ?? null;
    expect(cursor === null ? null : [cursor.name, cursor.value]).toEqual(next);
  });

  test('keeps a time that is none as absent', () => {
    const body = { payload: [{ id: 17, status: 'pending', updatedAt: '2026-03-01T22.52.38' }] };
    expect(parseSearch(JSON.stringify(body))?.logs).toEqual([{ id: '17', status: 'pending', ...plain, endedAt: null }]);
  });
});

test('of a failure only words of closed lists are kept', () => {
  expect([stageWord('Config Modifiers'), stageWord('Timothy Bixby')]).toEqual(['config-modifiers', 'other']);
  expect([codeWord(404), codeWord('ae'), codeWord('53566'), codeWord('Bixby')]).toEqual(['404', 'AE', null, null]);
  expect([pathWord('at Timothy.Bixby: Patient.Demographics.ZIP'), pathWord('Patient Bixby')]).toEqual([
    'Patient.Demographics.ZIP',
    null,
  ]);
});

test('an answer with thousands of levels is unreadable', () => {
  const nested = '{"a":'.repeat(30_000) + '1' + '}'.repeat(30_000);
  expect(parseSearch(nested)).toBeNull();
  expect(parseLog(nested, id)).toBeNull();
});
