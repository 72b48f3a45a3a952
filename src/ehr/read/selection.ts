/** Which rows a scan gives. Windows are half-open: from, inclusive, to, exclusive. */
export type Selection =
  | { readonly kind: 'all' }
  /** Updated at or after `since`, or not saying when: a null `updated_at` may hide a change. */
  | { readonly kind: 'updated'; readonly since: Date }
  | { readonly kind: 'updated_between'; readonly from: Date; readonly to: Date }
  /** Visits that overlap the window; merges made in it. */
  | { readonly kind: 'active_between'; readonly from: Date; readonly to: Date };

/** Both ends of the window as ISO 8601, or '' where the selection has none. */
export function windowOf(selection: Selection): [from: string, until: string] {
  switch (selection.kind) {
    case 'all':
      return ['', ''];
    case 'updated':
      return [selection.since.toISOString(), ''];
    case 'updated_between':
    case 'active_between':
      return [selection.from.toISOString(), selection.to.toISOString()];
  }
}
