/** Connected components of few nodes: which patients are one person, where the EHR's own chains of merges do not say it. */
export function components(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    // Shortens the way for the next question.
    for (let at = node; at !== root;) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  for (const [one, other] of pairs) {
    const a = rootOf(one);
    const b = rootOf(other);
    // The smaller id stands for the person, so that the answer does not depend on the order of the pairs.
    const [root, child] = a < b ? [a, b] : [b, a];
    parents.set(root, root);
    parents.set(child, root);
  }
  return new Map([...parents.keys()].map((node) => [node, rootOf(node)]));
}
