const epoch = Date.UTC(2020, 0, 1);

/**
 * `VersionNumber` of a visit's next push. It must exceed the ledger's number, and also numbers that a restored or
 * failed-over ledger has lost. It therefore follows the ledger's clock: whole seconds since 2020-01-01.
 */
export const nextDocumentVersion = (known: number, ledgerNow: Date): number =>
  Math.max(known + 1, Math.floor((ledgerNow.getTime() - epoch) / 1_000));
