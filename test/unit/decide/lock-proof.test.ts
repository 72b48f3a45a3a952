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

const proof = (): LockProof => new LockProof(stampNow(), () => Promise.resolve(stampNow()));

describe('a proof of the lock', () => {
  it('is fresh for less than two seconds', () => {
    const one = proof();
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
  ])('is stale when %s', (_, happen) => {
    const one = proof();
    happen();
    expect(one.isFresh()).toBe(false);
  });

  it('is as old as its statement, not as its answer', async () => {
    const noteTry = (): Promise<Stamp> => {
      const stamp = stampNow();
      pass(2_500);
      return Promise.resolve(stamp);
    };
    const one = new LockProof(stampNow(), noteTry);
    await one.renew();
    expect(one.isFresh()).toBe(false);
  });

  it('is fresh again after its renewal', async () => {
    const one = proof();
    pass(60_000);
    await one.renew();
    expect(one.isFresh()).toBe(true);
  });
});
