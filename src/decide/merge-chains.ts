/** Where chains of merges end. Each merge is looked at once, whatever the length of its chain. */
export class MergeChains {
  /** Whom a number stands for, and the number of each patient: ids are long, and chains name them twice. */
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** By number: whom the patient was merged into, `nowhere`, or `nobody`. */
  readonly #next: number[] = [];

  /** `next`: whom the patient was merged into; null where that chain is known to end nowhere. */
  add(patientId: string, next: string | null): void {
    this.#next[this.#numberOf(patientId)] = next === null ? nowhere : this.#numberOf(next);
  }

  /** Of each patient that was added the final survivor, or why there is none. */
  *ends(): Generator<ChainEnd> {
    const ends = new Int32Array(this.#ids.length).fill(unknown);
    for (const [number, patientId] of this.#ids.entries()) {
      if (this.#next[number] === nobody) continue;
      const end = this.#endOf(number, ends);
      const fault = end === cycle ? 'merge_cycle' : end === nowhere ? 'merge_without_survivor' : null;
      yield { patientId, survivorId: this.#ids[end] ?? null, fault };
    }
  }

  /** Notes the end of everybody on the way, so that no way is gone twice. */
  #endOf(start: number, ends: Int32Array): number {
    const way: number[] = [];
    let at = start;
    while (at >= 0 && ends[at] === unknown) {
      const next = this.#next[at] ?? nobody;
      // Until the way has an end: whoever is met once more on it goes round in a cycle.
      ends[at] = next === nobody ? at : cycle;
      way.push(at);
      if (next === nobody) break;
      at = next;
    }
    const end = at < 0 ? at : (ends[at] ?? unknown);
    for (const one of way) ends[one] = end;
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

/** Not merged. */
const nobody = -1;
const nowhere = -2;
const cycle = -3;
const unknown = -4;
