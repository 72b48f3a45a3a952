import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bounded, openTurns } from '../../../src/async/bounded.ts';

const failed = new Error('the disk is full');

test('runs at most the allowed number at a time, and everything finally', async () => {
  const run = bounded(3);
  let now = 0;
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      run(async () => {
        now += 1;
        most = Math.max(most, now);
        await sleep(1);
        now -= 1;
        return index;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('starts nothing after a failure, and rejects present and later waiters', async () => {
  const run = bounded(2);
  const started: number[] = [];
  const work = (index: number) => async () => {
    started.push(index);
    await sleep(5 * (index + 1));
    if (index === 0) throw failed;
  };
  const ends = await Promise.allSettled([0, 1, 2, 3].map((index) => run(work(index))));
  expect(started).toEqual([0, 1]);
  expect(ends.map((end) => (end.status === 'rejected' ? (end.reason as Error) : end.status))).toEqual([
    failed,
    'fulfilled',
    failed,
    failed,
  ]);
  await expect(run(work(4))).rejects.toBe(failed);
  expect(started).toEqual([0, 1]);
});

test('an abort rejects waiting work, and lets running work finish', async () => {
  const stop = new AbortController();
  const run = bounded(1, stop.signal);
  const underWay = run(() => sleep(20, 'done'));
  let isStarted = false;
  const waiting = run(() => {
    isStarted = true;
    return Promise.resolve();
  });
  await sleep(1);
  const stopped = new Error('stopped');
  stop.abort(stopped);
  await expect(waiting).rejects.toBe(stopped);
  await expect(underWay).resolves.toBe('done');
  expect(isStarted).toBe(false);
});

test('starts nothing under an aborted signal', async () => {
  const run = bounded(1, AbortSignal.abort(failed));
  await expect(run(() => Promise.resolve())).rejects.toBe(failed);
});

test('counts a failure that is thrown before the first await', async () => {
  const run = bounded(1);
  await expect(
    run(() => {
      throw failed;
    }),
  ).rejects.toBe(failed);
});

test('waiters continue one by one, and events are handled between them', async () => {
  const turn = openTurns();
  const heard: string[] = [];
  const waiting = ['first', 'second', 'third'].map((name) => turn().then(() => heard.push(name)));
  let isOver = false as boolean;
  const outside = (async () => {
    while (!isOver) {
      await nextTurn();
      heard.push('outside');
    }
  })();
  await Promise.all(waiting);
  isOver = true;
  await outside;
  expect(
    heard
      .join(' ')
      .replaceAll(/(?:outside ?)+/g, '| ')
      .trim(),
  ).toMatch(/first \| second \| third/);
});
