import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RollingWindow } from '../../../src/sandbox/redox/rolling-window.ts';

it("lets exactly the limit's calls through in any window", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 5 }), (gapsMs, limit) => {
      const window = new RollingWindow(limit, 100);
      const admitted: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const inWindow = admitted.filter((time) => nowMs - time < 100).length;
        const passes = window.admit(nowMs);
        expect(passes).toBe(inWindow < limit);
        if (passes) admitted.push(nowMs);
      }
    }),
  );
});
