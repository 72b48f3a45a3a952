import type { Ehr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countPlannedCalls, type Run } from '../ledger/run.ts';
import type * as delivery from './deliver-plan.ts';
import type { Progress } from './progress.ts';

/** What delivery takes is a quarter of the program, and a quiet night has no call. */
const importDelivery = (): Promise<typeof delivery> => import('./deliver-plan.ts');

/** Call it once there are calls: what sends them is imported while the plan still waits for the ledger. */
export function expectDelivery(): void {
  // Whatever is wrong is thrown where it is needed.
  importDelivery().catch(() => undefined);
}

/** Delivers what is planned. */
export async function deliverIfPlanned(
  request: delivery.DeliverRequest,
  ledger: Ledger,
  run: Run,
  ehr: Ehr,
  progress: Progress,
): Promise<'done' | 'stopped'> {
  if ((await countPlannedCalls(ledger.writer, run)) === 0) return 'done';
  const { deliverPlan } = await importDelivery();
  return deliverPlan(request, ledger, run, ehr, progress);
}
