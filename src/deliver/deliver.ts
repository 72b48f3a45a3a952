import { countPlannedCalls } from '../ledger/run/run.ts';
import type { record } from '../ledger/record/journal.ts';
import type { WorkEnd } from '../run/finish.ts';
import type { ScopedPolicy } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { timed } from '../run/run-log.ts';
import type * as delivery from './delivery.ts';
import { noFurtherCalls } from './further-calls.ts';

/** What delivery takes is a quarter of the program, and a quiet night has no call. */
const importDelivery = (): Promise<typeof delivery> => import('./delivery.ts');

/** Call it once there are calls: what sends them is imported while the plan still waits for the ledger. */
export function expectDelivery(): void {
  // A failure surfaces where the result is awaited.
  importDelivery().catch(() => undefined);
}

/** Delivers what is planned: person by person, each outcome recorded as it comes. With `--plan-only` the messages are only looked at. */
export const deliver = (
  policy: ScopedPolicy,
  services: Services,
  journalOf: typeof record,
  further = noFurtherCalls,
): Promise<WorkEnd> =>
  timed(services, policy.planOnly ? 'rehearse' : 'deliver', async (progress) => {
    const { ledger, run } = services;
    let planned = await countPlannedCalls(ledger.writer, run);
    while (planned === 0) {
      if (!(await further.next())) return 'done';
      planned = await countPlannedCalls(ledger.writer, run);
    }
    progress.expect(planned);
    if (policy.planOnly) return (await import('./rehearse.ts')).rehearse(policy, services, progress);
    return (await importDelivery()).sendPlan(policy, services, { progress, planned, journalOf, further });
  });
