/** How long somebody who cannot be reached is tried. Apart from the trying, which imports much that most jobs never need. */
export interface Patience {
  /** Waits before the second try and those after it; so many tries and one. */
  readonly waitsMs: readonly number[];
  /** For each try, its answer included. */
  readonly timeoutMs: number;
}

/** Half a minute at the very worst: the process that ends waits for it. */
export const usualPatience: Patience = { waitsMs: [1_000, 4_000], timeoutMs: 8_000 };
