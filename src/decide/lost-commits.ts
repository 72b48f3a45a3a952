/**
 * Detects a ledger that has lost commits, by comparing its position with the one stored in REPORT_DIR. A stored position ahead of the
 * ledger's proves a loss. Another server or timeline, or a stored position that is missing or older, proves nothing.
 */

/** The position of the ledger's Postgres cluster. */
export interface ServerPosition {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** How far its WAL was flushed. */
  readonly walBytes: number;
  readonly database: string;
}

export interface LedgerPosition {
  readonly ledgerId: string;
  readonly commits: number;
  /** Null where the server does not report it. */
  readonly server: ServerPosition | null;
}

/** A position as stored in REPORT_DIR. */
export interface KeptPosition extends LedgerPosition {
  /** The run that made the last commit, and its time. */
  readonly runId: string;
  readonly at: Date;
}

export type PositionVerdict =
  | { readonly kind: 'lost'; readonly runId: string; readonly at: Date; readonly shown: string }
  | { readonly kind: 'differs'; readonly how: 'missing' | 'older' | 'other_server' | 'other_timeline' }
  | { readonly kind: 'same' };

export function comparePosition(ledger: LedgerPosition, kept: readonly KeptPosition[]): PositionVerdict {
  const own = kept.find(({ ledgerId }) => ledgerId === ledger.ledgerId);
  if (own !== undefined && own.commits > ledger.commits) {
    return lost(own, `it had ${own.commits} commits then, and has ${ledger.commits} now`);
  }
  // A backup older than the ledger's identifier receives a new one, so the server's position identifies the ledger
  // instead.
  const ahead = (own === undefined ? kept : [own]).find((one) => isBehind(ledger.server, one.server));
  if (ahead !== undefined) return lost(ahead, "its server's WAL position was ahead of the present one");
  if (own === undefined) return ledger.commits === 0 ? { kind: 'same' } : { kind: 'differs', how: 'missing' };
  const [now, then] = [ledger.server, own.server];
  if (now !== null && then !== null) {
    if (now.systemIdentifier !== then.systemIdentifier) return { kind: 'differs', how: 'other_server' };
    if (now.timeline !== then.timeline) return { kind: 'differs', how: 'other_timeline' };
  }
  return own.commits < ledger.commits ? { kind: 'differs', how: 'older' } : { kind: 'same' };
}

const lost = ({ runId, at }: KeptPosition, shown: string): PositionVerdict => ({ kind: 'lost', runId, at, shown });

/** WAL positions are comparable only within one cluster. */
const isBehind = (now: ServerPosition | null, then: ServerPosition | null): boolean =>
  now !== null &&
  then !== null &&
  now.systemIdentifier === then.systemIdentifier &&
  now.database === then.database &&
  now.walBytes < then.walBytes;
