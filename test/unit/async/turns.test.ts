import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTurns } from '../../../src/async/turns.ts';

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
