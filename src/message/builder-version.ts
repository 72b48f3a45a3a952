/**
 * Raise this by one in every release in which the same row gives another message: a mapping, a key, a spelling. The
 * ledger keeps the version under which a row was last told; a lower one makes the row a candidate, and only where its
 * message really differs is it sent. Forgetting to raise it leaves Redox with what the old release said; raising it in
 * vain costs one night of building messages that turn out to be `unneeded`.
 */
export const builderVersion = 3;
