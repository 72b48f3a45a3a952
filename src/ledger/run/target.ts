import type { RedoxConfig } from '../../config/config.ts';
import { RefusedFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** The Redox target of a ledger: rows synced to one target are unknown to any other (decision 4). */
export type Target = Pick<
  RedoxConfig,
  'environment' | 'baseUrl' | 'sourceId' | 'destinationId' | 'organizationOid' | 'patientOid' | 'documentOid'
>;

/** How people name the parts of a target: by their settings. */
const settings: Readonly<Record<keyof Target, string>> = {
  environment: 'REDOX_ENVIRONMENT',
  baseUrl: 'REDOX_BASE_URL',
  sourceId: 'REDOX_SOURCE_ID',
  destinationId: 'REDOX_DESTINATION_ID',
  organizationOid: 'ORGANIZATION_OID',
  patientOid: 'PATIENT_OID',
  documentOid: 'DOCUMENT_OID',
};

/**
 * Is the ledger bound to the target? Throws if it is bound to another one, unless `newTarget`: then false, and it is
 * `bindAnew` that makes it so, once nothing can refuse the run any more. A new ledger is bound at once.
 */
export async function isBound(session: Session, target: Target, newTarget: boolean): Promise<boolean> {
  const bound = await readTarget(session);
  if (bound === null) await session.run(statement('ledger/target/bind_target'), [JSON.stringify(target)]);
  const differing = bound === null ? [] : differences(bound, target);
  if (bound === null || differing.length === 0) return true;
  if (!newTarget) throw otherTarget(differing, bound, target);
  return false;
}

/** Throws if the ledger is bound to another target; true if it is bound to this one, false if to none yet. */
export async function isBoundAlready(session: Session, target: Target): Promise<boolean> {
  const bound = await readTarget(session);
  const differing = bound === null ? [] : differences(bound, target);
  if (bound !== null && differing.length > 0) throw otherTarget(differing, bound, target);
  return bound !== null;
}

/** Binds the ledger to another target and forgets everything synced to the former one. The caller opens the transaction. */
export async function bindAnew(session: Session, target: Target): Promise<void> {
  await session.run(statement('ledger/target/close_all_open_calls'));
  await session.run(statement('ledger/target/forget_synced'));
  await session.run(statement('ledger/target/forget_waiting'));
  await session.run(statement('ledger/target/bind_target'), [JSON.stringify(target)]);
}

/** The target to which a ledger is bound; null before its first run. */
export async function readTarget(session: Session): Promise<Target | null> {
  const [bound] = await session.run<{ identity: Target }>(statement('ledger/target/read_target'));
  return bound?.identity ?? null;
}

const differences = (bound: Target, target: Target): readonly (keyof Target)[] =>
  (Object.keys(settings) as (keyof Target)[]).filter((name) => bound[name] !== target[name]);

function otherTarget(differing: readonly (keyof Target)[], bound: Target, target: Target): RefusedFault {
  const parts = differing.map(
    (name) => `${settings[name]} is ${target[name] ?? 'not set'}, the ledger has ${bound[name] ?? 'none'}`,
  );
  return new RefusedFault(
    `This ledger belongs to another Redox target: ${parts.join('; ')}. ` +
      'Restore the setting or use another LEDGER_URL. If the target really is new, --new-target forgets what the former one ' +
      'received and starts with a first load.',
    { reason: 'other_target' },
  );
}
