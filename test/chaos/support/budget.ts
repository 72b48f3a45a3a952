/** How long the suite may take, and with which dice. `npm run test:chaos` says five minutes; `npm test` plays a short form. */
const { CHAOS_MINUTES: minutes, CHAOS_SEED: asked } = process.env;

export const isShort = minutes === undefined;

/** For the random crashes; the other tests take about three minutes beside them. */
export const crashMs = Math.max(1, Number(minutes ?? 0) - 3) * 60_000;

/** The gate must not depend on luck, so there the dice fall the same each time. */
export const seed = Number(asked ?? (isShort ? 1 : Math.floor(Math.random() * 1_000_000)));

export interface Dice {
  /** A whole number from 0 to `below` - 1. */
  number(below: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

/** Mulberry32: the same for the same seed. */
export function dice(of: number): Dice {
  let state = of >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number): number => Math.floor(draw() * below);
  return { number, pick: (from) => from[number(from.length)] ?? from[0] };
}
