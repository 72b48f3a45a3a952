import type { Secret } from '../secret.ts';

export interface EhrSource {
  readonly url: Secret;
  /** Schema of the landed files, or null for the role's own search_path. */
  readonly searchPath: string | null;
  /** IANA zone of the zoneless times. */
  readonly timeZone: string;
  /** Its abort cancels the EHR's current statement. */
  readonly signal?: AbortSignal;
}

/** Time for a cancelled statement to end; then the connection is dropped, safely because the EHR is only read. */
export const leaveAfterMs = 2_000;

/** A run reads a snapshot on one connection and the newest rows on another. */
export const ehrConnections = 2;
/** Connections of a run to the ledger: one holds the lock and writes, one reads. Landed extracts are read there too. */
export const ledgerConnections = { postgres: 2, mysql: 2, csv: 2 + ehrConnections, fhir: 2 + ehrConnections } as const;
