/**
 * Repeatable random numbers: each key has its own sequence. So row 17 of a clinic is the same among ten rows or a million, and in any
 * order.
 */
export class Dice {
  #state: number;

  constructor(...key: readonly (string | number)[]) {
    this.#state = fnv1a(key.join('|'));
  }

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, both ends included. */
  between(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.between(0, 9)).join('');
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.between(0, list.length - 1)];
    if (picked === undefined) throw new RangeError('picked from an empty list');
    return picked;
  }

  /** A value of `[weight, value]` pairs, by weight. */
  weigh<T>(table: Weighted<T>): T {
    let left = this.next() * table.reduce((sum, [weight]) => sum + weight, 0);
    const hit = table.find(([weight]) => (left -= weight) < 0) ?? table.at(-1);
    if (hit === undefined) throw new RangeError('weighed an empty table');
    return hit[1];
  }
}

export type Weighted<T> = readonly (readonly [weight: number, value: T])[];

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
