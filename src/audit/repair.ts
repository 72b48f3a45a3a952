/** Repair: makes what is missing or differs owed, so that the next night sends it. */
import { tooMuchToRepair } from '../decide/audit/plausible.ts';
import type { ChangeLimits } from '../decide/change.ts';
import { RefusedFault } from '../fault.ts';
import { countRepairs, oweFindings } from '../ledger/record/audit.ts';
import type { AuditServices } from '../run/with-audit-run.ts';

interface Repairing {
  readonly limits: ChangeLimits;
  /** A person approved a repair of more than LARGE_CHANGE. */
  readonly allowLargeChange: boolean;
}

/** Rejects with a RefusedFault if it would owe more rows than LARGE_CHANGE allows. */
export async function repair({ limits, allowLargeChange }: Repairing, services: AuditServices): Promise<void> {
  const { ledger, run, stop, onWait, log } = services;
  const owed = await ledger.withLock(
    () =>
      ledger.writer.transaction(async () => {
        const { patients, documents, looked_at_patients, looked_at_documents } = await countRepairs(ledger.writer);
        const lookedAt = { patients: looked_at_patients, documents: looked_at_documents };
        const reason = allowLargeChange ? null : tooMuchToRepair({ patients, documents }, lookedAt, limits);
        if (reason !== null) throw refusedRepair(reason);
        return oweFindings(ledger.writer, run);
      }),
    stop,
    onWait,
  );
  log('audit_repaired', { runId: run.id, count: owed ?? 0 });
}

const refusedRepair = (reason: string): RefusedFault =>
  new RefusedFault(
    `Refused: ${reason}. The results are stored, and nothing is owed. If audit.csv is right, start \`redox-reconcile audit --repair ` +
      '--allow-large-change`; the next nightly then sends these rows again.',
  );
