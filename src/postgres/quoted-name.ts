import pg from 'pg';

/** A name as it stands in SQL: `"redox_ledger"`. */
export const quotedName = (name: string): string => pg.escapeIdentifier(name);
