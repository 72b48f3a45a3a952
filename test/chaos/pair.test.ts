/** One site on two machines (OPERATING.md, "Two machines"): the active one dies, and the other one has the night done. */
import { describe, expect, test } from 'vitest';
import { type Dice, dice, isShort, seed } from './support/budget.ts';
import { type Death, oldAfterNew, Pair } from './support/pair.ts';
import { count } from './support/tally.ts';

/** So many deaths, shared by some pairs that live beside each other: they wait more than they work. */
const deaths = Number(process.env['CHAOS_DEATHS'] ?? 100);
const pairs = Math.min(deaths, Number(process.env['CHAOS_PAIRS'] ?? 5));

/** Longer than anybody waits, by the server's keepalives and by `call_timeout`. */
const stopMs = isShort ? 3_000 : 40_000;
const callTimeout = isShort ? '1s' : '20s';

async function live(some: Dice, kinds: readonly (() => Death)[], withNamespaces: boolean): Promise<void> {
  const { pair, close } = await Pair.open({ callTimeout, stopMs, withNamespaces });
  try {
    for (const kind of kinds) {
      const death = kind();
      while (!(await pair.survives(death, some.number(2_500), some)));
      if (death === 'cut link') count(`links cut by a ${pair.linkKind}`);
    }
    const old = oldAfterNew(pair.site.journal);
    count('old messages after new ones', old.length);
    expect(old).toEqual([]);
    await pair.site.expectConvergence();
    await pair.site.countFigures();
  } finally {
    await close();
  }
}

describe('a night on two machines is done when the active one dies', () => {
  test.runIf(isShort)('by kill -9 or a silent link', async () => {
    await live(dice(seed), [() => 'kill -9', () => 'cut link'], false);
  });

  test.skipIf(isShort)(
    `at random moments, ${deaths} times (CHAOS_SEED=${seed})`,
    { timeout: deaths * 90_000 },
    async () => {
      const sizes = Array.from({ length: pairs }, (_, at) => Math.floor((deaths + at) / pairs));
      await Promise.all(
        sizes.map((size, at) => {
          const some = dice(seed + at);
          const any = (): Death => some.pick(['kill -9', 'kill -9', 'SIGSTOP', 'cut link']);
          return live(
            some,
            Array.from({ length: size }, () => any),
            true,
          );
        }),
      );
    },
  );
});
