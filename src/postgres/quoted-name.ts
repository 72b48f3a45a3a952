import pg from 'pg';

/** A quoted SQL identifier: `"redox_ledger"`. */
export const quotedName = (name: string): string => pg.escapeIdentifier(name);
