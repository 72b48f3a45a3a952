import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watch } from '../../../src/postgres/connect/watch.ts';

/** What the watch made of a server that is asked every 20 ms and may be silent for 100. */
async function watched(ask: () => Promise<unknown>): Promise<Error[]> {
  const reasons: Error[] = [];
  const leave = (reason: Error): void => void reasons.push(reason);
  onTestFinished(watch({ ask, leave }, 20, 100));
  await sleep(400);
  return reasons;
}

describe('the watch of a session', () => {
  it('leaves a server that is silent', async () => {
    const [reason] = await watched(() => new Promise(() => undefined));
    expect(reason).toEqual(new Error('no answer within 100 ms'));
  });

  it('stays while its own process is too busy to read the answers', async () => {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const reasons = await watched(async () => {
      await nextTurn();
      Atomics.wait(pause, 0, 0, 150);
      // The answer lies in the socket, and timers come first.
      await nextTurn();
    });
    expect(reasons).toEqual([]);
  });
});
