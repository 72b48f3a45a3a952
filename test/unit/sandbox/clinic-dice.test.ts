import { describe, expect, it } from 'vitest';
import { addDays, addMinutes, wallClock } from '../../../src/sandbox/clinic/day/calendar.ts';
import { Dice } from '../../../src/sandbox/clinic/dice.ts';

const throws = (dice: Dice): number[] => Array.from({ length: 20 }, () => dice.next());

describe('Dice', () => {
  it('fall the same for the same key, differently for its neighbour', () => {
    expect(throws(new Dice(1, 'person', 17))).toEqual(throws(new Dice(1, 'person', 17)));
    expect(throws(new Dice(1, 'person', 17))).not.toEqual(throws(new Dice(1, 'person', 18)));
    expect(throws(new Dice(1, 'person', 17))).not.toEqual(throws(new Dice(1, 'visit', 17)));
  });

  it('are fair, also on the first throw with neighbouring keys', () => {
    const first = Array.from({ length: 20_000 }, (_, number) => new Dice(1, 'person', number).next());
    expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(0.5, 1);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const hits = first.filter((value) => Math.floor(value * 10) === tenth).length;
      expect(hits).toBeGreaterThan(1700);
      expect(hits).toBeLessThan(2300);
    }
  });

  it('reach exactly both ends of a range', () => {
    const dice = new Dice('range');
    const seen = new Set(Array.from({ length: 500 }, () => dice.between(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it('never give an item without weight', () => {
    const dice = new Dice('weights');
    const seen = new Set(Array.from({ length: 500 }, () => dice.weigh([[0, 'never'], [1, 'rarely'], [9, 'often']]))); // prettier-ignore
    expect([...seen].sort()).toEqual(['often', 'rarely']);
  });
});

describe('the clinic’s calendar', () => {
  it('counts days and minutes in any zone of the machine', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-03-08', 1)).toBe('2026-03-09');
    expect(wallClock('2026-03-08', 150)).toBe('2026-03-08 02:30:00');
    expect(addMinutes('2026-12-31 23:50:00', 20)).toBe('2027-01-01 00:10:00');
    expect(addMinutes('2026-03-01 00:10:00', -20)).toBe('2026-02-28 23:50:00');
  });
});
