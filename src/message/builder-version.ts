/**
 * Raise this by one in every release that builds another message from the same row: a mapping, a key, a spelling. The
 * ledger stores the version that last built each row's message. A row with a lower version becomes a candidate, and is
 * sent only where its message really differs. Without the increase, Redox keeps the old release's messages; a needless
 * increase costs one night of building messages that turn out `unneeded`.
 */
export const builderVersion = 4;
