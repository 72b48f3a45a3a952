/** Finds the ends of merge chains, visiting each merge once. */
export class MergeChains {
  /** Numbers the patients, because ids are long and chains mention each twice. */
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** By number: the patient that this one was merged into, `nowhere`, or `nobody`. */
  readonly #next: number[] = [];

  /** `next`: the patient that this one was merged into; null if its chain is known to have no survivor. */
  add(patientId: string, next: string | null): void {
    this.#next[this.#numberOf(patientId)] = next === null ? nowhere : this.#numberOf(next);
  }

  /** For each added patient the final survivor, or the fault of its chain. */
  *ends(): Generator<ChainEnd> {
    const ends = new Int32Array(this.#ids.length).fill(unknown);
    for (const [number, patientId] of this.#ids.entries()) {
      if (this.#next[number] === nobody) continue;
      const end = this.#endOf(number, ends);
      const fault = end === cycle ? 'merge_cycle' : end === nowhere ? 'merge_without_survivor' : null;
      yield { patientId, survivorId: this.#ids[end] ?? null, fault };
    }
  }

  /** Records the end of every patient on the path, so that each step is walked once. */
  #endOf(start: number, ends: Int32Array): number {
    const path: number[] = [];
    let at = start;
    while (at >= 0 && ends[at] === unknown) {
      const next = this.#next[at] ?? nobody;
      // Marks the patient as part of a cycle until the end is known; meeting the mark again proves the cycle.
      ends[at] = next === nobody ? at : cycle;
      path.push(at);
      if (next === nobody) break;
      at = next;
    }
    const end = at < 0 ? at : (ends[at] ?? unknown);
    for (const one of path) ends[one] = end;
    return end;
  }

  #numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    this.#numbers.set(id, number);
    this.#next.push(nobody);
    return number;
  }
}

export interface ChainEnd {
  readonly patientId: string;
  readonly survivorId: string | null;
  readonly fault: 'merge_cycle' | 'merge_without_survivor' | null;
}

const nobody = -1;
const nowhere = -2;
const cycle = -3;
const unknown = -4;
