/** The version that distinguishes one push of a visit from the next. It is committed with `sending`, so every try has the same. */
export interface DocumentVersion {
  /** `VersionNumber`. */
  readonly number: number;
  /** `Header.Document.DateTime`: when this version was made, by the ledger's clock. */
  readonly madeAt: Date;
}

const epoch = Date.UTC(2020, 0, 1);

/**
 * The version of a visit's next push. Its number must exceed the ledger's number, and also numbers that a restored or
 * failed-over ledger has lost. It therefore follows the ledger's clock: whole seconds since 2020-01-01.
 */
export const nextDocumentVersion = (known: number, ledgerNow: Date): DocumentVersion => ({
  number: Math.max(known + 1, Math.floor((ledgerNow.getTime() - epoch) / 1_000)),
  madeAt: ledgerNow,
});
