import { describe, expect, test } from 'vitest';
import { doctorSays } from '../../../jobs/fleet/doctors.ts';
import { type Break, isBreak, isWell, type Outage, pauseAfter, startIn } from '../../../src/decide/fleet/outage.ts';

const now = new Date('2026-03-02T10:00:00Z');
const after = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
const breaks = (count: number, minutes = -1): Break[] =>
  Array.from({ length: count }, (_, n) => ({ site: `s${n}`, endedAt: after(minutes) }));
const outage = (more: Partial<Outage> = {}): Outage => ({
  ...{ step: 0, until: after(-1), probe: null, probeAt: null, overAt: null },
  ...more,
});

describe('many sites that fail alike', () => {
  test.each<[string, Outage | null, Break[], [step: number, minutes: number] | null]>([
    ['four sites pause nothing', null, breaks(4), null],
    ['five sites pause for five minutes', null, breaks(5), [0, 5]],
    ['five sites within more than ten minutes pause nothing', null, breaks(5, -11), null],
    ['one site five times pauses nothing', null, Array.from({ length: 5 }, () => breaks(1)).flat(), null],
    ['nights that end during a pause lengthen nothing', outage({ until: after(1) }), breaks(9), null],
    ['ends before the pause count no more', outage({ until: after(-1) }), breaks(9, -2), null],
    ['five sites after the pause double it', outage({ until: after(-3) }), breaks(5), [1, 10]],
    ['the site that tried first doubles it by itself', outage({ probe: 's0' }), breaks(1, 0), [1, 10]],
    ['another site alone does not', outage({ probe: 's1' }), breaks(1, 0), null],
    ['the third pause lasts twenty minutes', outage({ step: 1, probe: 's0' }), breaks(1, 0), [2, 20]],
    ['the fourth pause lasts forty minutes', outage({ step: 2, probe: 's0' }), breaks(1, 0), [3, 40]],
    ['no pause lasts longer', outage({ step: 30, probe: 's0' }), breaks(1, 0), [31, 40]],
    ['one that was over for minutes goes on', outage({ step: 1, overAt: after(-5) }), breaks(5), [2, 20]],
    ['one that was over for an hour begins anew', outage({ step: 1, overAt: after(-60) }), breaks(5), [0, 5]],
    ['ends before it was over count no more', outage({ overAt: after(-1) }), breaks(9, -2), null],
  ])('%s', (_, before, recent, expected) => {
    const pause = pauseAfter(before, 's0', recent, now);
    expect(pause).toEqual(expected === null ? null : { step: expected[0], until: after(expected[1]) });
  });

  test.each<[string, Outage | null, 'freely' | 'first' | number]>([
    ['freely without an outage', null, 'freely'],
    ['freely once it is over', outage({ overAt: after(-1) }), 'freely'],
    ['not before the pause ends', outage({ until: after(7) }), 7],
    ['as the first one after it', outage(), 'first'],
    ['as the first one again', outage({ probe: 's0', probeAt: after(-1) }), 'first'],
    ['not while another one tries first', outage({ probe: 's1', probeAt: after(-4) }), 1],
    ['freely once that one has tried for five minutes', outage({ probe: 's1', probeAt: after(-5) }), 'freely'],
  ])('a night starts %s', (_, current, expected) => {
    const start = startIn(current, 's0', now);
    expect(start).toEqual(typeof expected === 'number' ? after(expected) : expected);
  });

  test('are those that Redox stopped, and a night that ended well ends the outage', () => {
    expect(isBreak({ exitCode: 69, reason: 'breaker' })).toBe(true);
    expect(isBreak({ exitCode: 69, reason: 'redox_unavailable' })).toBe(true);
    // A ledger or an EHR is away.
    expect(isBreak({ exitCode: 69, reason: 'unavailable' })).toBe(false);
    expect(isWell({ exitCode: 2, reason: 'needs_person' })).toBe(true);
    expect(isWell({ exitCode: 3, reason: 'until' })).toBe(true);
    expect(isWell({ exitCode: 3, reason: 'signal' })).toBe(false);
    expect(isWell({ exitCode: 75, reason: 'guard' })).toBe(false);
    expect(isWell({ exitCode: null, reason: null })).toBe(false);
  });
});

test("a doctor's first fault stands for it", () => {
  const fault = (what: string): string => `  fault    ${what.padEnd(20)}  is wrong.`;
  expect(doctorSays(['Ledger', fault('server'), fault('key'), '2 faults to mend.'])).toBe(
    'server: is wrong. (and 1 more fault)',
  );
  expect(doctorSays(['{"event":"job_ended"}', 'Nothing is wrong.'])).toBe('Nothing is wrong.');
  expect(doctorSays([])).toBe('nothing');
});
