import { expect, test } from 'vitest';
import { openBreaker } from '../../../src/decide/redox/failure.ts';
import type { CallState } from '../../../src/decide/call.ts';

/** After how many of the given calls the breaker opens; null if it does not. */
function opensAfter(calls: readonly (readonly [CallState, string | null])[]): number | null {
  const breaker = openBreaker();
  const index = calls.findIndex(([state, reason]) => breaker.isOpenedBy(state, reason));
  return index === -1 ? null : index + 1;
}

const times = <T>(count: number, call: T): T[] => Array.from({ length: count }, () => call);
const noSuchDestination = ['rejected', 'http_403'] as const;
const outage = ['unknown', 'http_502'] as const;
const badMessage = ['rejected', 'http_400'] as const;
const accepted = ['accepted', null] as const;
const unneeded = ['unneeded', null] as const;

test('the first twenty calls that fail alike stop the delivery', () => {
  expect(opensAfter(times(19, noSuchDestination))).toBeNull();
  expect(opensAfter(times(21, noSuchDestination))).toBe(20);
});

test('after a success it takes two hundred in a row', () => {
  expect(opensAfter([accepted, ...times(199, outage)])).toBeNull();
  expect(opensAfter([accepted, ...times(300, outage)])).toBe(201);
});

test('one successful call restarts the count', () => {
  expect(opensAfter([accepted, ...times(199, outage), accepted, ...times(199, outage)])).toBeNull();
});

test('failures of another kind restart the count', () => {
  expect(opensAfter([...times(19, outage), ...times(19, noSuchDestination)])).toBeNull();
});

test.each([
  ['an outage that answers now this, now that', ['http_502', 'http_503', 'timeout']],
  [
    'a network that breaks in more than one way',
    ['connection_reset', 'connect_timeout', 'host_not_found', 'tls_failed'],
  ],
  ['a portal that answers instead of Redox', ['http_302', 'unreadable_answer']],
])('%s fails alike', (_, reasons) => {
  const calls = times(20, reasons)
    .flat()
    .map((reason) => ['unknown', reason] as const);
  expect(opensAfter(calls)).toBe(20);
});

test.each(['http_404', 'no_subscription'])('a missing destination (%s) stops the delivery', (reason) => {
  expect(opensAfter(times(20, ['rejected', reason] as const))).toBe(20);
});

test('an open breaker gives its own reasons, not earlier ones', () => {
  const breaker = openBreaker();
  breaker.isOpenedBy(...noSuchDestination);
  for (let call = 0; call < 10; call += 1) {
    breaker.isOpenedBy('unknown', 'http_502');
    breaker.isOpenedBy('unknown', 'http_503');
  }
  expect([breaker.isOpen(), breaker.reasons()]).toEqual([true, ['http_502', 'http_503']]);
});

test('messages that Redox refuses singly never stop the others', () => {
  expect(opensAfter(times(1000, badMessage))).toBeNull();
});

test('a call that was not sent proves nothing', () => {
  expect(
    opensAfter(
      times(10, [outage, unneeded] as const)
        .flat()
        .concat(times(10, outage)),
    ),
  ).toBe(30);
});
