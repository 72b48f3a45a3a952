import type { Ehr } from '../ehr/ehr.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countPlannedCalls, type Run } from '../ledger/run.ts';
import type { DeliverRequest } from './deliver-plan.ts';
import type { Progress } from './progress.ts';

/** Delivers what is planned. What that takes is imported only then: it is a quarter of the program, and a quiet night has no call. */
export async function deliverIfPlanned(
  request: DeliverRequest,
  ledger: Ledger,
  run: Run,
  ehr: Ehr,
  progress: Progress,
): Promise<'done' | 'stopped'> {
  if ((await countPlannedCalls(ledger.writer, run)) === 0) return 'done';
  const { deliverPlan } = await import('./deliver-plan.ts');
  return deliverPlan(request, ledger, run, ehr, progress);
}
