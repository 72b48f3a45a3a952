/** The rows of a scan. Windows are half-open: `from` is inclusive, `to` exclusive. */
export type Selection =
  | { readonly kind: 'all' }
  /** Updated at or after `since`, or with a null `updated_at`, because it may hide a change. */
  | { readonly kind: 'updated'; readonly since: Date }
  | { readonly kind: 'updated_between'; readonly from: Date; readonly to: Date }
  /** Visits that overlap the window; merges made in it. */
  | { readonly kind: 'active_between'; readonly from: Date; readonly to: Date };

/** Both ends of the window as ISO 8601; '' for an open end. */
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
