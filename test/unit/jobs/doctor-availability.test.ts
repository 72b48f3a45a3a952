import { describe, expect, test } from 'vitest';
import { assessFailover, assessKeepalives } from '../../../jobs/setup/doctor/ledger/availability.ts';

const inForce = {
  is_local: false,
  idle: '10',
  interval: '5',
  count: '3',
  user_timeout: '25s',
  check_interval: '10s',
  synchronous_standby_names: '',
  standbys: 0,
};

describe('the keepalives of the ledger', () => {
  test('show when the lock of a vanished machine is free', () => {
    expect(assessKeepalives(inForce, false)).toMatchObject({
      result: 'ok',
      says: expect.stringContaining('is free after 25 s (tcp_keepalives_idle 10, ') as string,
    });
  });

  test.each([
    [{ idle: '7200', interval: '75', count: '9' }],
    [{ idle: '300' }],
    [{ idle: '0', interval: '0', count: '0' }],
  ])('are missed where the session has %j', (others) => {
    expect(assessKeepalives({ ...inForce, ...others }, false)).toMatchObject({ result: 'warning' });
  });

  test('are no question on a socket, nor behind a pooler', () => {
    const local = { ...inForce, is_local: true, idle: '0', interval: '0', count: '0' };
    expect(assessKeepalives(local, false).result).toBe('ok');
    expect(assessKeepalives(inForce, true).result).toBe('skipped');
  });
});

describe('a failover of the ledger', () => {
  test('loses commits with asynchronous standbys alone', () => {
    const asynchronous = assessFailover({ ...inForce, standbys: 2 }, false);
    expect(asynchronous).toMatchObject({
      result: 'warning',
      remedy: expect.stringContaining('--after-restore') as string,
    });
    const named = { ...inForce, standbys: 2, synchronous_standby_names: 'ANY 1 (a, b)' };
    expect(assessFailover(named, false)).toMatchObject({
      result: 'ok',
      says: expect.stringContaining('ANY 1 (a, b)') as string,
    });
    expect(assessFailover(inForce, false)).toMatchObject({ result: 'ok' });
    expect(assessFailover(inForce, true)).toMatchObject({ result: 'skipped' });
  });
});
