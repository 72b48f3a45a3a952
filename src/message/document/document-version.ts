const epoch = Date.UTC(2020, 0, 1);

/**
 * `VersionNumber` of a visit's next push: higher than the one that the ledger knows, and higher than those that a ledger has
 * forgotten which failed over or was restored. So it follows the clock: whole seconds since 2020-01-01, by the ledger's clock.
 */
export const nextDocumentVersion = (known: number, ledgerNow: Date): number =>
  Math.max(known + 1, Math.floor((ledgerNow.getTime() - epoch) / 1_000));
