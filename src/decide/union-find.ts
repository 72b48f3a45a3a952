/** Connected components: which patients are one person, where the EHR's own chains of merges do not say it. */
export class Components {
  readonly #parents = new Map<string, string>();

  join(one: string, other: string): void {
    const a = this.#rootOf(one);
    const b = this.#rootOf(other);
    // The smaller id stands for the person, so that the answer does not depend on the order of the pairs.
    const [root, child] = a < b ? [a, b] : [b, a];
    this.#parents.set(root, root);
    this.#parents.set(child, root);
  }

  /** Everybody who was joined, each with the id that stands for the person. */
  *roots(): Generator<readonly [id: string, root: string]> {
    for (const id of this.#parents.keys()) yield [id, this.#rootOf(id)];
  }

  #rootOf(id: string): string {
    let root = id;
    for (
      let parent = this.#parents.get(root);
      parent !== undefined && parent !== root;
      parent = this.#parents.get(root)
    )
      root = parent;
    // Shortens the way for the next question.
    for (let at = id; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}
