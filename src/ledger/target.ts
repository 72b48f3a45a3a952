import { RefusedFault } from '../core/fault.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';

/** What a ledger speaks of: told here is not told there (decision 4). */
export interface Target {
  readonly environment: string;
  readonly baseUrl: string;
  readonly sourceId: string | null;
  readonly destinationId: string;
  readonly organizationOid: string;
  readonly patientOid: string;
  readonly documentOid: string;
}

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
 * Binds a new ledger to the target, and refuses where it is bound to another. With `newTarget` it is bound anew and forgets
 * all that the former target was told: the next run is a first load. The caller opens the transaction.
 */
export async function bindTarget(session: Session, target: Target, newTarget: boolean): Promise<void> {
  const bound = await readTarget(session);
  const differing = bound === null ? [] : differences(bound, target);
  if (bound !== null && differing.length === 0) return;
  if (bound !== null) {
    if (!newTarget) throw otherTarget(differing, bound, target);
    await session.run(statement('ledger/run/close-all-open-calls'));
    await session.run(statement('ledger/run/forget-told'));
  }
  await session.run(statement('ledger/run/bind-target'), [JSON.stringify(target)]);
}

/** The target to which a ledger is bound; null before its first run. */
export async function readTarget(session: Session): Promise<Target | null> {
  const [bound] = await session.run<{ identity: Target }>(statement('ledger/run/read-target'));
  return bound?.identity ?? null;
}

const differences = (bound: Target, target: Target): readonly (keyof Target)[] =>
  (Object.keys(settings) as (keyof Target)[]).filter((name) => bound[name] !== target[name]);

function otherTarget(differing: readonly (keyof Target)[], bound: Target, target: Target): RefusedFault {
  const parts = differing.map(
    (name) => `${settings[name]} is ${target[name] ?? 'not set'}, the ledger has ${bound[name] ?? 'none'}`,
  );
  return new RefusedFault(
    `This ledger says what another Redox target was told: ${parts.join('; ')}. ` +
      'Set it as it was or use another LEDGER_URL. If the target really is new, --new-target forgets what the former one was ' +
      'told and starts with a first load.',
  );
}
