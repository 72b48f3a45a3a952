/**
 * Has the ledger lost commits? Compares how far it has come with what REPORT_DIR keeps of that. Only what shows a loss counts as one:
 * a ledger on another server or timeline, and a copy that is missing or older, are none.
 */

/** Of the cluster in which the ledger lies. */
export interface ServerPosition {
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** How far its WAL was on disk. */
  readonly walBytes: number;
  readonly database: string;
}

export interface LedgerPosition {
  readonly ledgerId: string;
  readonly commits: number;
  /** Null where the server does not say. */
  readonly server: ServerPosition | null;
}

/** As REPORT_DIR keeps it. */
export interface KeptPosition extends LedgerPosition {
  /** The run that made the last commit, and when that was. */
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
  // A backup from before the ledger had an identifier gets another one, so its place says which it was.
  const ahead = (own === undefined ? kept : [own]).find((one) => isBehind(ledger.server, one.server));
  if (ahead !== undefined) return lost(ahead, "its server's WAL was further then than it is now");
  if (own === undefined) return ledger.commits === 0 ? { kind: 'same' } : { kind: 'differs', how: 'missing' };
  const [now, then] = [ledger.server, own.server];
  if (now !== null && then !== null) {
    if (now.systemIdentifier !== then.systemIdentifier) return { kind: 'differs', how: 'other_server' };
    if (now.timeline !== then.timeline) return { kind: 'differs', how: 'other_timeline' };
  }
  return own.commits < ledger.commits ? { kind: 'differs', how: 'older' } : { kind: 'same' };
}

const lost = ({ runId, at }: KeptPosition, shown: string): PositionVerdict => ({ kind: 'lost', runId, at, shown });

/** WAL is counted in one cluster alone. */
const isBehind = (now: ServerPosition | null, then: ServerPosition | null): boolean =>
  now !== null &&
  then !== null &&
  now.systemIdentifier === then.systemIdentifier &&
  now.database === then.database &&
  now.walBytes < then.walBytes;
