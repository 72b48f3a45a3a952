import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockProof, type Stamp, stampNow } from '../../../src/ledger/run/lock-proof.ts';

/** What a clock shows beyond the time that passes by both. */
let wallMs = 0;
let monotonicMs = 0;
const pass = (ms: number): void => {
  wallMs += ms;
  monotonicMs += ms;
};

beforeEach(() => {
  wallMs = 1_800_000_000_000;
  monotonicMs = 5_000;
  vi.spyOn(Date, 'now').mockImplementation(() => wallMs);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const stamped = (): Promise<Stamp> => Promise.resolve(stampNow());

async function begun(noteTry = stamped): Promise<LockProof> {
  const proof = new LockProof(stamped, noteTry);
  await proof.renew();
  return proof;
}

describe('a proof of the lock', () => {
  it('begins with its first renewal', async () => {
    const one = new LockProof(stamped, () => Promise.reject(new Error('another try')));
    expect([one.hasBegun, one.isFresh()]).toEqual([false, false]);
    await one.renew();
    expect([one.hasBegun, one.isFresh()]).toEqual([true, true]);
    await expect(one.renew()).rejects.toThrow('another try');
  });

  it('has not begun while its call could not be noted', async () => {
    const one = new LockProof(() => Promise.reject(new Error('the ledger is lost')), stamped);
    await expect(one.renew()).rejects.toThrow('the ledger is lost');
    expect(one.hasBegun).toBe(false);
  });

  it('is fresh for less than two seconds', async () => {
    const one = await begun();
    pass(1_999);
    expect(one.isFresh()).toBe(true);
    pass(1);
    expect(one.isFresh()).toBe(false);
  });

  it.each([
    ['the wall clock jumps ahead', () => (wallMs += 3_600_000)],
    ['the wall clock is set back', () => (wallMs -= 1)],
    ['the machine was suspended, and the monotonic clock stood still', () => (wallMs += 2_000)],
    ['the process was stopped while the wall clock was set back by as much', () => (monotonicMs += 2_000)],
  ])('is stale when %s', async (_, happen) => {
    const one = await begun();
    happen();
    expect(one.isFresh()).toBe(false);
  });

  it('is as old as its statement, not as its answer', async () => {
    const noteTry = (): Promise<Stamp> => {
      const stamp = stampNow();
      pass(2_500);
      return Promise.resolve(stamp);
    };
    const one = await begun(noteTry);
    await one.renew();
    expect(one.isFresh()).toBe(false);
  });

  it('is fresh again after its renewal', async () => {
    const one = await begun();
    pass(60_000);
    await one.renew();
    expect(one.isFresh()).toBe(true);
  });
});
