import type { Ehr } from '../../ehr/ehr.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { countPlannedCalls, type Run } from '../../ledger/run/run.ts';
import type * as delivery from './deliver-plan.ts';
import type { Progress } from '../../run/progress.ts';
import { messageContextOf } from '../../run/target.ts';

/** Delivery is a quarter of the program; a night without calls skips loading it. */
const importDelivery = (): Promise<typeof delivery> => import('./deliver-plan.ts');

/** Called once there are calls: imports delivery while the plan still waits for the ledger. */
export function expectDelivery(): void {
  // `deliverIfPlanned` throws the same error when it imports.
  importDelivery().catch(() => undefined);
}

/** Builds and checks the planned messages; sends none. */
export async function rehearseIfPlanned(
  { config, signal, now, pageSize }: delivery.DeliverRequest,
  ledger: Ledger,
  run: Run,
  ehr: Ehr,
  progress: Progress,
): Promise<'done' | 'stopped'> {
  if ((await countPlannedCalls(ledger.writer, run)) === 0) return 'done';
  const [{ rehearse }, { pageLimits }, { openPreflight }] = await Promise.all([
    import('./rehearse.ts'),
    import('./call-pages.ts'),
    import('../../redox/preflight.ts'),
  ]);
  const preflight = openPreflight({ ...config.redox, sizeLimitBytes: config.documentSizeLimitBytes });
  const context = messageContextOf(config.redox, config.ehr, now());
  const limits = pageLimits(config.documentSizeLimitBytes, pageSize);
  return rehearse({ ledger, run, ehr, preflight, context, limits, signal, now, progress });
}

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
