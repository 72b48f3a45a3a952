/** The Carequality directory in the ledger: for each organisation, the record that the directory last accepted, the last call, and checks. */
import type { Attempt, Outcome } from '../decide/call.ts';
import type { JsonObject } from '../json.ts';
import type { OrganizationEvent, Registered } from '../directory/organization.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { attemptRow } from './record/recorded-rows.ts';
import { LockProof, type Stamp, stampNow } from './run/lock-proof.ts';
import type { Run } from './run/run.ts';

/** The names of the last call are the columns'. */
export interface KnownOrganization {
  readonly oid: string;
  /** Null until the directory has certainly accepted a record from us. */
  readonly registered: Registered | null;
  readonly last_event: OrganizationEvent;
  readonly last_state: Outcome | 'sending';
  readonly last_reason: string | null;
  readonly sending_at: Date;
  /** Null once the run was pruned. */
  readonly run_id: string | null;
}

interface KnownRow extends Omit<KnownOrganization, 'registered'> {
  readonly registered: JsonObject | null;
  readonly active: boolean | null;
  readonly registered_at: Date | null;
  readonly is_certain: boolean;
}

/** The named organisation, or all of them. */
export async function knownOrganizations(session: Session, oid: string | null): Promise<KnownOrganization[]> {
  const rows = await session.run<KnownRow>(statement('ledger/organization/read_organizations'), [oid]);
  return rows.map((row) => ({ ...row, registered: registeredOf(row) }));
}

function registeredOf({ registered, active, registered_at, is_certain, last_state }: KnownRow): Registered | null {
  if (registered === null || active === null || registered_at === null) return null;
  return { record: registered, active, at: registered_at, isCertain: is_certain && last_state !== 'sending' };
}

/** Resolves when `sending` is committed: a byte may leave only then, and only while the proof is fresh. */
export async function markOrganizationSending(
  writer: Session,
  run: Run,
  { oid, event, at }: { readonly oid: string; readonly event: OrganizationEvent; readonly at: Date },
): Promise<LockProof> {
  const note = async (): Promise<Stamp> => {
    const stamp = stampNow();
    await writer.run(statement('ledger/organization/mark_organization_sending'), [oid, event, run.number, at]);
    return stamp;
  };
  const proof = new LockProof(note, note);
  await proof.renew();
  return proof;
}

interface OrganizationResult {
  readonly oid: string;
  readonly state: Outcome;
  /** Null where the call was accepted. */
  readonly reason: string | null;
  /** What was sent, without `Active`. */
  readonly record: JsonObject;
  readonly active: boolean;
  readonly attempts: readonly Attempt[];
  /** The directory answered that this organisation is unknown to it, so its registered record is deleted. */
  readonly isForgotten: boolean;
  readonly at: Date;
}

/** Records the outcome and its POSTs in one transaction. */
export async function recordOrganization(writer: Session, run: Run, result: OrganizationResult): Promise<void> {
  const { oid, state, reason, record, active, attempts, isForgotten, at } = result;
  await writer.transaction(async () => {
    await writer.one(statement('ledger/organization/record_organization_outcome'), [
      oid,
      state,
      reason,
      JSON.stringify(record),
      active,
      at,
    ]);
    await writer.run(statement('ledger/organization/keep_organization_attempts'), [
      run.number,
      oid,
      JSON.stringify(attempts.map(attemptRow)),
    ]);
    if (isForgotten) await writer.run(statement('ledger/organization/forget_organization'), [oid]);
  });
}

export const directoryResults = ['agrees', 'differs', 'not_registered', 'unread'] as const;
export type DirectoryResult = (typeof directoryResults)[number];

interface LastCheckRow {
  readonly result: DirectoryResult;
  readonly age_hours: number;
}

/** The last check of an organisation; null before the first. */
export async function lastDirectoryCheck(
  session: Session,
  oid: string,
): Promise<{ readonly result: DirectoryResult; readonly ageHours: number } | null> {
  const [row] = await session.run<LastCheckRow>(statement('ledger/organization/read_last_directory_check'), [oid]);
  return row === undefined ? null : { result: row.result, ageHours: row.age_hours };
}

export async function recordDirectoryCheck(
  writer: Session,
  run: Run,
  check: { readonly oid: string; readonly result: DirectoryResult; readonly fields: readonly string[] },
): Promise<void> {
  const { oid, result, fields } = check;
  await writer.run(statement('ledger/organization/record_directory_check'), [run.number, oid, result, fields]);
}
