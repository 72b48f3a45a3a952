/** Connected components: groups patients that are one person, beyond the EHR's own merge chains. */
export class Components {
  readonly #parents = new Map<string, string>();

  join(one: string, other: string): void {
    const a = this.#rootOf(one);
    const b = this.#rootOf(other);
    // The smaller id represents the person, so that the result is independent of the order of the pairs.
    const [root, child] = a < b ? [a, b] : [b, a];
    this.#parents.set(root, root);
    this.#parents.set(child, root);
  }

  /** Every joined patient with the id that represents the person. */
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
    // Path compression.
    for (let at = id; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}
